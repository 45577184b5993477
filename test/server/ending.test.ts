import { expect, test } from "vitest";
import { connectSocket } from "../campaign/live/socket-client.ts";
import { eventually } from "../kit/eventually.ts";
import { startScriptedGateway } from "../kit/scripted-gateway.ts";

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
  const began = performance.now();
  await close();
  expect((await client.closed).code).toBe(1001);
  expect(performance.now() - began).toBeLessThan(5_000);
});
