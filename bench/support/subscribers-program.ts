import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { quantile } from "./distribution.ts";
import { openStreamSubscriber } from "./event-stream-subscriber.ts";
import { type Done, type Order, order, readStamp, type SubscriptionTarget } from "./subscriber-messages.ts";

// A program of its own: many subscribers over real sockets. It only looks at the mark of each message, so that it takes little of the machine.

interface Subscriber {
  readonly leave: () => Promise<void>;
  /** Number of the last delivery. */
  sequence: number;
}

interface Unread {
  readonly socket: WebSocket;
  readonly stream: Socket;
}

/** Begins every delivery; an error of the stream has no data. */
const UNNUMBERED = '{"data":{"messageAdded":{';
const subscribers: Subscriber[] = [];
let unread: Unread | undefined;
let latencies: number[] = [];
let lastMessage: Buffer | undefined;
const awaited = new Set<{ readonly sequence: number; missing: number; readonly resolve: () => void }>();

function fail(reason: string): never {
  process.stderr.write(`subscribers: ${reason}\n`);
  process.exit(1);
}

function arrived(subscriber: Subscriber, message: Buffer): void {
  const stamp = readStamp(message);
  if (stamp === undefined) {
    // An event of before the benchmark's own.
    if (message.includes(UNNUMBERED)) return;
    fail(`a message that is no delivery: ${message.toString().slice(0, 500)}`);
  }
  const before = subscriber.sequence;
  if (stamp.sequence <= before) fail(`delivery ${stamp.sequence} came after ${before}`);
  subscriber.sequence = stamp.sequence;
  latencies.push(stamp.ageMs);
  lastMessage = message;
  for (const each of awaited) {
    if (before >= each.sequence || stamp.sequence < each.sequence) continue;
    each.missing -= 1;
    if (each.missing > 0) continue;
    awaited.delete(each);
    each.resolve();
  }
}

/** Opens a socket; resolves when it may be subscribed on. */
async function openSocket(target: SubscriptionTarget, stream?: (options: object) => Socket): Promise<WebSocket> {
  const isGraphql = target.protocol === "graphql-transport-ws";
  const options = {
    perMessageDeflate: false,
    headers: { "x-api-key": target.key },
    ...(stream && { createConnection: stream }),
  };
  const socket = isGraphql
    ? new WebSocket(target.url, target.protocol, options)
    : new WebSocket(target.url, undefined, options);
  socket.on("close", (code, reason) => {
    if (!leaving.has(socket)) fail(`the server closed a socket: ${code} ${String(reason)}`);
  });
  await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
  if (!isGraphql) return socket;
  const acknowledged = new Promise<void>((resolve) => socket.once("message", () => resolve()));
  socket.send('{"type":"connection_init"}');
  await acknowledged;
  return socket;
}

const leaving = new WeakSet<WebSocket>();

function subscribe(socket: WebSocket, { protocol, query, variables }: SubscriptionTarget, id: string): void {
  if (protocol === "graphql-transport-ws") {
    socket.send(JSON.stringify({ id, type: "subscribe", payload: { query, variables } }));
  }
}

async function openSubscriber(target: SubscriptionTarget): Promise<void> {
  if (target.protocol === "event-stream" || target.protocol === "broadcast-stream") {
    const reader = { leave: () => stream.leave(), sequence: -1 };
    const stream = await openStreamSubscriber(target, {
      message: (message) => arrived(reader, message),
      closed: () => fail("the server closed a stream"),
    });
    subscribers.push(reader);
    return;
  }
  const socket = await openSocket(target);
  const subscriber: Subscriber = { leave: () => leave(socket), sequence: -1 };
  socket.on("message", (message) => {
    if (Buffer.isBuffer(message)) arrived(subscriber, message);
  });
  subscribers.push(subscriber);
  subscribe(socket, target, "1");
}

/** A few at a time: a server accepts a backlog of limited length. */
async function openSubscribers(target: SubscriptionTarget, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += 50) {
    await Promise.all(Array.from({ length: Math.min(50, count - opened) }, () => openSubscriber(target)));
  }
}

async function openUnread(target: SubscriptionTarget, count: number): Promise<number> {
  const { hostname, port } = new URL(target.url);
  const stream = connect({ host: hostname, port: Number(port) });
  const socket = await openSocket(target, () => stream);
  for (let id = 0; id < count; id += 1) subscribe(socket, target, String(id));
  stream.pause();
  unread = { socket, stream };
  return stream.localPort ?? 0;
}

async function leave(socket: WebSocket): Promise<void> {
  leaving.add(socket);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.terminate();
  await closed;
}

async function close(what: "all" | "unread"): Promise<void> {
  if (unread !== undefined) await leave(unread.socket);
  unread = undefined;
  if (what === "all") await Promise.all(subscribers.splice(0).map((each) => each.leave()));
}

function whenAllGot(sequence: number): Promise<void> {
  const missing = subscribers.filter((subscriber) => subscriber.sequence < sequence).length;
  if (missing === 0) return Promise.resolve();
  return new Promise((resolve) => awaited.add({ sequence, missing, resolve }));
}

function takeLatencies(): Omit<Done, "number"> {
  const taken = latencies;
  latencies = [];
  return {
    ...(taken.length > 0 && {
      latencies: { count: taken.length, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99) },
    }),
    ...(lastMessage && { text: lastMessage.toString() }),
  };
}

async function obey(given: Order): Promise<Omit<Done, "number">> {
  switch (given.kind) {
    case "open":
      await openSubscribers(given.target, given.count);
      return {};
    case "await":
      await whenAllGot(given.sequence);
      return {};
    case "take":
      return takeLatencies();
    case "openUnread":
      return { port: await openUnread(given.target, given.count) };
    case "close":
      await close(given.what);
      return {};
  }
}

process.on("message", (message) => {
  const given = order.parse(message);
  obey(given).then(
    (answer) => process.send?.({ number: given.number, ...answer }),
    (error: unknown) => fail(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
});
process.on("disconnect", () => process.exit(0));
