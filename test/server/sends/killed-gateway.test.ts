import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startPortal } from "../../../simulator/portal.ts";
import { joinChat } from "../../../simulator/world/members.ts";
import { freePort } from "../../kit/free-port.ts";
import { startGatewayProcess } from "../../kit/gateway-process.ts";
import { type RedisServer, startRedisServer } from "../../kit/redis-server.ts";
import { eventually } from "../../kit/until.ts";

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedisServer();
});

afterAll(() => redis.close());

const SEND = `mutation ($chatId: ID!, $text: String!, $key: String) {
  chatMessageSend(chatId: $chatId, text: $text, idempotencyKey: $key) { messageId userErrors { code } }
}`;

const answerSchema = z.object({
  data: z.object({ chatMessageSend: z.unknown() }),
  errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })).optional(),
});

test.each([
  ["arrived", "finds it", { kind: "latency", perRequestMs: 1_000 }],
  ["never arrived", "does not send it within a minute", { kind: "hang" }],
] as const)("a gateway that was killed while its message %s: another one %s", async (_, _verdict, fault) => {
  const portal = await startPortal({ size: 0.2, plan: "on-premise" });
  onTestFinished(() => portal.close());
  const [, operator] = portal.users;
  const chat = [...portal.world.chats.values()].find(
    ({ kind, id }) => kind === "lines" && portal.world.openSession(id),
  );
  if (operator === undefined || chat === undefined) throw new Error("no operator or no chat");
  joinChat(portal.world, chat, [operator.id]);

  const start = async () => {
    const folder = mkdtempSync(join(tmpdir(), "killed-"));
    const credentials = join(folder, "credentials.json");
    writeFileSync(credentials, JSON.stringify({ op: { webhook: operator.webhookUrl } }), { mode: 0o600 });
    const gateway = await startGatewayProcess({
      GATEWAY_PORT: String(await freePort()),
      GATEWAY_DATA_DIR: folder,
      GATEWAY_LOG_LEVEL: "silent",
      GATEWAY_API_KEYS: "op:key-of-the-operator-of-a-test:op",
      BITRIX24_CREDENTIALS_FILE: credentials,
      BITRIX24_PLAN: "on-premise",
      REDIS_URL: redis.url,
    });
    onTestFinished(() => gateway.kill());
    const send = async () => {
      const response = await fetch(`${gateway.origin}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": "key-of-the-operator-of-a-test" },
        body: JSON.stringify({ query: SEND, variables: { chatId: String(chat.id), text: "Once", key: "once" } }),
      });
      return answerSchema.parse(await response.json());
    };
    return { gateway, send };
  };
  const [first, second] = await Promise.all([start(), start()]);
  portal.setFaults([{ ...fault, method: "im.message.add", times: 1 }]);
  const lost = first.send().catch((error: unknown) => error);
  const sent = () => chat.messages.filter(({ text }) => text === "Once");
  // The fault is used up once the message is on its way.
  await eventually(async () => expect(await (await fetch(`${portal.url}/__faults`)).json()).toEqual([]));
  await first.gateway.kill();
  expect(await lost).toBeInstanceOf(Error);

  const answer = await second.send();
  if (fault.kind === "hang") {
    expect(answer.errors?.[0]?.extensions.code).toBe("OUTCOME_UNKNOWN");
    expect(sent()).toEqual([]);
  } else {
    expect(answer.data.chatMessageSend).toEqual({ messageId: String(sent()[0]?.id), userErrors: [] });
    expect(sent()).toHaveLength(1);
  }
});
