import { connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { eventually } from "../../kit/until.ts";

const PING_MS = 12_000;

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
