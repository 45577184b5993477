import { LRUCache } from "lru-cache";
import { compareIds } from "../domain/id-order.ts";
import type { Id } from "../domain/ids.ts";

/** Which sessions belong to which chats, as answers told one credential: no method lists a chat's sessions. */
export interface ChatSessions {
  note(chatId: Id, sessionId: Id): void;
  /** Newest first. */
  of(chatId: Id): readonly Id[];
}

export interface ChatSessionsCache {
  forCredential(credentialKey: string): ChatSessions;
}

const MAX_CHATS = 20_000;
const MAX_SESSIONS_PER_CHAT = 200;

/** Keeps the newest sessions of the chats that were met last. */
export function createChatSessionsCache(maxChats: number = MAX_CHATS): ChatSessionsCache {
  const chats = new LRUCache<string, Id[]>({ max: maxChats });
  return {
    forCredential(credentialKey) {
      const keyOf = (chatId: Id): string => `${credentialKey}\n${chatId}`;
      return {
        note(chatId, sessionId) {
          const known = chats.get(keyOf(chatId)) ?? [];
          if (known.includes(sessionId)) return;
          const sessions = [...known, sessionId].sort((a, b) => compareIds(b, a));
          chats.set(keyOf(chatId), sessions.slice(0, MAX_SESSIONS_PER_CHAT));
        },
        of: (chatId) => chats.get(keyOf(chatId)) ?? [],
      };
    },
  };
}
