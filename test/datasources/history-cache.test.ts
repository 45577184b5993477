import { expect, it } from "vitest";
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

it("an event of a chat ends what is kept of it, for every credential, whichever way the event names the chat, and of no other chat", () => {
  const caches = createHistoryCaches();
  const credentials = [caches.forCredential("a"), caches.forCredential("b")];
  const keep = (): void => {
    for (const cache of credentials) {
      cache.set(historyOf("5", "x"), 0, true);
      cache.set(historyOf("6", "y"), 0, true);
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
  expect(kept()).toEqual(["5", "6", "5", "6"]);
});
