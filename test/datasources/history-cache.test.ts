import { expect, it } from "vitest";
import type { MessageRecord } from "../../src/datasources/domain/message.ts";
import type { SessionHistory } from "../../src/datasources/domain/session.ts";
import { createHistoryCaches } from "../../src/datasources/loaders/history-cache.ts";

function historyOf(chatId: string, externalChatId: string): SessionHistory {
  const userCode = { raw: "", connectorId: "livechat", lineId: "1", externalChatId, externalUserId: "9" };
  return {
    sessionId: `1${chatId}`,
    chatId,
    viewerCanJoin: null,
    viewerCanRate: null,
    supervisorRating: null,
    supervisorComment: null,
    messages: [],
    rowCount: 0,
    files: [],
    users: new Map(),
    participantIds: [],
    chat: { id: chatId, source: "partial", userCode },
    rateableLines: new Map(),
    departments: [],
    userIdsWithoutDepartment: [],
    mutedUserIds: [],
  };
}

function messageOf(chatId: string, id: string): MessageRecord {
  const nothing = { files: [], attachments: [], externalIds: [], params: null };
  return { id, chatId, authorId: null, isSystem: true, sentAt: new Date(0), text: "", ...nothing };
}

it("an event of a chat ends what is kept of it, for every credential, whichever way the event names the chat, and of no other chat", () => {
  const caches = createHistoryCaches();
  const credentials = [caches.forOperation("a"), caches.forOperation("b")];
  const keep = (): void => {
    for (const cache of credentials) {
      for (const history of [historyOf("5", "x"), historyOf("6", "y")])
        cache.set(history, { askedAt: performance.now(), writeEpoch: 0, isLatest: true });
    }
  };
  const kept = (): readonly (string | undefined)[] =>
    credentials.flatMap((cache) =>
      ["5", "6"].map((chatId) => cache.get({ chatId }, 0)?.chatId ?? cache.get({ sessionId: `1${chatId}` }, 0)?.chatId),
    );
  keep();
  expect(kept()).toEqual(["5", "6", "5", "6"]);
  caches.forgetChat({ chatId: "5", connectorId: null, externalChatId: null });
  expect(kept()).toEqual([undefined, "6", undefined, "6"]);
  keep();
  caches.forgetChat({ chatId: null, connectorId: "livechat", externalChatId: "x" });
  expect(kept()).toEqual([undefined, "6", undefined, "6"]);
  keep();
  caches.forgetChat({ chatId: null, connectorId: null, externalChatId: null });
  expect(kept()).toEqual([undefined, undefined, undefined, undefined]);
});

it.each([
  ["its id in the place of the channel's", { connectorId: "livechat", externalChatId: "5", namedChatId: "99" }],
  ["its id beside the channel's", { connectorId: "livechat", externalChatId: "ext-9", namedChatId: "5" }],
])("an event that may name the chat by %s ends what is kept of it", (_what, place) => {
  const caches = createHistoryCaches();
  const cache = caches.forOperation("a");
  for (const history of [historyOf("5", "x"), historyOf("6", "y")])
    cache.set(history, { askedAt: performance.now(), writeEpoch: 0, isLatest: true });
  caches.forgetChat({ chatId: null, ...place });
  expect(cache.get({ chatId: "5" }, 0)).toBeUndefined();
  expect(cache.get({ chatId: "6" }, 0)).toBeDefined();
});

it("what was asked for before an event of its chat is not kept when it comes after it", () => {
  const caches = createHistoryCaches();
  const cache = caches.forOperation("a");
  const arrives = (history: SessionHistory, askedAt: number): boolean => {
    cache.set(history, { askedAt, writeEpoch: 0, isLatest: true });
    return cache.get({ chatId: history.chatId }, 0) !== undefined;
  };
  const before = performance.now();
  caches.forgetChat({ chatId: "5", connectorId: null, externalChatId: null });
  caches.forgetChat({ chatId: null, connectorId: "livechat", externalChatId: "y" });
  expect(arrives(historyOf("5", "x"), before)).toBe(false);
  expect(arrives(historyOf("6", "y"), before)).toBe(false);
  expect(arrives({ ...historyOf("8", ""), chat: null }, before)).toBe(false);
  expect(arrives(historyOf("7", "z"), before)).toBe(true);
  expect(arrives(historyOf("5", "x"), performance.now() + 1)).toBe(true);
  caches.forgetChat({ chatId: null, connectorId: null, externalChatId: null });
  expect(arrives(historyOf("9", "w"), before)).toBe(false);
});

it("an operation leaves no more messages than its share, so that one page of whole sessions neither fills the memory nor pushes out what others page through; a single session may be longer", () => {
  const caches = createHistoryCaches({ maxMessages: 200, maxMessagesOfOperation: 10 });
  const withMessages = (chatId: string, count: number): SessionHistory => ({
    ...historyOf(chatId, "x"),
    messages: Array.from({ length: count }, (_, index) => messageOf(chatId, `${chatId}${index}`)),
  });
  const keptOf = (credential: string, chatIds: readonly string[]) =>
    chatIds.map((chatId) => caches.forOperation(credential).get({ chatId }, 0)?.messages.length);

  const now = () => ({ askedAt: performance.now(), writeEpoch: 0, isLatest: true });
  caches.forOperation("other").set(withMessages("9", 40), now());
  const page = caches.forOperation("a");
  for (const chatId of ["1", "2", "3", "4"]) page.set(withMessages(chatId, 4), now());
  expect(keptOf("a", ["1", "2", "3", "4"])).toEqual([4, 4, undefined, undefined]);
  caches.forOperation("a").set(withMessages("5", 50), now());
  expect(keptOf("a", ["1", "5"])).toEqual([4, 50]);
  expect(keptOf("other", ["9"])).toEqual([40]);
});
