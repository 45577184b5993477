import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { SessionStatus } from "../../simulator/world/records.ts";
import { keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";
import { type RedisServer, startRedisServer } from "../kit/redis-server.ts";

let portal: RunningPortal;
let redis: RedisServer;
let gateways: TestGateway[];

beforeAll(async () => {
  portal = await startPortal({ size: 0.3, plan: "on-premise" });
  redis = await startRedisServer();
  const env = { BITRIX24_PLAN: "on-premise", REDIS_URL: redis.url };
  gateways = await Promise.all([startGateway({ portal, env }), startGateway({ portal, env })]);
});

afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await redis.close();
  await portal.close();
});

const ANSWER = "mutation ($id: ID!) { chatAnswer(chatId: $id) { userErrors { code message field } chat { id } } }";

test("of two operators who take a chat at once, at two gateways, one has it and the other is told by name who", async () => {
  const { world } = portal;
  const waiting = [...world.chats.values()].find(
    ({ id, kind, data }) =>
      kind === "lines" &&
      world.openSession(id)?.status === SessionStatus.new &&
      portal.users.filter(({ lines }) => lines.includes(data.lineId)).length > 1,
  );
  if (waiting === undefined) throw new Error("nobody waits for two operators");
  const operators = portal.users.filter(({ lines }) => lines.includes(waiting.data.lineId)).slice(0, 2);
  portal.setFaults([{ kind: "latency", method: "imopenlines.dialog.get", perRequestMs: 200 }]);
  const payloads = await Promise.all(
    operators.map(async (operator, at) => {
      const variables = { id: String(waiting.id) };
      const { data } =
        (await (gateways[at] ?? gateways[0])?.graphql(ANSWER, variables, { key: keyFor(operator) })) ?? {};
      return data.chatAnswer;
    }),
  );
  const owner = operators.findIndex(({ id }) => id === world.chat(waiting.id).ownerId);
  expect(payloads[owner]?.userErrors).toEqual([]);
  const refused = payloads[1 - owner];
  expect(refused?.userErrors).toMatchObject([{ code: "ALREADY_ASSIGNED", field: ["chatId"] }]);
  expect(refused?.userErrors[0].message).toContain(`${operators[owner]?.name} (user ${operators[owner]?.id})`);
});

test("an operator to whom a chat is offered, and who may not look at it, takes it", async () => {
  const { world } = portal;
  const offered = [...world.chats.values()].find(
    ({ id, kind, ownerId, recents, members }) =>
      kind === "lines" &&
      ownerId === 0 &&
      world.openSession(id)?.status === SessionStatus.new &&
      portal.users.some((user) => recents.has(user.id) && !members.has(user.id)),
  );
  const operator = portal.users.find(({ id }) => offered?.recents.has(id) && !offered.members.has(id));
  if (offered === undefined || operator === undefined) throw new Error("nothing is offered");
  portal.setFaults([{ kind: "error", method: "imopenlines.dialog.get", error: "ACCESS_ERROR" }]);
  const { data } = (await gateways[0]?.graphql(ANSWER, { id: String(offered.id) }, { key: keyFor(operator) })) ?? {};
  expect(data.chatAnswer.userErrors).toEqual([]);
  expect(world.chat(offered.id).ownerId).toBe(operator.id);
});
