import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { startPortal } from "../../simulator/portal.ts";
import { type BenchGateway, keyOf } from "./gateway.ts";
import { fillInbox } from "./inbox-seed.ts";
import { startInstalledGateway } from "./installed-gateway.ts";
import { type PortalStatistics, USUAL_LATENCY } from "./portal.ts";

/** An operator of a portal of the standard plan who looks at his inbox while he listens and his customers write. */
export interface ListeningInbox {
  readonly gateway: BenchGateway;
  readonly key: string;
  statistics(): PortalStatistics;
  stop(): Promise<void>;
}

export interface ListeningInboxOptions {
  readonly dialogs: number;
  readonly messages: number;
  readonly eventsPerMinute: number;
}

const WORLD_SIZE = 0.3;
/** What starting takes of the allowance drains meanwhile. */
const SETTLE_MS = 15_000;

export async function openListeningInbox(options: ListeningInboxOptions): Promise<ListeningInbox> {
  const portal = await startPortal({ size: WORLD_SIZE, plan: "standard", latency: USUAL_LATENCY });
  const operator = portal.users.find(({ role }) => role === "operator");
  if (operator === undefined) throw new Error("The world has too few people");
  fillInbox(portal.world, operator.id, options.dialogs, options.messages);
  const chats = [...portal.world.chats.values()].filter(
    (chat) => chat.recents.has(operator.id) && portal.world.openSession(chat.id) !== undefined,
  );
  const { gateway } = await startInstalledGateway(portal, {
    plan: "standard",
    webhooks: [portal.createWebhook(operator.id)],
  });
  const key = keyOf(0);
  const socket = createClient({
    url: gateway.url.replace("http:", "ws:"),
    webSocketImpl: WebSocket,
    connectionParams: { "x-api-key": key },
    lazy: false,
  });
  await new Promise<void>((listening, failed) => {
    socket.subscribe(
      { query: "subscription { inboxChanged(first: 50) { order changed { id preview { text } } } }" },
      { next: () => listening(), error: failed, complete: () => {} },
    );
  });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  let number = 0;
  const writing = setInterval(() => {
    const chat = chats[number++ % chats.length];
    if (chat !== undefined) portal.world.customerWrites(chat.id, `One more question, number ${number}.`);
  }, 60_000 / options.eventsPerMinute);
  portal.resetStats();
  return {
    gateway,
    key,
    statistics: portal.stats,
    async stop() {
      clearInterval(writing);
      await socket.dispose();
      await gateway.stop();
      await portal.close();
    },
  };
}
