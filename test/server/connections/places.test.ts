import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { connectSocket, openSocket } from "../../kit/socket-client.ts";
import { eventually } from "../../kit/until.ts";

const KEYS = { GATEWAY_API_KEYS: "one:0123456789abcdef,two:fedcba9876543210" };
const ONE = "0123456789abcdef";
const TWO = "fedcba9876543210";

/** The status that an upgrade is refused with. */
async function refusedUpgrade(origin: string): Promise<number | undefined> {
  const socket = new WebSocket(`${origin.replace("http:", "ws:")}/graphql`, ["graphql-transport-ws"]);
  const answer = once(socket, "unexpected-response");
  const [, response] = await answer;
  socket.on("error", () => undefined);
  socket.terminate();
  return response.statusCode;
}

test("an identity has only so many sockets, another one is not hindered, and a closed one makes room", async () => {
  const { origin } = await startScriptedGateway({ ...KEYS, GATEWAY_MAX_SOCKETS_PER_IDENTITY: "2" });
  const first = await connectSocket(origin, { key: ONE });
  await connectSocket(origin, { key: ONE });
  await expect(connectSocket(origin, { key: ONE })).rejects.toThrow("1013");
  const stream = await openEventStream(origin, "{ __typename }", { key: ONE });
  await stream.ended;
  expect([stream.status, JSON.parse(stream.text()).errors[0].extensions.code]).toEqual([503, "LIMIT_EXCEEDED"]);
  await connectSocket(origin, { key: TWO });
  await first.close();
  await eventually(() => connectSocket(origin, { key: ONE }));
});

test("all identities together have only so many sockets", async () => {
  const { origin } = await startScriptedGateway({ ...KEYS, GATEWAY_MAX_SOCKETS: "2" });
  await connectSocket(origin, { key: ONE });
  await connectSocket(origin, { key: TWO });
  expect(await refusedUpgrade(origin)).toBe(503);
});

test("sockets that have not said who they are take no places of those that have", async () => {
  const { origin } = await startScriptedGateway({
    ...KEYS,
    GATEWAY_MAX_SILENT_SOCKETS: "3",
    GATEWAY_MAX_SOCKETS: "2",
  });
  const silent: WebSocket[] = [];
  for (let count = 0; count < 2; count += 1) silent.push(await openSocket(origin));
  onTestFinished(() => silent.forEach((socket) => void socket.terminate()));
  await connectSocket(origin, { key: ONE });
  silent.push(await openSocket(origin));
  expect(await refusedUpgrade(origin)).toBe(429);
  silent[0]?.close();
  await eventually(() => connectSocket(origin, { key: TWO }));
});
