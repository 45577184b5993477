import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { joinChat } from "../../../simulator/world/members.ts";
import type { Chat } from "../../../simulator/world/records.ts";
import { openEventStorage } from "../../../src/subscriptions/events/event-storage.ts";
import { type GraphqlAnswer, keyFor, startGateway, type TestGateway } from "../../kit/gateway.ts";
import type { Place } from "../../storage/adapters.ts";

/** An operator with a chat of his own, who sends through gateways that can be closed and opened again on the same store. */
export interface SendScene {
  readonly portal: RunningPortal;
  readonly chat: Chat;
  readonly operatorId: number;
  /** The first of the gateways. */
  readonly gateway: TestGateway;
  /** Another one beside those that run: for LMDB the same, as only one process can have a directory. */
  openBeside(): Promise<TestGateway>;
  send(text: string, idempotencyKey: string | null, options?: SendOptions): Promise<GraphqlAnswer>;
  /** Any other mutation, with nothing but its errors selected. */
  act(mutation: string, as?: number): Promise<GraphqlAnswer>;
  /** Messages of the chat with this text. */
  stored(text: string): number[];
  /** What was noted of pauses is gone, as after a minute. */
  passAMinute(): Promise<void>;
}

export interface SendOptions {
  readonly via?: TestGateway;
  readonly as?: number;
}

const SEND = `mutation ($chatId: ID!, $text: String!, $key: String) {
  chatMessageSend(chatId: $chatId, text: $text, idempotencyKey: $key) {
    messageId
    userErrors { code field message }
    chat { id title }
  }
}`;

export async function openSendScene(place: Place, env: Readonly<Record<string, string>> = {}): Promise<SendScene> {
  const portal = await startPortal({ size: 0.2, plan: "on-premise" });
  const { config } = place;
  const stored = config.kind === "redis" ? { REDIS_URL: config.url } : { GATEWAY_DATA_DIR: config.directory };
  const opened: TestGateway[] = [];
  const open = async (): Promise<TestGateway> => {
    const gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise", ...stored, ...env } });
    opened.push(gateway);
    return gateway;
  };
  const [, operator] = portal.users;
  const chat = [...portal.world.chats.values()].find(
    ({ kind, id }) => kind === "lines" && portal.world.openSession(id) !== undefined,
  );
  if (operator === undefined || chat === undefined) throw new Error("no operator or no chat");
  joinChat(portal.world, chat, [operator.id]);
  let gateway = await open();
  onTestFinished(async () => {
    for (const each of opened) await each.close().catch(() => undefined);
    await portal.close();
  });

  async function forgetPauses(): Promise<void> {
    const storage = await openEventStorage(
      config.kind === "redis"
        ? { kind: "redis", url: config.url }
        : { kind: "lmdb", directory: join(config.directory, "live") },
    );
    for (const { key } of await storage.keyValues.list("send-pauses"))
      await storage.keyValues.delete("send-pauses", key);
    await storage.close();
  }

  return {
    portal,
    chat,
    operatorId: operator.id,
    get gateway() {
      return gateway;
    },
    openBeside: async () => (config.kind === "redis" ? await open() : gateway),
    send(text, key, { via = gateway, as = operator.id } = {}) {
      const user = portal.users.find(({ id }) => id === as);
      if (user === undefined) throw new Error(`${as} is not of the staff`);
      return via.graphql(SEND, { chatId: String(chat.id), text, key }, { key: keyFor(user) });
    },
    act(mutation, as = operator.id) {
      const user = portal.users.find(({ id }) => id === as);
      if (user === undefined) throw new Error(`${as} is not of the staff`);
      return gateway.graphql(`mutation { ${mutation} { userErrors { code } } }`, {}, { key: keyFor(user) });
    },
    stored: (text) => chat.messages.filter((message) => message.text === text).map(({ id }) => id),
    async passAMinute() {
      if (config.kind === "redis") return forgetPauses();
      await gateway.close();
      await forgetPauses();
      gateway = await open();
    },
  };
}
