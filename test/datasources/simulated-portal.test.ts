import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningPortal } from "../../simulator/portal.ts";
import { startPortal } from "../../simulator/portal.ts";
import type { Chat, Message, Session } from "../../simulator/world/records.ts";
import type { PortalSession } from "../../src/datasources/bitrix24/calls.ts";
import { createPortals, type Portals } from "../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../src/datasources/bitrix24/usage.ts";
import { countersGet } from "../../src/datasources/im/counters.ts";
import { dialogMessagesGet } from "../../src/datasources/im/dialog-messages.ts";
import { dialogUsersList } from "../../src/datasources/im/members.ts";
import { recentGet, recentList } from "../../src/datasources/im/recent.ts";
import { userListGet, userSearch } from "../../src/datasources/im/users.ts";
import { dialogGet, sessionOpen } from "../../src/datasources/imopenlines/dialog.ts";
import { sessionHistoryGet } from "../../src/datasources/imopenlines/history.ts";
import { createHistoryCaches } from "../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../src/datasources/loaders/loaders.ts";

/** The whole seeded portal, read as its supervisor and compared with what the portal itself remembers. */
let portal: RunningPortal;
let portals: Portals;
let session: PortalSession;
let usage: UpstreamUsage;

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise" });
  portals = createPortals({ plan: "on-premise", allowHttp: false, allowedHosts: [] });
  session = operationOf(0);
});

afterAll(async () => {
  await portals.close();
  await portal.close();
});

function operationOf(userIndex: number): PortalSession {
  const user = portal.users[userIndex];
  if (user === undefined) throw new Error("the portal has no such user");
  usage = new UpstreamUsage();
  return portals.session(
    { kind: "webhook", url: user.webhookUrl },
    { signal: new AbortController().signal, deadlineAt: performance.now() + 60_000, usage },
  );
}

function lineChats(): Chat[] {
  return [...portal.world.chats.values()].filter((chat) => chat.kind === "lines");
}

/** Instants on the wire have whole seconds. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function messagesOf(chat: Chat, of: Session): Message[] {
  return chat.messages.filter((message) => message.id >= of.startId && (of.endId === 0 || message.id <= of.endId));
}

describe("every seeded chat", () => {
  test("is read as the portal remembers it", async () => {
    const chats = lineChats();
    expect(chats.length).toBeGreaterThan(100);
    const records = await Promise.all(chats.map((chat) => session.read(dialogGet({ chatId: String(chat.id) }))));
    for (const [index, chat] of chats.entries()) {
      const record = records[index];
      expect(record).toMatchObject({
        id: String(chat.id),
        source: "full",
        title: chat.title,
        operatorId: chat.ownerId === 0 ? null : String(chat.ownerId),
        userCode: { raw: chat.userCode, connectorId: chat.connectorId },
        isSilent: chat.silent === "Y",
        crmBindings: expect.arrayContaining(chat.crm.links.map(({ type, id }) => ({ type, id: String(id) }))),
      });
      expect(record?.session?.sessionId).toBe(chat.data.sessionId === 0 ? null : String(chat.data.sessionId));
      expect(seconds(record?.createdAt?.getTime() ?? 0)).toBe(seconds(chat.createdAt));
    }
  });

  test("is found by its user code", async () => {
    const [chat] = lineChats();
    if (chat === undefined) throw new Error("no chat");
    expect(await session.read(sessionOpen(chat.userCode))).toBe(String(chat.id));
    const record = await session.read(dialogGet({ userCode: chat.userCode }));
    expect(record.id).toBe(String(chat.id));
  });
});

describe("every seeded session", () => {
  test("has the messages, texts, authors and times that the portal remembers, oldest first", async () => {
    const sessions = [...portal.world.sessions.values()];
    expect(sessions.length).toBeGreaterThan(100);
    const histories = await Promise.all(
      sessions.map(({ id }) => session.read(sessionHistoryGet({ sessionId: String(id) }))),
    );
    let files = 0;
    for (const [index, remembered] of sessions.entries()) {
      const history = histories[index];
      if (history === undefined) throw new Error("no history");
      const expected = messagesOf(portal.world.chat(remembered.chatId), remembered);
      expect(history.chatId).toBe(String(remembered.chatId));
      expect(history.supervisorRating).toBe(remembered.voteHead === 0 ? null : remembered.voteHead);
      expect(
        history.messages.map((message) => [
          message.id,
          message.authorId,
          seconds(message.sentAt.getTime()),
          message.text,
        ]),
      ).toEqual(
        expected.map((message) => [
          String(message.id),
          message.authorId === 0 ? null : String(message.authorId),
          seconds(message.createdAt),
          message.text,
        ]),
      );
      for (const [at, message] of history.messages.entries()) {
        const ids = expected[at]?.params.FILE_ID;
        expect(message.files.map((file) => file.id)).toEqual(Array.isArray(ids) ? ids.map(String) : []);
        files += message.files.length;
      }
      for (const message of history.messages)
        if (message.authorId !== null) expect(history.users.has(message.authorId)).toBe(true);
    }
    expect(files).toBeGreaterThan(0);
    expect(Math.max(...histories.map((history) => history.messages.length))).toBeGreaterThan(1_000);
  });
});

describe("a chat by user code with its session", () => {
  test("is one upstream request", async () => {
    const chat = lineChats().find((each) => each.data.sessionId !== 0);
    if (chat === undefined) throw new Error("no chat with an open session");
    const operation = operationOf(0);
    const loaders = createLoaders(operation, createHistoryCaches().forOperation("supervisor"));
    const record = await loaders.chatWithHistory(chat.userCode);
    const history = await loaders.histories.load({ chatId: record.id });
    expect(history?.sessionId).toBe(String(chat.data.sessionId));
    await Promise.all([...(history?.users.keys() ?? [])].map((id) => loaders.users.load(id)));
    expect(usage.requests).toBe(1);
  });
});

describe("an operator's own lists", () => {
  test("the recent list page by page is the recent list at once", async () => {
    const operation = operationOf(1);
    const atOnce = await operation.read(recentGet());
    const ids = new Set<string>();
    for (let offset = 0, hasMore = true; hasMore; offset += 10) {
      const page = await operation.read(recentList({ limit: 10, offset }));
      for (const item of page.items) ids.add(item.id);
      hasMore = page.hasMore;
    }
    expect(ids.size).toBeGreaterThan(0);
    expect([...ids].sort()).toEqual(atOnce.items.map(({ id }) => id).sort());
    for (const { id, status, record } of atOnce.items) {
      expect(status).not.toBe("UNKNOWN");
      expect(record.userCode?.raw).toBe(portal.world.chat(Number(id)).userCode);
    }
  });

  test("counters name the chats whose recent item has unread messages", async () => {
    const operation = operationOf(1);
    const [counters, recent] = await Promise.all([operation.read(countersGet()), operation.read(recentGet())]);
    const unread = recent.items.flatMap(({ id, record }) =>
      (record.unreadCount ?? 0) > 0 ? [[id, record.unreadCount]] : [],
    );
    for (const [id, count] of unread) expect(counters.byChat.get(String(id))).toBe(count);
  });

  test("messages, members and users of a chat they are in are the portal's", async () => {
    const operation = operationOf(1);
    const me = portal.users[1]?.id ?? 0;
    const chat = lineChats().find((each) => each.members.has(me) && each.messages.length > 5);
    if (chat === undefined) throw new Error("the operator is in no chat");
    const chatId = String(chat.id);
    const page = await operation.read(dialogMessagesGet({ chatId, limit: 5 }));
    const newest = chat.messages.slice(-page.messages.length);
    expect(page.messages.length).toBeGreaterThanOrEqual(5);
    expect(page.messages.map((message) => [message.id, message.text])).toEqual(
      newest.map((message) => [String(message.id), message.text]),
    );
    const members = await operation.read(dialogUsersList({ chatId, limit: 200 }));
    expect(members.items.map((user) => user.id).sort()).toEqual([...chat.members.keys()].map(String).sort());
    const [customer] = await operation.read(userListGet([String(chat.customerId)]));
    expect(customer).toMatchObject({ id: String(chat.customerId), kind: "CUSTOMER" });
  });

  test("the company directory knows the operators", async () => {
    const operation = operationOf(1);
    const operator = portal.users[1];
    const found = await operation.read(userSearch({ text: operator?.name.split(" ").at(-1) ?? "" }));
    expect(found.items.map((user) => user.id)).toContain(String(operator?.id));
    expect(found.items.every((user) => user.kind === "EMPLOYEE")).toBe(true);
  });
});
