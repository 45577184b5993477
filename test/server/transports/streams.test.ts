import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { startScriptedPortal } from "../../datasources/bitrix24/scripted-portal.ts";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { openSocket } from "../../kit/socket-client.ts";
import { eventually, progress } from "../../kit/until.ts";

const TWO = "query A { __typename } query B { __typename }";

test("a client that resets its connection while its upgrade is refused does not end the process", async () => {
  const { origin } = await startScriptedGateway();
  const uncaught = vi.fn<(error: Error) => void>();
  process.on("uncaughtException", uncaught);
  onTestFinished(() => void process.off("uncaughtException", uncaught));
  const { hostname, port } = new URL(origin);
  for (let round = 0; round < 20; round += 1) {
    await new Promise<void>((done) => {
      const raw = connect(Number(port), hostname, () => {
        const head = `Host: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`;
        raw.write(`GET /nowhere HTTP/1.1\r\n${head}`, () => raw.resetAndDestroy());
      });
      raw.once("close", () => done());
    });
  }
  const answer = await fetch(`${origin}/health`);
  expect(answer.status).toBe(200);
  expect(uncaught).not.toHaveBeenCalled();
});

test.each([
  ["messages", 600, (socket: WebSocket) => socket.send(`{"type":"ping","payload":{"text":"${"x".repeat(100_000)}"}}`)],
  ["frames", 300_000, (socket: WebSocket) => socket.ping("x".repeat(125))],
])("a client that does not read the answers to its pings, as %s, is not read from either", async (_, count, ping) => {
  const { origin } = await startScriptedGateway();
  // On a busy machine this takes longer than the gateway waits for an answer to its own pings.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  const acknowledged = once(socket, "message");
  socket.send('{"type":"connection_init"}');
  await acknowledged;
  socket.pause();
  for (let sent = 0; sent < count; sent += 1) ping(socket);
  const all = socket.bufferedAmount;
  let left = all;
  let still = 0;
  while (left > 0 && still < 30) {
    await fetch(`${origin}/health`).then((answer) => answer.text());
    still = socket.bufferedAmount === left ? still + 1 : 0;
    left = socket.bufferedAmount;
  }
  expect(left).toBeGreaterThan(all / 2);
  let answers = 0;
  const countAnswer = (): void => {
    answers += 1;
  };
  socket.on("message", countAnswer);
  socket.on("pong", countAnswer);
  socket.resume();
  await progress(
    () => answers === count,
    () => answers,
  );
});

test("a socket says which operation cannot be told, and such requests do not use up its places", async () => {
  const { origin } = await startScriptedGateway();
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  const answers: { type: string; id?: string; payload?: unknown }[] = [];
  socket.on("message", (data) => answers.push(JSON.parse(String(data))));
  const ask = (id: string, payload: unknown) => socket.send(JSON.stringify({ type: "subscribe", id, payload }));
  socket.send('{"type":"connection_init"}');
  await eventually(() => expect(answers).toHaveLength(1));
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 50; index += 1) ask(`unknown-${index}`, { query: TWO, operationName: "C" });
    await eventually(() => expect(answers).toHaveLength(1 + (round + 1) * 50));
  }
  ask("several", { query: TWO });
  ask("named", { query: TWO, operationName: "A" });
  await eventually(() => expect(answers.some(({ type, id }) => id === "named" && type === "complete")).toBe(true));
  expect(answers.find(({ id }) => id === "unknown-0")).toMatchObject({
    type: "error",
    payload: [{ extensions: { code: "OPERATION_RESOLUTION_FAILURE" } }],
  });
  expect(answers.find(({ id }) => id === "several")).toMatchObject({
    type: "error",
    payload: [{ message: expect.stringContaining("several operations") }],
  });
  expect(answers.filter(({ id }) => id === "named").map(({ type }) => type)).toEqual(["next", "complete"]);
});

test("an event stream says the same of an operation that cannot be told", async () => {
  const { origin } = await startScriptedGateway();
  const stream = await openEventStream(origin, TWO);
  await stream.ended;
  expect(stream.results).toMatchObject([{ errors: [{ extensions: { code: "OPERATION_RESOLUTION_FAILURE" } }] }]);
});

const TWO_WRITES =
  'mutation { a: chatSkip(chatId: "1") { userErrors { code } } b: chatSkip(chatId: "2") { userErrors { code } } }';

test.each([
  ["/graphql", "application/json"],
  ["/graphql/stream", "text/event-stream"],
])("what a client of %s had not got to when it went is not carried out", async (path, accept) => {
  const portal = await startScriptedPortal();
  const { origin } = await startScriptedGateway({ BITRIX24_PORTALS: portal.host });
  onTestFinished(() => portal.close());
  const headers = {
    "content-type": "application/json",
    accept,
    "x-bitrix24-portal": portal.host,
    authorization: "Bearer token-of-a-user",
  };
  let answer = (): void => {};
  portal.next.push(
    // Whose token it is.
    async () => ({ body: '{"result":{"ID":"7"}}' }),
    () =>
      new Promise((resolve) => {
        answer = () => resolve({ body: '{"result":true}' });
      }),
  );
  const call = request(`${origin}${path}`, { method: "POST", agent: false, headers });
  call.on("error", () => {});
  call.end(JSON.stringify({ query: TWO_WRITES }));
  await eventually(() => expect(portal.requests.at(-1)?.method).toBe("imopenlines.operator.skip"));
  const gone = new Promise((done) => call.once("close", done));
  call.destroy();
  await gone;
  // Answered after the gateway has seen the client go: its health is asked on a younger connection.
  await fetch(`${origin}/health`);
  answer();
  // Each further read leaves after whatever the first operation would have gone on with.
  for (const id of ["7", "8"]) {
    const query = `{ chat(by: {id: "${id}"}) { title } }`;
    await fetch(`${origin}/graphql`, {
      method: "POST",
      headers: { ...headers, accept: "application/json" },
      body: JSON.stringify({ query }),
    }).then((each) => each.text());
  }
  const methods = portal.requests.map(({ method }) => method);
  expect(methods.filter((method) => method === "imopenlines.operator.skip")).toHaveLength(1);
  expect(methods.at(-1)).toBe("imopenlines.dialog.get");
});
