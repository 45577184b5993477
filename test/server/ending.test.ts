import { Agent, get } from "node:http";
import { expect, test } from "vitest";
import { openEventStream } from "../kit/event-stream-client.ts";
import { startOwnClock } from "../kit/own-time.ts";
import { startScriptedGateway } from "../kit/scripted-gateway.ts";
import { connectSocket } from "../kit/socket-client.ts";
import { eventually } from "../kit/until.ts";

const WRITE = 'mutation { chatSkip(chatId: "1") { userErrors { code } } }';

test("at its end the gateway says that it is not ready, answers what is under way, and then closes its sockets", async () => {
  const { origin, portal, close } = await startScriptedGateway();
  let answer = (): void => {};
  portal.next.push(
    () =>
      new Promise((resolve) => {
        answer = () => resolve({ body: '{"result":true}' });
      }),
  );
  const client = await connectSocket(origin);
  const write = client.ask(WRITE);
  await eventually(() =>
    expect(portal.requests.some(({ method }) => method === "imopenlines.operator.skip")).toBe(true),
  );
  const closed = close();
  await eventually(async () => expect((await fetch(`${origin}/ready`)).status).toBe(503));
  await expect(connectSocket(origin)).rejects.toThrow();
  answer();
  expect((await write).data).toEqual({ chatSkip: { userErrors: [] } });
  expect((await client.closed).code).toBe(1001);
  await closed;
});

test("what takes longer than the end may take is left", async () => {
  const { origin, portal, close } = await startScriptedGateway({ GATEWAY_SHUTDOWN_TIMEOUT_MS: "500" });
  portal.next.push(() => new Promise(() => {}));
  const client = await connectSocket(origin);
  void client.ask(WRITE);
  await eventually(() =>
    expect(portal.requests.some(({ method }) => method === "imopenlines.operator.skip")).toBe(true),
  );
  const since = startOwnClock();
  await close();
  expect((await client.closed).code).toBe(1001);
  expect(since()).toBeLessThan(5_000);
});

test("a client of the event stream that comes back while the gateway ends is sent away, and does not keep it", async () => {
  const { origin, portal, close } = await startScriptedGateway({ GATEWAY_SHUTDOWN_TIMEOUT_MS: "600000" });
  const answers: (() => void)[] = [];
  portal.next.push(() => new Promise((resolve) => answers.push(() => resolve({ body: '{"result":["im"]}' }))));
  const agent = new Agent({ keepAlive: true });
  const query = slowQuery(origin, agent, "{ viewer { scopes } }");
  await eventually(() => expect(answers).toHaveLength(1));
  const closed = close();
  await eventually(async () => expect((await fetch(`${origin}/ready`)).status).toBe(503));
  const stream = await openEventStream(origin, "{ __typename }");
  await stream.ended;
  expect(stream.status).toBe(503);
  expect(stream.text()).toContain("SERVICE_UNAVAILABLE");
  answers[0]?.();
  expect(await query).toBe(200);
  await closed;
  agent.destroy();
});

/** A query over HTTP that waits for the portal, on a connection that its client keeps. */
function slowQuery(origin: string, agent: Agent, query: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(
      `${origin}/graphql?query=${encodeURIComponent(query)}`,
      { agent, headers: { "apollo-require-preflight": "1" } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    ).on("error", reject);
  });
}

test("a request that came after the end began is answered, and its connection does not keep the gateway", async () => {
  const { origin, portal, close } = await startScriptedGateway({ GATEWAY_SHUTDOWN_TIMEOUT_MS: "600000" });
  const agent = new Agent({ keepAlive: true });
  const answers: (() => void)[] = [];
  const hold = () =>
    new Promise<{ body: string }>((resolve) => answers.push(() => resolve({ body: '{"result":["im"]}' })));
  portal.next.push(hold, hold);
  const first = slowQuery(origin, agent, "{ viewer { scopes } }");
  await eventually(() => expect(answers).toHaveLength(1));
  const closed = close();
  const second = slowQuery(origin, agent, "{ viewer { isAdmin } }");
  await eventually(() => expect(answers).toHaveLength(2));
  answers[0]?.();
  expect(await first).toBe(200);
  await eventually(() => expect(fetch(`${origin}/health`)).rejects.toThrow());
  answers[1]?.();
  expect(await second).toBe(200);
  await closed;
  agent.destroy();
});
