import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { openSocket } from "../../kit/socket-client.ts";

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

async function closing(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, "close");
  return code;
}

test.each<[string, readonly (string | Buffer)[], number]>([
  ["4,500 levels in 27 KB", [`{"type":"subscribe","id":"1","payload":${deep(4_500)}}`], 4400],
  ["1,500 levels in less than 16 KB", [`{"type":"subscribe","id":"1","payload":${deep(1_500)}}`], 4400],
  ["11 levels", [`{"type":"connection_init","payload":${deep(10)}}`], 4400],
  ["more than 16 KB that is flat", [`{"type":"connection_init","payload":{"a":"${"x".repeat(17_000)}"}}`], 4400],
  ["0.9 MB in a ping", [`{"type":"ping","payload":{"a":"${"x".repeat(900_000)}"}}`], 4400],
  ["two messages", ['{"type":"ping"}', '{"type":"connection_init"}'], 4400],
  ["no JSON", ["{"], 4400],
  ["a number", ["7"], 4400],
  ["what only a gateway says", ['{"type":"next","id":"1","payload":{"data":null}}'], 4400],
  ["bytes that are no text", [Buffer.from([0x7b, 0xc3, 0x28])], 4400],
  ["a subscription", ['{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}'], 4401],
])("a socket that begins with %s is closed, and the gateway goes on", async (_what, messages, code) => {
  const { origin } = await startScriptedGateway();
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  const closed = closing(socket);
  for (const message of messages) socket.send(message);
  expect(await closed).toBe(code);
  expect((await fetch(`${origin}/health`)).status).toBe(200);
});

test("ten levels in 16 KB are read", async () => {
  const { origin } = await startScriptedGateway();
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  const answer = once(socket, "message");
  const head = `{"type":"connection_init","payload":{"a":"`;
  const tail = `","b":${deep(8)}}}`;
  socket.send(`${head}${"x".repeat(16 * 1024 - head.length - tail.length)}${tail}`);
  expect(JSON.parse(String((await answer)[0]))).toMatchObject({ type: "connection_ack" });
});

test.each(["ping", "pong", "nothing"])(
  "a deep %s ends a socket that is acknowledged, and nothing else",
  async (type) => {
    const { origin } = await startScriptedGateway();
    const socket = await openSocket(origin);
    onTestFinished(() => socket.terminate());
    socket.send('{"type":"connection_init"}');
    await once(socket, "message");
    const closed = closing(socket);
    socket.send(`{"type":"${type}","payload":${deep(100_000)}}`);
    expect(await closed).toBe(4400);
    expect((await fetch(`${origin}/health`)).status).toBe(200);
  },
);

test.each<[string, string | Buffer]>([
  ["a result", '{"type":"next","id":"1","payload":{"data":null}}'],
  ["an error", '{"type":"error","id":"1","payload":[{"message":"no"}]}'],
  ["an acknowledgement", '{"type":"connection_ack"}'],
  [
    "bytes that are no text",
    Buffer.concat([Buffer.from('{"type":"ping","payload":{"a":"'), Buffer.from([0xff]), Buffer.from('"}}')]),
  ],
])("%s from a client ends a socket that is acknowledged with 4400", async (_what, message) => {
  const { origin } = await startScriptedGateway();
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  socket.send('{"type":"connection_init"}');
  await once(socket, "message");
  const closed = closing(socket);
  socket.send(message);
  expect(await closed).toBe(4400);
});

test("a message that is too large ends its socket with what would pass", async () => {
  const { origin } = await startScriptedGateway({ GATEWAY_MAX_BODY_BYTES: "20000" });
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  socket.send('{"type":"connection_init"}');
  await once(socket, "message");
  socket.send(JSON.stringify({ type: "ping", payload: { a: "x".repeat(25_000) } }));
  const [code, reason] = await once(socket, "close");
  expect([code, String(reason)]).toEqual([1009, "A message may have 20000 bytes"]);
});

test("what is beside query and variables may be as deep as it likes: nobody reads it", async () => {
  const { origin } = await startScriptedGateway();
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  socket.send('{"type":"connection_init"}');
  await once(socket, "message");
  const answer = once(socket, "message");
  socket.send(`{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","a":${deep(100_000)}}}`);
  expect(JSON.parse(String((await answer)[0]))).toMatchObject({ id: "1", payload: { data: { __typename: "Query" } } });
});
