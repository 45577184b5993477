import { expect, it, onTestFinished } from "vitest";
import { openEventStorage } from "../../../src/subscriptions/events/event-storage.ts";
import { type EventStreamClient, openEventStream } from "../../kit/event-stream-client.ts";
import { freePort } from "../../kit/free-port.ts";
import { type GatewayProcess, startGatewayProcess } from "../../kit/gateway-process.ts";
import { startRedisServer } from "../../kit/redis-server.ts";
import { connectSocket, currentCursor, type StreamResult } from "../../kit/socket-client.ts";
import { until } from "../../kit/until.ts";
import type { Sender } from "../../subscriptions/deliveries.ts";
import { createPoster, listForm } from "./event-sender.ts";
import { type ChatPlace, type GatewaySettings, openGatewayOffice } from "./installed-portal.ts";
import { documentOf, type Interest, type ResumingSubscriber, startSubscriber } from "./resuming-subscriber.ts";

const MIB = 1024 * 1024;
const PER_DELIVERY = 100;
/** Makes a result of a stalled subscriber about 1 kB, so that the system's own buffers (10 MB or so) hold few of them. */
const PADDING = "x".repeat(440);
const COPIES = 2;
const everything: Interest = { field: "messageAdded", filter: "", matches: () => true };

async function run(settings: GatewaySettings): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess(settings);
  onTestFinished(() => gateway.kill());
  return gateway;
}

const textOf = (number: number): string => `0.${number} ${PADDING}`;

/** Posts events one delivery after the other, so that their order is certain. */
async function flood(origin: string, sender: Sender, place: ChatPlace, count: number): Promise<void> {
  const poster = createPoster();
  for (let first = 0; first < count; first += PER_DELIVERY) {
    const texts = Array.from({ length: PER_DELIVERY }, (_, index) => textOf(first + index));
    const status = await poster.post(origin, listForm(texts, place, sender));
    if (status !== 200) throw new Error(`a delivery was answered ${status}`);
  }
  await poster.close();
}

/** The numbers of texts; anything but 0, 1, 2, … is a fault. */
function firstFault(texts: readonly string[], from = 0): string | undefined {
  return texts.find((text, index) => text !== textOf(from + index));
}

/** Texts that arrive over an event stream, and the cursor of the last. */
interface Arrived {
  readonly texts: string[];
  readonly errors: { readonly code: unknown; readonly oldestCursor: unknown }[];
  cursor: string;
}

function arrive(arrived: Arrived): (result: StreamResult) => void {
  return ({ data, errors }) => {
    for (const { extensions } of errors ?? []) {
      arrived.errors.push({ code: extensions?.code, oldestCursor: extensions?.oldestCursor });
    }
    // The document asked for exactly this.
    const event = data?.event as { cursor: string; content: { text: string } } | null | undefined;
    if (event === null || event === undefined) return;
    arrived.texts.push(event.content.text);
    arrived.cursor = event.cursor;
  };
}

function streamed(origin: string, key: string, arrived: Arrived, copies: number): Promise<EventStreamClient> {
  return openEventStream(origin, documentOf(everything, copies), {
    key,
    variables: { after: arrived.cursor },
    onResult: arrive(arrived),
  });
}

it("clients that do not read while 100,000 events pass cost a bounded memory, hinder nobody and go on from their place", async () => {
  const count = 100_000;
  const office = await openGatewayOffice();
  const gateway = await run(
    office.settings(await freePort(), await office.dataDirectory(), { GATEWAY_EVENT_RETENTION_COUNT: "200000" }),
  );
  const { origin } = gateway;
  const { key } = office;
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const cursor = await currentCursor(origin, key);
  const subscriber = (copies: number): Promise<ResumingSubscriber> =>
    startSubscriber({ interest: everything, key, cursor, target: () => origin, copies });
  const quick = await Promise.all([1, 1].map(subscriber));
  const quickArrived: Arrived = { texts: [], errors: [], cursor };
  const quickStream = await streamed(origin, key, quickArrived, 1);
  // Different documents, so that none is served by what another has made.
  const slow = await Promise.all([0, 1].map((more) => subscriber(COPIES + more)));
  const slowArrived = [0, 1].map((): Arrived => ({ texts: [], errors: [], cursor }));
  const slowStreams = await Promise.all(
    slowArrived.map((arrived, index) => streamed(origin, key, arrived, COPIES + 10 + index)),
  );
  onTestFinished(async () => {
    for (const each of [quickStream, ...slowStreams]) each.close();
    await Promise.all([...quick, ...slow].map((each) => each.close()));
  });
  for (const each of [...slow, ...slowStreams]) each.stall();
  const before = await gateway.memory();

  await flood(origin, sender, place, count);
  await until(() => [...quick, quickArrived].every(({ texts }) => texts.length >= count), 120_000);
  const after = await gateway.memory();
  expect(gateway.isAlive()).toBe(true);
  for (const { texts } of [...quick, quickArrived]) {
    expect(texts.length).toBe(count);
    expect(firstFault(texts)).toBeUndefined();
  }
  // Four clients were owed 100 MB or more each. The map of the log's file is no memory that the clients cost.
  const log = after.mapped - before.mapped;
  expect((after.peak - before.resident - log) / MIB).toBeLessThan(100);
  expect((after.anonymous - before.anonymous) / MIB).toBeLessThan(100);

  expect(Math.max(...[...slow, ...slowArrived].map(({ texts }) => texts.length))).toBeLessThan(1_000);
  for (const each of [...slow, ...slowStreams]) each.goOn();
  // Well beyond what the system's buffers held.
  const enough = 30_000;
  await until(() => [...slow, ...slowArrived].every(({ texts }) => texts.length >= enough), 120_000);
  for (const { texts } of [...slow, ...slowArrived]) {
    expect(firstFault(texts)).toBeUndefined();
  }
  expect(slow.flatMap((each) => each.problems)).toEqual([]);
  expect(slowArrived.flatMap((each) => each.errors)).toEqual([]);
}, 240_000);

it("clients that did not read until the events after their place were dropped are told so, and what is left follows", async () => {
  const count = 30_000;
  const kept = 1_000;
  const redis = await startRedisServer();
  onTestFinished(() => redis.close());
  const office = await openGatewayOffice();
  const { origin } = await run(
    office.settings(await freePort(), await office.dataDirectory(), { REDIS_URL: redis.url }),
  );
  const { key } = office;
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const cursor = await currentCursor(origin, key);
  const bySocket: Arrived = { texts: [], errors: [], cursor };
  const byStream: Arrived = { texts: [], errors: [], cursor };
  const client = await connectSocket(origin, { key });
  const subscription = client.open(documentOf(everything, COPIES), {
    variables: { after: cursor },
    onResult: arrive(bySocket),
  });
  await client.settled();
  const stream = await streamed(origin, key, byStream, COPIES + 1);
  onTestFinished(async () => {
    stream.close();
    await client.close();
  });
  client.socket.pause();
  stream.stall();
  await flood(origin, sender, place, count);
  // Another process of the same Redis that keeps less.
  const storage = await openEventStorage(
    { kind: "redis", url: redis.url },
    { retention: { maxAgeMs: 3_600_000, maxEvents: kept } },
  );
  onTestFinished(() => storage.close());
  await storage.log.trim();
  client.socket.resume();
  stream.goOn();
  await Promise.all([subscription.ended, stream.ended]);

  for (const arrived of [bySocket, byStream]) {
    if (arrived.errors.length === 0) {
      // The gateway had given the silent client up; it comes back with its cursor and is told then.
      const again = await streamed(origin, key, arrived, 1);
      await again.ended;
    }
    expect(firstFault(arrived.texts)).toBeUndefined();
    expect(arrived.texts.length).toBeLessThan(count - kept);
    expect(arrived.errors.map(({ code }) => code)).toEqual(["EVENTS_LOST"]);
    const rest: Arrived = { texts: [], errors: [], cursor: String(arrived.errors[0]?.oldestCursor) };
    const last = await streamed(origin, key, rest, 1);
    await until(() => rest.texts.length >= kept);
    last.close();
    expect(rest.texts.length).toBe(kept);
    expect(firstFault(rest.texts, count - kept)).toBeUndefined();
  }
}, 120_000);

it("a client that catches up with 50,000 events lets others in meanwhile", async () => {
  const count = 50_000;
  const office = await openGatewayOffice();
  const { origin } = await run(office.settings(await freePort(), await office.dataDirectory()));
  const { key } = office;
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const behind: Arrived = { texts: [], errors: [], cursor: await currentCursor(origin, key) };
  await flood(origin, sender, place, count);
  const stream = await streamed(origin, key, behind, 1);
  let served = 0;
  while (behind.texts.length < count) {
    const { status } = await fetch(`${origin}/health`);
    if (status === 200) served += 1;
  }
  stream.close();
  expect(firstFault(behind.texts)).toBeUndefined();
  expect(served).toBeGreaterThan(50);
}, 60_000);
