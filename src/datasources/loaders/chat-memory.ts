import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import type { ChatRole } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";

/** What one credential was told of chats that hardly changes: a hint for what to read together, never an answer about rights. */
export interface ChatMemory {
  /** The role its user had a moment ago. */
  roleIn(chatId: Id): ChatRole | undefined;
  noteRole(chatId: Id, role: ChatRole): void;
  /** The customer, who stays the same for the life of a chat. */
  customerOf(chatId: Id): Id | undefined;
  noteCustomer(chatId: Id, userId: Id): void;
  /** How many messages a session had when it was last downloaded. */
  messagesIn(sessionId: Id): number | undefined;
  noteMessages(sessionId: Id, count: number): void;
}

export interface ChatMemoryLimits {
  readonly maxChats: number;
  readonly rolesKeptMs: number;
}

const DEFAULT_LIMITS: ChatMemoryLimits = { maxChats: 50_000, rolesKeptMs: 10 * 60_000 };

/** Of all credentials under common bounds. */
export function createChatMemories({ maxChats, rolesKeptMs }: ChatMemoryLimits = DEFAULT_LIMITS): {
  forCredential(credentialKey: string): ChatMemory;
} {
  const roles = new LRUCache<string, ChatRole>({ ...atMost(maxChats), ttl: rolesKeptMs });
  const customers = new LRUCache<string, Id>(atMost(maxChats));
  const lengths = new LRUCache<string, number>(atMost(maxChats));
  return {
    forCredential(credentialKey) {
      const keyOf = (chatId: Id): string => `${credentialKey}\n${chatId}`;
      return {
        roleIn: (chatId) => roles.get(keyOf(chatId)),
        noteRole: (chatId, role) => {
          roles.set(keyOf(chatId), role);
        },
        customerOf: (chatId) => customers.get(keyOf(chatId)),
        noteCustomer: (chatId, userId) => {
          customers.set(keyOf(chatId), userId);
        },
        messagesIn: (sessionId) => lengths.get(keyOf(sessionId)),
        noteMessages: (sessionId, count) => {
          lengths.set(keyOf(sessionId), count);
        },
      };
    },
  };
}
