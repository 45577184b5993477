import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type BroadcastServer, startBroadcastServer } from "./support/broadcast-server.ts";
import { operatorMessages } from "./support/delivery-form.ts";
import { median, withRange } from "./support/distribution.ts";
import { buildEarlier } from "./support/earlier-build.ts";
import { type EventFeed, eventsInTurn, openEventFeed, untilSubscribed } from "./support/event-feed.ts";
import { openFormPoster } from "./support/form-poster.ts";
import { type LiveOffice, startLiveOffice } from "./support/live-office.ts";
import { steadyLoad } from "./support/load.ts";
import type { BenchOptions } from "./support/options.ts";
import { cpuTimeMs, residentBytes } from "./support/process-usage.ts";
import { type Finding, inMs, type Report } from "./support/report.ts";
import { type SubscriptionTarget, stampedAgain } from "./support/subscriber-messages.ts";
import { type Subscribers, startSubscribers } from "./support/subscribers.ts";

const SUBSCRIBERS = 1_000;
const FIRST_SUBSCRIBERS = 100;
const WARMING_EVENTS = 2_000;
const IDLE_MS = 3_000;
const GOAL_OF_STOCK = 0.5;
const GOAL_OF_RAW = 1.35;
const GOAL_OF_RAW_STREAM = 1.15;
const GOAL_OF_EARLIER = 1.05;
const GOAL_IDLE_KIB = 16;
const RATE = 5;
const GOAL_BESIDE_SLOW = 1.1;
const SLOW_SUBSCRIPTIONS = 50;
/** With the subscriptions of the slow socket, the buffers of the system are full after some forty events. */
const LONG_TEXT = "The parcel left our house on Monday and has not been seen since. ".repeat(30);
const FILLING_EVENTS = 400;

const PAYLOAD = '"payload":';
const QUERY = /* GraphQL */ `
  subscription Messages {
    messageAdded {
      cursor
      direction
      content { text isSystem externalIds author { id } }
      line { id }
      connector { id }
      chat { id }
    }
  }
`;

interface Candidate {
  readonly name: string;
  readonly pid: number;
  readonly target: SubscriptionTarget;
  readonly feed: EventFeed;
  readonly subscribers: Subscribers;
  /** CPU time of the server process for one delivery to one subscriber, microseconds. */
  readonly cpu: number[];
  readonly p50: number[];
  readonly p99: number[];
  /** Resident memory for one idle subscriber, bytes. */
  memory: number;
}

function candidate(
  name: string,
  pid: number,
  feed: EventFeed,
  url: string,
  protocol: SubscriptionTarget["protocol"],
  key: string,
): Candidate {
  const target: SubscriptionTarget = { url, protocol, key, query: QUERY, variables: {} };
  return { name, pid, target, feed, subscribers: startSubscribers(), cpu: [], p50: [], p99: [], memory: Number.NaN };
}

/**
 * Events to one subscriber, then all again, so that what a server does once for each event is compiled when it is measured: a server that has
 * run for a while is. After the memory was measured, which would else be found in what these events leave behind.
 */
async function warmUp(of: Candidate): Promise<void> {
  await of.subscribers.closeAll();
  await of.subscribers.open(of.target, 1);
  await untilSubscribed(of.feed, of.subscribers);
  for (let posted = 0; posted < WARMING_EVENTS; posted += 1) await of.feed.post();
  await of.subscribers.got(of.feed.last());
  await of.subscribers.closeAll();
  await of.subscribers.open(of.target, SUBSCRIBERS);
  await untilSubscribed(of.feed, of.subscribers);
}

/** Subscribes all; the first of them are not counted, because they bring what is needed once. */
async function fill(of: Candidate): Promise<void> {
  await of.subscribers.open(of.target, FIRST_SUBSCRIBERS);
  await untilSubscribed(of.feed, of.subscribers);
  await delay(IDLE_MS);
  const before = residentBytes(of.pid);
  await of.subscribers.open(of.target, SUBSCRIBERS - FIRST_SUBSCRIBERS);
  await delay(IDLE_MS);
  of.memory = (residentBytes(of.pid) - before) / (SUBSCRIBERS - FIRST_SUBSCRIBERS);
  await untilSubscribed(of.feed, of.subscribers);
}

async function measureCpu(of: Candidate, events: number): Promise<void> {
  const before = cpuTimeMs(of.pid);
  await eventsInTurn(of.feed, of.subscribers, events);
  of.cpu.push(((cpuTimeMs(of.pid) - before) * 1000) / (events * SUBSCRIBERS));
}

async function measureLatency(of: Candidate, seconds: number): Promise<{ p50: number; p99: number }> {
  await of.subscribers.take();
  await steadyLoad(RATE, seconds, () => of.feed.post());
  await of.subscribers.got(of.feed.last());
  const { count, p50, p99 } = await of.subscribers.take();
  if (count !== RATE * seconds * SUBSCRIBERS) throw new Error(`${of.name}: ${count} deliveries arrived`);
  return { p50, p99 };
}

/** Bytes that the server's side of a connection could not hand over. Linux only. A port may be used towards other servers too. */
function stuckBytes(clientPort: number): number {
  const remote = `:${clientPort.toString(16).toUpperCase().padStart(4, "0")}`;
  let most = 0;
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n")) {
    const [, , remoteAddress = "", , queues = ""] = line.trim().split(/\s+/);
    if (remoteAddress.endsWith(remote)) most = Math.max(most, Number.parseInt(queues.split(":")[0] ?? "0", 16));
  }
  return most;
}

/** Latency of the others without and with a socket among them that nobody reads, in turn. */
async function besideSlow(of: Candidate, rounds: number, seconds: number): Promise<Finding[]> {
  const alone: number[] = [];
  const beside: number[] = [];
  let stuck = 0;
  for (let round = 0; round < rounds; round += 1) {
    alone.push((await measureLatency(of, seconds)).p99);
    const port = await of.subscribers.openUnread(of.target, SLOW_SUBSCRIPTIONS);
    let last = -1;
    // Full when the queue on the server's side no longer grows.
    for (let posted = 0; posted < FILLING_EVENTS && (stuck === 0 || stuck !== last); posted += 10) {
      last = stuck;
      await eventsInTurn(of.feed, of.subscribers, 10);
      stuck = stuckBytes(port);
    }
    if (stuck === 0) throw new Error("The buffers of the socket that nobody reads did not fill");
    beside.push((await measureLatency(of, seconds)).p99);
    await of.subscribers.closeUnread();
  }
  const ratio = median(beside) / median(alone);
  return [
    { what: `p99 at ${RATE} events/s, long texts: all are read`, figure: withRange(alone, inMs) },
    {
      what: `  beside a socket that nobody reads (${(stuck / 1024).toFixed(0)} KiB stuck)`,
      figure: withRange(beside, inMs),
      ratio,
      goal: `<= ${GOAL_BESIDE_SLOW} x`,
      reached: ratio <= GOAL_BESIDE_SLOW,
    },
  ];
}

async function earlierCandidate(name: string, { gateway, eventsUrl, sender, socketUrl, key }: LiveOffice) {
  const poster = await openFormPoster(eventsUrl, 1);
  const feed = openEventFeed(poster, operatorMessages(sender));
  return candidate(name, gateway.pid, feed, socketUrl, "graphql-transport-ws", key);
}

/** The same subscription over server-sent events, beside the same text written to streams of node:http. */
async function overEventStreams(
  { streamUrl, key }: LiveOffice,
  own: Candidate,
  { pid, streamUrl: rawUrl }: BroadcastServer,
  rawFeed: EventFeed,
  events: number,
  rounds: number,
): Promise<Finding[]> {
  const gateway = candidate("gateway", own.pid, own.feed, streamUrl, "event-stream", key);
  const raw = candidate("raw event streams", pid, rawFeed, rawUrl, "broadcast-stream", "");
  for (const each of [gateway, raw]) {
    await fill(each);
    await eventsInTurn(each.feed, each.subscribers, events);
  }
  for (let round = 0; round < rounds; round += 1) for (const each of [raw, gateway]) await measureCpu(each, events);
  await Promise.all([gateway, raw].map(({ subscribers }) => subscribers.stop()));
  const ratio = median(gateway.cpu) / median(raw.cpu);
  return [
    { what: `CPU per delivery: ${raw.name}`, figure: withRange(raw.cpu, inUs) },
    {
      what: "  gateway, event streams",
      figure: withRange(gateway.cpu, inUs),
      ratio,
      goal: `<= ${GOAL_OF_RAW_STREAM} x`,
      reached: ratio <= GOAL_OF_RAW_STREAM,
    },
    ...[raw, gateway].map(({ name, memory }) => ({
      what: `resident memory per idle event stream: ${name}`,
      figure: `${(memory / 1024).toFixed(1)} KiB`,
    })),
  ];
}

function inUs(value: number): string {
  return `${value.toFixed(1)} us`;
}

/** One event to a thousand subscribers with the same document, beside graphql-ws as it comes and a broadcast without GraphQL. */
export async function fanOut({ quick, profileDirectory, beside }: BenchOptions): Promise<Report> {
  const office = await startLiveOffice({ profileDirectory });
  const stockServer = await startBroadcastServer("stock", profileDirectory);
  const rawServer = await startBroadcastServer("raw", profileDirectory);
  const form = operatorMessages(office.sender);
  // One connection each, so that events arrive in the order of their numbers.
  const posters = await Promise.all(
    [office.eventsUrl, stockServer.postUrl, rawServer.postUrl].map((url) => openFormPoster(url, 1)),
  );
  const [toOffice, toStock, toRaw] = posters;
  if (toOffice === undefined || toStock === undefined || toRaw === undefined) throw new Error("A poster is missing");

  const { gateway, socketUrl, key } = office;
  const own = candidate("gateway", gateway.pid, openEventFeed(toOffice, form), socketUrl, "graphql-transport-ws", key);
  await fill(own);
  await warmUp(own);
  await own.feed.post();
  await own.subscribers.got(own.feed.last());
  const { text } = await own.subscribers.take();
  const { pid: stockPid, socketUrl: stockUrl } = stockServer;
  const stock = candidate(
    "stock graphql-ws",
    stockPid,
    openEventFeed(toStock, form),
    stockUrl,
    "graphql-transport-ws",
    "",
  );
  // The gateway's own text, byte for byte but for the mark.
  const sameText = openEventFeed(toRaw, (sequence) => stampedAgain(text, sequence));
  const raw = candidate("raw ws broadcast", rawServer.pid, sameText, rawServer.socketUrl, "broadcast", "");
  for (const each of [stock, raw]) {
    await fill(each);
    await warmUp(each);
  }

  // Its own office: the earlier build in the same rounds.
  const earlierOffice =
    beside === undefined ? undefined : await startLiveOffice({ directory: buildEarlier(beside).directory });
  const earlier =
    earlierOffice === undefined || beside === undefined
      ? undefined
      : await earlierCandidate(`gateway at ${basename(beside)}`, earlierOffice);
  if (earlier !== undefined) {
    await fill(earlier);
    await warmUp(earlier);
  }

  const all = [stock, raw, own, ...(earlier === undefined ? [] : [earlier])];
  const events = quick ? 30 : 100;
  const rounds = quick ? 2 : 6;
  const seconds = quick ? 3 : 8;
  for (const each of all) await eventsInTurn(each.feed, each.subscribers, events);
  for (let round = 0; round < rounds; round += 1) for (const each of all) await measureCpu(each, events);
  for (let round = 0; round < rounds; round += 1) {
    for (const each of all) {
      const { p50, p99 } = await measureLatency(each, seconds);
      each.p50.push(p50);
      each.p99.push(p99);
    }
  }
  await Promise.all(
    [stock, raw, ...(earlier === undefined ? [] : [earlier])].map(({ subscribers }) => subscribers.stop()),
  );
  await Promise.all([stockServer.stop(), earlierOffice?.stop()]);
  await own.subscribers.closeAll();
  // Streams carry the payload alone.
  const payload = text.slice(text.indexOf(PAYLOAD) + PAYLOAD.length, -1);
  const samePayload = openEventFeed(toRaw, (sequence) => stampedAgain(payload, sequence), "", raw.feed.last());
  const streams = await overEventStreams(office, own, rawServer, samePayload, events, rounds);
  await rawServer.stop();
  await own.subscribers.open(own.target, SUBSCRIBERS);
  await untilSubscribed(own.feed, own.subscribers);
  const longer = openEventFeed(toOffice, form, LONG_TEXT, own.feed.last());
  const slow = await besideSlow({ ...own, feed: longer }, rounds, seconds);

  const cpu = median(own.cpu);
  const findings: Finding[] = [
    { what: "message", figure: `${text.length} characters` },
    ...[
      { peer: stock, goal: GOAL_OF_STOCK },
      { peer: raw, goal: GOAL_OF_RAW },
      ...(earlier === undefined ? [] : [{ peer: earlier, goal: GOAL_OF_EARLIER }]),
    ].flatMap(({ peer, goal }): Finding[] => [
      { what: `CPU per delivery: ${peer.name}`, figure: withRange(peer.cpu, inUs) },
      {
        what: "  gateway",
        figure: withRange(own.cpu, inUs),
        ratio: cpu / median(peer.cpu),
        goal: `<= ${goal} x`,
        reached: cpu <= goal * median(peer.cpu),
      },
    ]),
    ...streams,
    ...all.map(({ name, p50, p99 }) => ({
      what: `POST to client at ${RATE} events/s: ${name}`,
      figure: `p50 ${withRange(p50, inMs)}, p99 ${withRange(p99, inMs)}`,
    })),
    ...all.map((each) => ({
      what: `resident memory per idle subscriber: ${each.name}`,
      figure: `${(each.memory / 1024).toFixed(1)} KiB`,
      ...(each === own ? { goal: `<= ${GOAL_IDLE_KIB} KiB`, reached: each.memory <= GOAL_IDLE_KIB * 1024 } : {}),
    })),
    ...slow,
  ];
  await own.subscribers.stop();
  for (const poster of posters) poster.close();
  await office.stop();
  return { benchmark: "fan-out", findings };
}
