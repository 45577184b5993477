import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../kit/free-port.ts";
import { type GatewayProcess, isReady, startGatewayProcess } from "../../kit/gateway-process.ts";
import { startRedisServer } from "../../kit/redis-server.ts";
import { currentCursor } from "../../kit/socket-client.ts";
import { progress, until } from "../../kit/until.ts";
import { type Sending, type SentEvent, sendEvents, sendMarkers } from "./event-sender.ts";
import { type GatewaySettings, openGatewayOffice } from "./installed-portal.ts";
import { faultsOf, mixedInterests, type ResumingSubscriber, startSubscriber } from "./resuming-subscriber.ts";

const EVENTS = 10_000;
const SUBSCRIBERS = 100;
const LANES = 16;
const PLACES = 8;
/** For what has no progress to be measured, on a machine that is ten times as busy as it should be. */
const PATIENCE_MS = 120_000;

async function run(settings: GatewaySettings): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess(settings);
  onTestFinished(() => gateway.kill());
  return gateway;
}

async function listenAll(
  places: Parameters<typeof mixedInterests>[0],
  key: string,
  first: string,
  target: (index: number) => string,
): Promise<ResumingSubscriber[]> {
  const interests = mixedInterests(places);
  const cursor = await currentCursor(first, key);
  const subscribers = await Promise.all(
    Array.from({ length: SUBSCRIBERS }, (_, index) => {
      // The first three let nearly everything through; two subscribers of each are enough.
      const interest = interests[index < 6 ? index % 3 : 3 + (index % (interests.length - 3))];
      if (interest === undefined) throw new Error("no interests");
      return startSubscriber({ interest, key, cursor, target: () => target(index) });
    }),
  );
  onTestFinished(async () => {
    await Promise.all(subscribers.map((subscriber) => subscriber.close()));
  });
  return subscribers;
}

/** Waits until everybody has seen the last of the markers that are for him, then tells every fault of everybody. */
async function faultsOfAll(
  subscribers: readonly ResumingSubscriber[],
  sending: Sending,
  markers: readonly SentEvent[],
): Promise<string[]> {
  const lastFor = (subscriber: ResumingSubscriber): string | undefined =>
    markers.findLast((marker) => subscriber.interest.matches(marker))?.text;
  const seen = (): number => subscribers.reduce((sum, { texts }) => sum + texts.length, 0);
  await progress(() => subscribers.every((each) => each.texts.at(-1) === lastFor(each)), seen);
  const whole = subscribers.find(({ interest }) => interest.filter === "")?.texts ?? [];
  const placeInLog = new Map(whole.map((text, index) => [text, index]));
  const sent = { accepted: [...sending.accepted, ...markers], doubtful: sending.doubtful };
  return subscribers.flatMap((subscriber, index) =>
    faultsOf(subscriber, sent, placeInLog).map((fault) => `subscriber ${index}: ${fault}`),
  );
}

describe("of the events answered 200, each subscriber sees each of its own once and in order", () => {
  it("when the only gateway is killed in the middle and started again, and is told of the gap", async () => {
    const office = await openGatewayOffice();
    const settings = office.settings(await freePort(), await office.dataDirectory());
    let gateway = await run(settings);
    const { origin } = gateway;
    const sender = await office.install(origin);
    const places = office.places().slice(0, PLACES);
    const subscribers = await listenAll(places, office.key, origin, () => origin);

    const sending = sendEvents({
      sender,
      places,
      count: EVENTS,
      lanes: LANES,
      target: () => origin,
      recovered: () => until(() => isReady(origin), PATIENCE_MS),
    });
    await progress(
      () => sending.accepted.length >= EVENTS / 2,
      () => sending.accepted.length,
    );
    await gateway.kill();
    gateway = await run(settings);
    await sending.done;
    const markers = await sendMarkers(origin, sender, places);

    expect(sending.accepted.length).toBeGreaterThan(EVENTS - 2 * LANES);
    expect(await faultsOfAll(subscribers, sending, markers)).toEqual([]);
    expect(subscribers.map((each) => each.connections())).toEqual(subscribers.map(() => 2));
    expect(subscribers.map((each) => each.gaps.length)).toEqual(subscribers.map(() => 1));
  }, 600_000);

  it("when one of two gateways on Redis is killed, and is told of a short gap for what that one had in hand", async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.close());
    const office = await openGatewayOffice();
    const more = { REDIS_URL: redis.url };
    const killed = await run(office.settings(await freePort(), await office.dataDirectory(), more));
    const other = await run(office.settings(await freePort(), await office.dataDirectory(), more));
    const sender = await office.install(killed.origin);
    const places = office.places().slice(0, PLACES);
    const nearest = (index: number): string => (index % 2 === 0 && killed.isAlive() ? killed.origin : other.origin);
    const subscribers = await listenAll(places, office.key, other.origin, nearest);

    const sending = sendEvents({
      sender,
      places,
      count: EVENTS,
      lanes: LANES,
      target: nearest,
      recovered: () => until(() => !killed.isAlive(), PATIENCE_MS),
    });
    await progress(
      () => sending.accepted.length >= EVENTS / 2,
      () => sending.accepted.length,
    );
    await killed.kill();
    await sending.done;
    const markers = await sendMarkers(other.origin, sender, places);

    expect(sending.accepted.length).toBeGreaterThan(EVENTS - 2 * LANES);
    expect(await faultsOfAll(subscribers, sending, markers)).toEqual([]);
    expect(subscribers.map((each) => each.connections())).toEqual(subscribers.map((_, index) => 2 - (index % 2)));
    await until(() => subscribers.every((each) => each.gaps.length === 1), PATIENCE_MS);
  }, 600_000);

  it("when the Redis of two gateways is killed in the middle and started again, and is told of the gap", async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.close());
    const office = await openGatewayOffice();
    const more = { REDIS_URL: redis.url };
    const gateways = [
      await run(office.settings(await freePort(), await office.dataDirectory(), more)),
      await run(office.settings(await freePort(), await office.dataDirectory(), more)),
    ] as const;
    const [first] = gateways;
    const sender = await office.install(first.origin);
    const places = office.places().slice(0, PLACES);
    const nearest = (index: number): string => gateways[index % 2 === 0 ? 0 : 1].origin;
    const subscribers = await listenAll(places, office.key, first.origin, nearest);

    const sending = sendEvents({
      sender,
      places,
      count: EVENTS,
      lanes: LANES,
      target: nearest,
      recovered: (lane) => until(() => isReady(nearest(lane)), PATIENCE_MS),
    });
    await progress(
      () => sending.accepted.length >= EVENTS / 2,
      () => sending.accepted.length,
    );
    await redis.kill();
    await until(() => sending.refusals.length > 0, PATIENCE_MS);
    await redis.start();
    await sending.done;
    const markers = await sendMarkers(first.origin, sender, places);

    expect(new Set(sending.refusals)).toEqual(new Set([503]));
    expect(sending.accepted.length).toBeGreaterThan(EVENTS / 2 + LANES);
    expect(await faultsOfAll(subscribers, sending, markers)).toEqual([]);
    await until(() => subscribers.every((each) => each.gaps.length > 0), PATIENCE_MS);
    expect(subscribers.map((each) => each.connections())).toEqual(subscribers.map(() => 1));
  }, 600_000);
});
