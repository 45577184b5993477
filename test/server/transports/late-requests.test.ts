import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";

const QUICK = { GATEWAY_HEADERS_TIMEOUT_MS: "300", GATEWAY_BODY_TIMEOUT_MS: "300" };
const KEY = "0123456789abcdef";

interface Wire {
  readonly socket: Socket;
  /** All that came, once the gateway has closed. */
  readonly closed: Promise<string>;
}

async function dial(origin: string, text: string): Promise<Wire> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let received = "";
  socket.on("data", (data) => {
    received += String(data);
  });
  socket.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(received)));
  await new Promise<void>((done) => socket.once("connect", () => done()));
  socket.write(text);
  return { socket, closed };
}

const head = (more: string): string =>
  `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${more}`;

test.each([
  ["headers never end", "headersMs", head("")],
  ["body never ends", "bodyMs", `${head(`x-api-key: ${KEY}\r\ncontent-length: 100\r\n`)}\r\n{"query"`],
])("a request whose %s is closed in time, with a sentence", async (_what, limit, text) => {
  const { origin } = await startScriptedGateway({ ...QUICK, GATEWAY_API_KEYS: `one:${KEY}` });
  const { closed } = await dial(origin, text);
  const answer = await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain(`"code":"LIMIT_EXCEEDED","limit":"${limit}","maximum":300`);
  expect(answer).toContain("cache-control: no-store");
  expect((await fetch(`${origin}/health`)).status).toBe(200);
});

test("a connection that says nothing is closed in time", async () => {
  const { origin } = await startScriptedGateway(QUICK);
  await (await dial(origin, "")).closed;
});

test("who may not come in is told so before his body is there", async () => {
  const { origin } = await startScriptedGateway({ GATEWAY_API_KEYS: `one:${KEY}` });
  const { closed } = await dial(origin, `${head("x-api-key: wrong\r\ncontent-length: 900000\r\n")}\r\n{"query"`);
  const answer = await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer.toLowerCase()).toContain("connection: close");
});

test("what is no HTTP is told so", async () => {
  const { origin } = await startScriptedGateway();
  expect(await (await dial(origin, "hello\r\n\r\n")).closed).toContain('"code":"BAD_REQUEST"');
});

test("there are only so many connections", async () => {
  const { origin } = await startScriptedGateway({
    GATEWAY_MAX_CONNECTIONS: "10",
    GATEWAY_HEADERS_TIMEOUT_MS: "600000",
  });
  const wires: Wire[] = [];
  for (let count = 0; count < 15; count += 1) wires.push(await dial(origin, "GET /health HTTP/1.1\r\nhost: a\r\n"));
  await Promise.all(wires.slice(-5).map(({ closed }) => closed));
  expect(wires.filter(({ socket }) => !socket.destroyed).length).toBeLessThanOrEqual(10);
  for (const { socket } of wires) socket.destroy();
});
