import { connect } from "node:net";
import { getIntrospectionQuery } from "graphql";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { eventually, progress } from "../../kit/until.ts";

const PING_MS = 12_000;
/** Bytes of which the system tells the sender that they were taken. */
const A_SIP = 1_500_000;

/** A socket that counts the gateway's pings; its wire can be left unread. */
async function open(origin: string) {
  const wire = connect(Number(new URL(origin).port), new URL(origin).hostname);
  const socket = new WebSocket(`${origin.replace("http:", "ws:")}/graphql`, ["graphql-transport-ws"], {
    createConnection: () => wire,
  });
  onTestFinished(() => socket.terminate());
  let pings = 0;
  let code: number | undefined;
  let messages = 0;
  socket.on("ping", () => {
    pings += 1;
  });
  socket.on("message", () => {
    messages += 1;
  });
  socket.once("close", (closedWith) => {
    code = closedWith;
  });
  socket.once("open", () => socket.send('{"type":"connection_init"}'));
  await eventually(() => expect(messages).toBe(1));
  return {
    wire,
    socket,
    pings: () => pings,
    code: () => code,
    /** Resolves when the gateway has read what this client sent before, its answers to pings too. */
    async wasRead() {
      const before = messages;
      socket.send('{"type":"ping"}');
      await eventually(() => expect(messages).toBe(before + 1));
    },
  };
}

test("a socket that is not read is ended when the next ping is due, one that is read stays", async () => {
  const { origin } = await startScriptedGateway();
  // Only the clock of pings: sockets and the gateway's other work go on by real time.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const read = await open(origin);
  const unread = await open(origin);
  unread.wire.pause();
  const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

  pass(PING_MS);
  await eventually(() => expect(read.pings()).toBe(1));
  await read.wasRead();
  expect(unread.code()).toBeUndefined();
  pass(PING_MS);
  await eventually(() => expect(read.pings()).toBe(2));
  // What the gateway reads twice is read after it has looked for the other's answer.
  await read.wasRead();
  await read.wasRead();
  unread.wire.resume();
  await eventually(() => expect(unread.code()).toBe(1006));
  expect(unread.pings()).toBe(1);
  await read.wasRead();
  expect(read.code()).toBeUndefined();
});

test("a socket that answered while the gateway stood still stays, though the next ping is due before the answer is read", async () => {
  const { origin } = await startScriptedGateway();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const client = await open(origin);
  // By now the answer has left, and the gateway, which shares this thread, cannot have read it.
  client.socket.once("ping", () => vi.advanceTimersByTime(PING_MS));
  vi.advanceTimersByTime(PING_MS);
  await eventually(() => expect(client.pings()).toBe(1));
  await client.wasRead();
  vi.advanceTimersByTime(PING_MS);
  await eventually(() => expect(client.pings()).toBe(2));
  expect(client.code()).toBeUndefined();
});

test("a socket that takes what waits for it stays, though the ping lies behind all that", async () => {
  const { origin } = await startScriptedGateway({ GATEWAY_INTROSPECTION: "true" });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { wire, socket, code } = await open(origin);
  // More than the system keeps for a socket.
  const asked = 100;
  const query = getIntrospectionQuery();
  let bytes = 0;
  let pauseAt = Number.POSITIVE_INFINITY;
  let completed = 0;
  wire.on("data", (data: Buffer) => {
    bytes += data.length;
    if (bytes >= pauseAt) wire.pause();
  });
  socket.on("message", (data: Buffer) => {
    if (data.length < 100 && String(data).includes('"complete"')) completed += 1;
  });
  for (let id = 0; id < asked; id += 1)
    socket.send(JSON.stringify({ type: "subscribe", id: String(id), payload: { query } }));
  await eventually(() => expect(completed).toBeGreaterThan(0));
  wire.pause();

  // As many are answered as the gateway answers unread.
  for (let turns = 0; turns < 50; turns += 1) await fetch(`${origin}/health`).then((answer) => answer.text());
  vi.advanceTimersByTime(PING_MS);
  pauseAt = bytes + A_SIP;
  wire.resume();
  await progress(
    () => bytes >= pauseAt,
    () => bytes,
  );
  vi.advanceTimersByTime(PING_MS);
  pauseAt = Number.POSITIVE_INFINITY;
  wire.resume();
  await progress(
    () => completed === asked,
    () => bytes,
  );
  expect(code()).toBeUndefined();
});
