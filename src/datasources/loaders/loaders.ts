import type { PortalSession } from "../bitrix24/calls.ts";
import type { ChatRecord } from "../domain/chat.ts";
import { readChatByUserCodeWithSession } from "../imopenlines/linked-reads.ts";
import { type ChatLoader, createChatLoader } from "./chats.ts";
import { type CredentialMemory, emptyMemory } from "./credential-memory.ts";
import { createHistoryLoader, type HistoryLoader } from "./histories.ts";
import type { HistoryCache } from "./history-cache.ts";
import { type KeptViews, NO_VIEWS } from "./kept-views.ts";
import { createLineLoader, type LineLoader } from "./lines.ts";
import { createMessageLoader, type MessageLoader } from "./messages.ts";
import { createSessionLoader, type SessionLoader } from "./sessions.ts";
import { createUserLoader, type UserLoader } from "./users.ts";

/**
 * What one operation has read already, and the way to the rest: each object is read at most once per operation, and whatever an answer brings along
 * is kept for the fields that ask for it later. All promises may reject with the errors of `errors.ts`.
 */
export interface Loaders {
  readonly users: UserLoader;
  readonly chats: ChatLoader;
  readonly histories: HistoryLoader;
  readonly lines: LineLoader;
  readonly messages: MessageLoader;
  readonly sessions: SessionLoader;
  /** What operations of this credential have learned, this one too. */
  readonly memory: CredentialMemory;
  /** The chat of a user code, full record; its newest session rides in the same request and answers `histories` afterwards. */
  chatWithHistory(userCode: string): Promise<ChatRecord>;
  /** After a write: everything but users is read again when asked for. Prime with what was re-read afterwards. */
  forgetAll(): void;
}

/**
 * The loaders of one operation. `cache` has the histories that earlier operations of this credential downloaded a moment ago, `views` what else
 * they read that may still be shown; without a `memory` nothing that is learned outlives the operation.
 */
export function createLoaders(
  portal: PortalSession,
  cache: HistoryCache,
  memory: CredentialMemory = emptyMemory(),
  views: KeptViews = NO_VIEWS,
): Loaders {
  const users = createUserLoader(portal, views);
  const chats = createChatLoader(portal, memory, views);
  const histories = createHistoryLoader({ portal, users, chats, memory, cache, views });
  const lines = createLineLoader(portal, memory.habits, views);
  const messages = createMessageLoader(portal, users);
  const sessions = createSessionLoader(portal, memory.chatSessions);
  let writes = 0;

  return {
    users,
    chats,
    histories,
    lines,
    messages,
    sessions,
    memory,
    async chatWithHistory(userCode) {
      const epoch = portal.writeEpoch();
      const begun = writes;
      const askedAt = performance.now();
      const linked = readChatByUserCodeWithSession(portal, userCode);
      const chat = await chats.expect({ userCode }, { answer: linked.chat, askedAt });
      if (begun === writes) histories.expect({ chatId: chat.id }, { answer: linked.history, askedAt }, epoch);
      return chat;
    },
    forgetAll() {
      writes++;
      for (const loader of [chats, histories, lines, messages, sessions]) loader.forgetAll();
    },
  };
}
