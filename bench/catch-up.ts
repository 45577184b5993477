import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { customerMessages, operatorMessages } from "./support/delivery-form.ts";
import { median, withRange } from "./support/distribution.ts";
import { openEventFeed, untilSubscribed } from "./support/event-feed.ts";
import { openFormPoster } from "./support/form-poster.ts";
import { startLiveOffice } from "./support/live-office.ts";
import { steadyLoad } from "./support/load.ts";
import type { BenchOptions } from "./support/options.ts";
import { cpuTimeMs } from "./support/process-usage.ts";
import { inMs, type Report } from "./support/report.ts";
import type { SubscriptionTarget } from "./support/subscriber-messages.ts";
import { startSubscribers } from "./support/subscribers.ts";

const BEHIND = 100_000;
const BEHIND_QUICK = 20_000;
const OTHERS = 100;
const RATE = 20;
const GOAL_PER_SECOND = 15_000;
const GOAL_BESIDE = 2;

const QUERY = /* GraphQL */ `
  subscription Messages($after: EventCursor) {
    messageAdded(after: $after) {
      cursor
      direction
      content { text isSystem externalIds author { id } }
      line { id }
      connector { id }
      chat { id }
    }
  }
`;
/** The events of the past went out, so that all of them are dropped. */
const NARROW_QUERY = /* GraphQL */ `
  subscription Messages($after: EventCursor) {
    messageAdded(after: $after, filter: { directions: [INCOMING] }) { cursor content { text } }
  }
`;
const cursorAnswer = z.object({ eventCursor: z.string() });

/** One subscriber far behind the log's head: how fast it is served, and what the others feel of it. */
export async function catchUp({ quick, profileDirectory }: BenchOptions): Promise<Report> {
  const office = await startLiveOffice({ profileDirectory });
  const { gateway, key } = office;
  const { data } = await gateway.client.query("{ eventCursor }", {}, key);
  const after = cursorAnswer.parse(data).eventCursor;
  const form = operatorMessages(office.sender);

  const behind = quick ? BEHIND_QUICK : BEHIND;
  // Many connections fill the log quickly but out of the order of the numbers, so that these events carry none that counts.
  const filling = await openFormPoster(office.eventsUrl, 64);
  const postOld = async (index: number): Promise<void> => {
    const status = await filling.post(form(1_000_000_000 + index, "An event of the past."));
    if (status !== 200) throw new Error(`An event was answered ${status}`);
  };
  let posted = 0;
  const fill = async (): Promise<void> => {
    while (posted < behind) await postOld(posted++);
  };
  await Promise.all(Array.from({ length: 64 }, fill));
  filling.close();

  const poster = await openFormPoster(office.eventsUrl, 1);
  const feed = openEventFeed(poster, form);
  const target = (variables: Record<string, unknown>, query = QUERY): SubscriptionTarget => ({
    url: office.socketUrl,
    protocol: "graphql-transport-ws",
    key,
    query,
    variables,
  });
  const others = startSubscribers();
  await others.open(target({}), OTHERS);
  await untilSubscribed(feed, others);

  const alone: number[] = [];
  const beside: number[] = [];
  const perSecond: number[] = [];
  const cpu: number[] = [];
  const seconds = quick ? 3 : 8;
  for (let round = 0; round < (quick ? 1 : 4); round += 1) {
    await others.take();
    await steadyLoad(RATE, seconds, () => feed.post());
    await others.got(feed.last());
    alone.push((await others.take()).p99);

    const last = await feed.post();
    await others.got(last);
    await others.take();
    const late = startSubscribers();
    await delay(500);
    const cpuBefore = cpuTimeMs(gateway.pid);
    const begun = performance.now();
    let isBehind = true;
    await late.open(target({ after }), 1);
    const caughtUp = late.got(last).then(() => {
      isBehind = false;
      const took = (performance.now() - begun) / 1000;
      perSecond.push((behind + last) / took);
      cpu.push(((cpuTimeMs(gateway.pid) - cpuBefore) * 1000) / (behind + last));
    });
    while (isBehind) await steadyLoad(RATE, 0.25, () => feed.post());
    await caughtUp;
    await others.got(feed.last());
    beside.push((await others.take()).p99);
    await late.stop();
  }
  const incoming = openEventFeed(poster, customerMessages(office.sender), undefined, feed.last());
  const past: number[] = [];
  for (let round = 0; round < (quick ? 3 : 4); round += 1) {
    const last = await incoming.post();
    const narrow = startSubscribers();
    await delay(500);
    const begun = performance.now();
    await narrow.open(target({ after }, NARROW_QUERY), 1);
    await narrow.got(last);
    past.push((behind + last) / ((performance.now() - begun) / 1000));
    await narrow.stop();
  }
  await others.stop();
  poster.close();
  await office.stop();
  const whole = (value: number): string => value.toFixed(0);
  return {
    benchmark: "catch-up",
    findings: [
      {
        what: `a subscriber ${behind} events behind: events per second`,
        figure: withRange(perSecond, whole),
        goal: `>= ${GOAL_PER_SECOND}`,
        reached: median(perSecond) >= GOAL_PER_SECOND,
      },
      {
        what: "  CPU of the gateway for each, with that of the others",
        figure: withRange(cpu, (value) => `${value.toFixed(0)} us`),
      },
      { what: "  the same past a filter that drops them", figure: withRange(past, whole) },
      { what: `p99 of ${OTHERS} others at ${RATE} events/s: without it`, figure: withRange(alone, inMs) },
      {
        what: "  beside it",
        figure: withRange(beside, inMs),
        ratio: median(beside) / median(alone),
        goal: `< ${GOAL_BESIDE} x`,
        reached: median(beside) < GOAL_BESIDE * median(alone),
      },
    ],
  };
}
