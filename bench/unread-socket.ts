import { startBroadcastServer } from "./support/broadcast-server.ts";
import { operatorMessages } from "./support/delivery-form.ts";
import { median, withRange } from "./support/distribution.ts";
import { openEventFeed, untilSubscribed } from "./support/event-feed.ts";
import { openFormPoster } from "./support/form-poster.ts";
import { startLiveOffice } from "./support/live-office.ts";
import type { BenchOptions } from "./support/options.ts";
import { anonymousBytes, cpuTimeMs } from "./support/process-usage.ts";
import { type Finding, inMiB, type Report } from "./support/report.ts";
import { type SubscriptionTarget, stampedAgain } from "./support/subscriber-messages.ts";
import { type Subscribers, startSubscribers } from "./support/subscribers.ts";

/** The buffers of the system take the first one or two thousand, which are served as to one who reads: quick runs post no fewer. */
const EVENTS = 20_000;
/** A portal's queue posts several at once. */
const CONNECTIONS = 16;
const LONG_TEXT = "The parcel left our house on Monday and has not been seen since. ".repeat(30);
const GOAL_OF_RAW = 0.7;
const GOAL_GROWTH_MIB = 100;
const SAMPLING_MS = 25;

const QUERY = /* GraphQL */ `
  subscription Messages { messageAdded { cursor content { text } } }
`;

interface Candidate {
  readonly name: string;
  /** Whether there is a socket that nobody reads. */
  readonly hasUnread: boolean;
  readonly pid: number;
  readonly target: SubscriptionTarget;
  readonly subscribers: Subscribers;
  /** Posts the next event. */
  readonly post: () => Promise<void>;
  readonly perSecond: number[];
  /** CPU time of the server process for one event, microseconds. */
  readonly cpu: number[];
  /** Highest anonymous memory beyond that before, bytes. */
  readonly growth: number[];
}

/** Events pass while a socket that wants them is not read. */
async function pass(of: Candidate, events: number): Promise<void> {
  if (of.hasUnread) await of.subscribers.openUnread(of.target, 1);
  const before = anonymousBytes(of.pid);
  const cpuBefore = cpuTimeMs(of.pid);
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, anonymousBytes(of.pid));
  }, SAMPLING_MS);
  const begun = performance.now();
  let posted = 0;
  const post = async (): Promise<void> => {
    while (posted < events) {
      posted += 1;
      await of.post();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, post));
  of.perSecond.push(events / ((performance.now() - begun) / 1000));
  of.cpu.push(((cpuTimeMs(of.pid) - cpuBefore) * 1000) / events);
  clearInterval(sampling);
  of.growth.push(Math.max(peak, anonymousBytes(of.pid)) - before);
  await of.subscribers.closeUnread();
}

/** Events of 2 KB past a socket that nobody reads, beside a broadcast without GraphQL, which keeps them all. */
export async function unreadSocket({ quick, profileDirectory }: BenchOptions): Promise<Report> {
  const office = await startLiveOffice({ profileDirectory });
  const rawServer = await startBroadcastServer("raw", profileDirectory);
  const toOffice = await openFormPoster(office.eventsUrl, CONNECTIONS);
  const toRaw = await openFormPoster(rawServer.postUrl, CONNECTIONS);
  const feed = openEventFeed(toOffice, operatorMessages(office.sender), LONG_TEXT);
  const { gateway, socketUrl, key } = office;
  const target: SubscriptionTarget = {
    url: socketUrl,
    protocol: "graphql-transport-ws",
    key,
    query: QUERY,
    variables: {},
  };

  // One that reads, to know the gateway's own text, byte for byte but for the mark.
  const reader = startSubscribers();
  await reader.open(target, 1);
  await untilSubscribed(feed, reader);
  await feed.post();
  await reader.got(feed.last());
  const { text } = await reader.take();
  await reader.stop();

  const own: Candidate = {
    name: "gateway",
    hasUnread: true,
    pid: gateway.pid,
    target,
    subscribers: startSubscribers(),
    post: async () => void (await feed.post()),
    perSecond: [],
    cpu: [],
    growth: [],
  };
  let sequence = 0;
  const raw: Candidate = {
    name: "raw ws broadcast",
    hasUnread: true,
    pid: rawServer.pid,
    target: { ...target, url: rawServer.socketUrl, protocol: "broadcast", key: "" },
    subscribers: startSubscribers(),
    async post() {
      sequence += 1;
      const status = await toRaw.post(stampedAgain(text, sequence));
      if (status !== 200) throw new Error(`An event was answered ${status}`);
    },
    perSecond: [],
    cpu: [],
    growth: [],
  };
  // What taking the deliveries costs by itself: durable, with nobody who listens.
  const nobody: Candidate = {
    ...own,
    name: "gateway, with nobody subscribed",
    hasUnread: false,
    perSecond: [],
    cpu: [],
    growth: [],
  };
  for (let round = 0; round < (quick ? 2 : 3); round += 1)
    for (const each of [raw, own, nobody]) await pass(each, EVENTS);

  await Promise.all([own, raw].map(({ subscribers }) => subscribers.stop()));
  for (const poster of [toOffice, toRaw]) poster.close();
  await Promise.all([office.stop(), rawServer.stop()]);
  const ratio = median(own.perSecond) / median(raw.perSecond);
  const growth = Math.max(...own.growth) / 1024 / 1024;
  const figures = ({ perSecond, cpu }: Candidate): string =>
    `${withRange(perSecond, (value) => `${value.toFixed(0)}/s`)}, CPU ${median(cpu).toFixed(0)} us each`;
  const findings: Finding[] = [
    {
      what: `${EVENTS} events of ${text.length} bytes past a socket that nobody reads: ${raw.name}`,
      figure: figures(raw),
    },
    { what: "  gateway", figure: figures(own), ratio, goal: `>= ${GOAL_OF_RAW} x`, reached: ratio >= GOAL_OF_RAW },
    {
      what: `  ${nobody.name}: the same deliveries, as durable`,
      figure: figures(nobody),
      ratio: median(own.perSecond) / median(nobody.perSecond),
    },
    { what: `growth of anonymous memory meanwhile: ${raw.name}`, figure: withRange(raw.growth, inMiB) },
    {
      what: "  gateway",
      figure: withRange(own.growth, inMiB),
      goal: `< ${GOAL_GROWTH_MIB} MiB`,
      reached: growth < GOAL_GROWTH_MIB,
    },
  ];
  return { benchmark: "unread-socket", findings };
}
