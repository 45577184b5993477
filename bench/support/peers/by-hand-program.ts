import fastify from "fastify";
import {
  LINES,
  openPlainPortals,
  type PlainPortal,
  RECENT,
  type WireChat,
  type WireHistory,
  type WireLine,
  type WireRecent,
} from "./plain-portal.ts";
import { chatView, htmlOfMessage, lineView, type SessionView, sessionView } from "./views.ts";

// A program of its own: what the workloads ask for, written by hand on fastify without GraphQL, as data of the same shape. Reads in batches of ten side by side.

const BATCH = 10;

async function inBatches<T>(portal: PlainPortal, commands: readonly string[]): Promise<T[]> {
  const parts: Promise<T[]>[] = [];
  for (let from = 0; from < commands.length; from += BATCH) {
    const part = Object.fromEntries(commands.slice(from, from + BATCH).map((command, index) => [`c${index}`, command]));
    parts.push(portal.batch<T>(part).then((answers) => Object.values(answers)));
  }
  return (await Promise.all(parts)).flat();
}

async function chatIds(portal: PlainPortal, first: number): Promise<string[]> {
  const { items } = await portal.call<WireRecent>("im.recent.list", RECENT(first));
  return items.map((item) => String(item.chat_id));
}

async function histories(portal: PlainPortal, ids: readonly string[]): Promise<SessionView[]> {
  const commands = ids.map((id) => `imopenlines.session.history.get?CHAT_ID=${id}`);
  return (await inBatches<WireHistory>(portal, commands)).map(sessionView);
}

async function largeHistory(portal: PlainPortal) {
  const ids = await chatIds(portal, 50);
  const nodes = (await histories(portal, ids)).map(({ messages }, index) => {
    const shown = messages.slice(-100).map((message) => {
      const { id, text, sentAt, isSystem, externalIds, author } = message;
      return { id, text, html: htmlOfMessage(message), sentAt, isSystem, externalIds, author };
    });
    return { id: ids[index], chat: { currentSession: { messages: { nodes: shown } } } };
  });
  return { inbox: { nodes } };
}

function shownMessages(messages: SessionView["messages"], last: number) {
  return messages.slice(-last).map(({ id, text, sentAt, author, files }) => ({ id, text, sentAt, author, files }));
}

async function inboxPage(portal: PlainPortal) {
  const ids = await chatIds(portal, 50);
  const [chats, sessions] = await Promise.all([
    inBatches<WireChat>(
      portal,
      ids.map((id) => `imopenlines.dialog.get?CHAT_ID=${id}`),
    ),
    histories(portal, ids),
  ]);
  const nodes = chats.map((chat, index) => {
    const session = sessions[index];
    if (session === undefined) throw new Error("A session is missing");
    const { id, viewerCanJoin, participants, messages } = session;
    const currentSession = { id, viewerCanJoin, participants, messages: { nodes: shownMessages(messages, 20) } };
    return { chat: { ...chatView(chat), currentSession } };
  });
  return { inbox: { nodes } };
}

async function lines(portal: PlainPortal) {
  const rows = await portal.call<readonly WireLine[]>("imopenlines.config.list.get", LINES(20));
  return { openLines: { nodes: rows.slice(0, 20).map(lineView) } };
}

async function chatByUserCode(portal: PlainPortal, code: string) {
  const answers = await portal.batch<unknown>({
    chat: `imopenlines.dialog.get?USER_CODE=${encodeURIComponent(code)}`,
    session: "imopenlines.session.history.get?CHAT_ID=$result[chat][id]",
  });
  const { id, title, messageCount } = chatView(answers.chat as WireChat);
  const session = sessionView(answers.session as WireHistory);
  const currentSession = {
    id: session.id,
    participants: session.participants,
    messages: { nodes: shownMessages(session.messages, 100) },
    files: { nodes: session.files.slice(0, 50) },
  };
  return { chat: { id, title, messageCount, currentSession } };
}

async function main(): Promise<void> {
  const portalOf = openPlainPortals();
  const app = fastify({ keepAliveTimeout: 600_000 });
  app.post<{ Body: { readonly operationName: string; readonly variables?: { readonly code?: string } } }>(
    "/graphql",
    async ({ headers, body }) => {
      const portal = portalOf(String(headers["x-api-key"]));
      switch (body.operationName) {
        case "LargeHistory":
          return { data: await largeHistory(portal) };
        case "InboxPage":
          return { data: await inboxPage(portal) };
        case "Lines":
          return { data: await lines(portal) };
        case "ChatByUserCode":
          return { data: await chatByUserCode(portal, body.variables?.code ?? "") };
        default:
          return { data: { __typename: "Query" } };
      }
    },
  );
  process.once("SIGTERM", () => process.exit(0));
  process.stdin.on("end", () => process.exit(0)).resume();
  process.stdout.write(`${JSON.stringify({ url: `${await app.listen({ host: "127.0.0.1", port: 0 })}/graphql` })}\n`);
}

await main();
