import { expect, it } from "vitest";
import { decodeFrom } from "../../../src/datasources/bitrix24/decoding.ts";
import { UpstreamUsage } from "../../../src/datasources/bitrix24/usage.ts";
import type { ChatRecord } from "../../../src/datasources/domain/chat.ts";
import type { ListedLine } from "../../../src/datasources/domain/line.ts";
import type { SessionHistory } from "../../../src/datasources/domain/session.ts";
import type { UserRecord } from "../../../src/datasources/domain/user.ts";
import { decodeUser } from "../../../src/datasources/im/user-fields.ts";
import { decodeLine } from "../../../src/datasources/imopenlines/config/line-decoder.ts";
import { createKeptViews, type KeptViewsOptions, NO_VIEWS } from "../../../src/datasources/loaders/kept-views.ts";
import { eventually } from "../../kit/until.ts";

const KEY = "somebody";
const OTHER = "somebody else";
const session = {
  sessionId: "70",
  isPinned: false,
  isWaitingForAction: false,
  isSavedInCrm: false,
  crmEntity: null,
  sessionStartedAt: null,
  lineId: "1",
  blockedAt: null,
  blockReason: null,
};

function rowOf(id: string): ChatRecord {
  const userCode = {
    raw: `shop|1|c${id}|5`,
    connectorId: "shop",
    lineId: "1",
    externalChatId: `c${id}`,
    externalUserId: "5",
  };
  return { id, source: "partial", operatorId: "9", unreadCount: 0, lastMessageId: `${id}00`, session, userCode };
}

const recordOf = (id: string): ChatRecord => ({
  ...rowOf(id),
  source: "full",
  messageCount: 12,
  viewerRole: "OWNER",
  permissions: null,
  mutedUserIds: [],
});

function historyOf(id: string): SessionHistory {
  const message = { id: `${id}00`, chatId: id, authorId: "5", isSystem: false, sentAt: new Date(), text: "Hello" };
  return {
    sessionId: "70",
    chatId: id,
    viewerCanJoin: true,
    viewerCanRate: null,
    supervisorRating: null,
    supervisorComment: null,
    messages: [{ ...message, files: [], attachments: [], externalIds: [], params: {} }],
    rowCount: 1,
    files: [],
    users: new Map(),
    participantIds: [],
    chat: recordOf(id),
    rateableLines: new Map(),
    departments: [],
    userIdsWithoutDepartment: [],
    mutedUserIds: [],
  };
}

/** Two chats and a person kept for two credentials whose lists were read a moment before. */
function keep(options: Partial<KeptViewsOptions> = {}) {
  const store = createKeptViews({ maxBytes: 1_000_000, maxAgeMs: 60_000, isWatched: () => true, ...options });
  const list = new Map(["1", "2"].map((id) => [id, rowOf(id)]));
  const usage = new UpstreamUsage();
  const listen = (rows: ReadonlyMap<string, ChatRecord> = list): void => {
    for (const key of [KEY, OTHER]) store.noteList(key, rows, performance.now());
  };
  const views = store.forOperation(KEY, usage);
  const others = store.forOperation(OTHER, usage);
  const fill = (askedAt = performance.now()): void => {
    for (const each of [views, others]) {
      for (const id of ["1", "2"]) {
        each.keepChat(recordOf(id), askedAt);
        each.keepHistory(historyOf(id), askedAt);
      }
      each.keepUser({ id: "9", name: "Ann" }, askedAt);
      each.keepLine({ id: "1", source: "parts" }, askedAt);
    }
  };
  listen();
  fill();
  return { store, views, others, usage, listen, fill };
}

it("answers with what was read, says how often, and leaves out what the viewer may do", () => {
  const { views, usage } = keep();
  const chat = views.chat("1", undefined);
  expect(chat).toMatchObject({ source: "partial", messageCount: 12, operatorId: "9" });
  for (const key of ["viewerRole", "permissions", "mutedUserIds"]) expect(chat).not.toHaveProperty(key);
  expect(views.history("1", "70", undefined)?.sessionId).toBe("70");
  expect(views.user("9")?.name).toBe("Ann");
  expect(views.line("1")?.id).toBe("1");
  expect(usage.toJSON().kept).toBe(4);
});

it("ends with an event of the chat for everybody, wherever the event says it happened, and for no other chat", () => {
  for (const place of [
    { chatId: "1", connectorId: null, externalChatId: null },
    { chatId: null, connectorId: "shop", externalChatId: "c1" },
  ]) {
    const { store, views, others } = keep();
    store.forgetChat(place);
    for (const each of [views, others]) {
      expect(each.chat("1", undefined)).toBeUndefined();
      expect(each.history("1", "70", undefined)).toBeUndefined();
      expect(each.chat("2", undefined)).toBeDefined();
      expect(each.user("9")).toBeDefined();
    }
  }
});

it("ends as a whole with an event that does not say where it happened", () => {
  const { store, views } = keep();
  store.forgetChat({ chatId: null, connectorId: "shop", externalChatId: null });
  expect(views.chat("2", undefined)).toBeUndefined();
});

it("does not keep what was asked for before the event", () => {
  const { store, views, listen, fill } = keep();
  const askedAt = performance.now();
  store.forgetChat({ chatId: "1", connectorId: null, externalChatId: null });
  listen();
  fill(askedAt - 1);
  expect(views.chat("1", undefined)).toBeUndefined();
  expect(views.chat("2", undefined)).toBeDefined();
});

it("ends with a write of the credential, for others only what the write names", () => {
  const { store, views, others } = keep();
  store.written(KEY, { CHAT_ID: "1" });
  expect(views.chat("2", undefined)).toBeUndefined();
  expect(views.user("9")).toBeUndefined();
  expect(others.chat("1", undefined)).toBeUndefined();
  expect(others.chat("2", undefined)).toBeDefined();
  store.written(KEY, { DIALOG_ID: "chat2" });
  expect(others.chat("2", undefined)).toBeUndefined();
  expect(others.user("9")).toBeDefined();
  store.written(KEY, { PARAMS: { LINE_NAME: "Another" } });
  expect(others.user("9")).toBeUndefined();
});

it("ends where a newer list tells something else, the gateway's or the operation's own", () => {
  const changes: Partial<ChatRecord>[] = [
    { operatorId: "10" },
    { unreadCount: 1 },
    { lastMessageId: "101" },
    { session: { ...session, sessionId: null } },
    { session: { ...session, isPinned: true } },
    { session: { ...session, isWaitingForAction: true } },
  ];
  for (const change of changes) {
    const { views, listen } = keep();
    expect(views.chat("1", { ...rowOf("1"), ...change })).toBeUndefined();
    expect(views.chat("2", undefined)).toBeDefined();
    listen(new Map([["2", { ...rowOf("2"), ...change }]]));
    expect(views.chat("2", undefined)).toBeUndefined();
  }
  const { views } = keep();
  expect(views.history("1", "70", { ...rowOf("1"), lastMessageId: "101" })).toBeUndefined();
  expect(views.history("2", "71", undefined)).toBeUndefined();
});

it("tells the line and title of the newest list", () => {
  const { views, listen } = keep();
  listen(new Map([["1", { ...rowOf("1"), title: "Renamed", session: { ...session, lineId: "2" } }]]));
  expect(views.chat("1", undefined)).toMatchObject({ title: "Renamed", session: { lineId: "2" }, messageCount: 12 });
});

it("ends when the chat is not in the list any more", () => {
  const { views, listen } = keep();
  listen(new Map([["2", rowOf("2")]]));
  expect(views.chat("1", undefined)).toBeUndefined();
  expect(views.chat("2", undefined)).toBeDefined();
});

it("is silent while the list is too old, and while nobody listens", async () => {
  let isWatched = true;
  const { views, listen } = keep({ isWatched: () => isWatched, listAgeMs: 30 });
  await eventually(() => expect(views.user("9")).toBeUndefined());
  expect(views.chat("1", undefined)).toBeUndefined();
  listen();
  expect(views.chat("1", undefined)).toBeDefined();
  isWatched = false;
  expect(views.chat("1", undefined)).toBeUndefined();
  expect(views.user("9")).toBeUndefined();
});

it("keeps nothing while nobody listens, so that nothing old answers whoever begins to", () => {
  let isWatched = false;
  const { views } = keep({ isWatched: () => isWatched });
  isWatched = true;
  expect(views.chat("1", undefined)).toBeUndefined();
});

it("ends by age, counted from when it was asked for", async () => {
  const { views, fill, listen } = keep({ maxAgeMs: 1_000 });
  fill(performance.now() - 2_000);
  expect(views.user("9")).toBeDefined();
  fill(performance.now() - 990);
  await eventually(() => {
    // It is not the list that has become too old.
    listen();
    expect(views.user("9")).toBeUndefined();
  });
  expect(views.chat("1", undefined)).toBeUndefined();
});

it("takes no more memory than it may: the longest unused goes first", () => {
  const { views } = keep({ maxBytes: 20_000 });
  expect(views.chat("2", undefined)).toBeUndefined();
  views.keepChat(recordOf("2"), performance.now());
  for (let id = 100; id < 200; id++) views.keepUser({ id: String(id) }, performance.now());
  expect(views.chat("2", undefined)).toBeUndefined();
  expect(views.user("199")).toBeDefined();
  expect(views.user("100")).toBeUndefined();
});

it("counts what messages carry beside their text, however deep it nests", () => {
  const { views } = keep();
  const history = historyOf("1");
  const withBlocks = (block: Record<string, unknown>): SessionHistory => ({
    ...history,
    messages: history.messages.map((message) => ({
      ...message,
      attachments: [{ id: null, description: null, color: null, rawBlocks: [block] }],
    })),
  });
  views.keepHistory(withBlocks({ MESSAGE: "x".repeat(100) }), performance.now());
  expect(views.history("1", "70", undefined)).toBeDefined();
  views.keepHistory(withBlocks({ MESSAGE: "x".repeat(500_000) }), performance.now());
  expect(views.history("1", "70", undefined)).toBeUndefined();
  let nested: unknown = [];
  for (let level = 0; level < 50_000; level++) nested = [nested];
  views.keepHistory(withBlocks({ GRID: nested }), performance.now());
  expect(views.history("1", "70", undefined)).toBeUndefined();
});

it("counts what the portal told of people and lines, of those in a history too", () => {
  const { views } = keep();
  const told = (bot: Record<string, unknown>): UserRecord =>
    decodeFrom({ origin: "https://portal.example" }, "im.user.list.get", () =>
      decodeUser({ id: 12, name: "Anna", bot_data: bot }, "12"),
    );
  const small = told({ code: "x" });
  const large = told({ code: "x".repeat(600_000) });
  views.keepUser(small, performance.now());
  expect(views.user("12")).toBe(small);
  views.keepUser(large, performance.now());
  expect(views.user("12")).toBeUndefined();
  const line = (name: string): ListedLine =>
    decodeFrom({ origin: "https://portal.example" }, "imopenlines.config.get", () =>
      decodeLine({ ID: 3, LINE_NAME: "Shop", WELCOME_MESSAGE_TEXT: name }, "", "full"),
    );
  views.keepLine(line("x"), performance.now());
  expect(views.line("3")).toBeDefined();
  views.keepLine(line("x".repeat(600_000)), performance.now());
  expect(views.line("3")).toBeUndefined();
  views.keepHistory({ ...historyOf("1"), users: new Map([["12", small]]) }, performance.now());
  expect(views.history("1", "70", undefined)).toBeDefined();
  views.keepHistory({ ...historyOf("1"), users: new Map([["12", large]]) }, performance.now());
  expect(views.history("1", "70", undefined)).toBeUndefined();
});

it("keeps nothing where it is switched off", () => {
  for (const off of [{ maxAgeMs: 0 }, { maxBytes: 0 }]) {
    const { store, usage } = keep(off);
    expect(store.forOperation(KEY, usage)).toBe(NO_VIEWS);
  }
});
