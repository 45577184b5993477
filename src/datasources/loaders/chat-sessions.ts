import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import { compareIds } from "../domain/id-order.ts";
import type { Id } from "../domain/ids.ts";

/**
 * Which sessions belong to which chats of a portal, as answers and events told: no method lists a chat's sessions. For whoever was seen to
 * read the chat; what a session holds each asks for himself.
 */
export interface ChatSessions {
  note(chatId: Id, sessionId: Id): void;
  /** Newest first. Never rejects: what cannot be recalled now is left out. */
  of(chatId: Id): Promise<readonly Id[]>;
}

/** What is kept of it for later lives and other processes. Neither rejects nor throws. */
export interface KeptSessions {
  of(host: string, chatId: Id): Promise<readonly Id[]>;
  add(host: string, chatId: Id, sessionId: Id): void;
}

export interface ChatSessionsCache {
  forPortal(host: string): ChatSessions;
}

export interface ChatSessionsOptions {
  readonly maxChats?: number;
  /** Without it nothing outlives the process. */
  readonly kept?: KeptSessions | undefined;
}

const MAX_CHATS = 20_000;
const MAX_SESSIONS_PER_CHAT = 200;

/** Keeps the newest sessions of the chats that were met last. */
export function createChatSessionsCache({ maxChats = MAX_CHATS, kept }: ChatSessionsOptions = {}): ChatSessionsCache {
  const chats = new LRUCache<string, readonly Id[]>(atMost(maxChats));
  return {
    forPortal(host) {
      const keyOf = (chatId: Id): string => `${host}\n${chatId}`;
      return {
        note(chatId, sessionId) {
          const known = chats.get(keyOf(chatId)) ?? [];
          if (known.includes(sessionId)) return;
          chats.set(keyOf(chatId), withSessions(known, [sessionId]));
          kept?.add(host, chatId, sessionId);
        },
        async of(chatId) {
          // Asked each time: another process may have met more, and it goes before what costs calls of the portal.
          const recalled = (await kept?.of(host, chatId)) ?? [];
          return withSessions(chats.get(keyOf(chatId)) ?? [], recalled);
        },
      };
    },
  };
}

/** Newest first, each once. */
export function withSessions(known: readonly Id[], more: readonly Id[]): readonly Id[] {
  return [...new Set([...known, ...more])].sort((a, b) => compareIds(b, a)).slice(0, MAX_SESSIONS_PER_CHAT);
}
