import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import type { Id } from "../domain/ids.ts";
import type { SessionHistory } from "../domain/session.ts";
import { type ChatPlace, tagsOfChat, tagsOfPlace } from "./chat-place.ts";
import { createEndings } from "./endings.ts";

export type HistoryKey = { readonly sessionId: Id } | { readonly chatId: Id };

/** Histories that one credential read a moment ago, as one operation sees them. Never shared between credentials, because rights differ. */
export interface HistoryCache {
  /** Undefined when there is none, when it is too old, or when the portal was written to since it was read (`writeEpoch` differs). */
  get(key: HistoryKey, writeEpoch: number): SessionHistory | undefined;
  /** Not kept where something happened in its chat after it was asked for. */
  set(history: SessionHistory, read: HistoryRead): void;
}

export interface HistoryRead {
  /** Milliseconds of the monotonic clock. */
  readonly askedAt: number;
  /** The one at the time the read was sent. */
  readonly writeEpoch: number;
  /** It is its chat's newest session and so answers for the chat too. */
  readonly isLatest: boolean;
}

/** All credentials' histories under common bounds. */
export interface HistoryCaches {
  /** `credentialKey` must differ for different credentials; it is only compared. */
  forOperation(credentialKey: string): HistoryCache;
  /** Something happened in a chat, of which either its id is known or where it is in the channel: nothing older than that is kept of it. */
  forgetChat(place: ChatPlace): void;
  clear(): void;
}

export interface HistoryCacheLimits {
  readonly timeToLiveMs: number;
  readonly maxSessions: number;
  /** Of all kept sessions together; a session with more is not kept. */
  readonly maxMessages: number;
  /**
   * What one operation leaves in all, or else one session, however long: whoever reads a page of whole sessions pages through few of them, and what
   * lies in memory for seconds costs the collector more than decoding it anew.
   */
  readonly maxMessagesOfOperation: number;
}

const DEFAULT_LIMITS: HistoryCacheLimits = {
  timeToLiveMs: 5_000,
  maxSessions: 500,
  maxMessages: 20_000,
  maxMessagesOfOperation: 2_000,
};

interface Entry {
  readonly history: SessionHistory;
  /** By what an event may name its chat. */
  readonly tags: readonly string[];
  readonly writeEpoch: number;
}

/** Keeps whole sessions for a few seconds, so that paging through one does not download it again for each page. */
export function createHistoryCaches(limits: Partial<HistoryCacheLimits> = {}): HistoryCaches {
  const { timeToLiveMs, maxSessions, maxMessages, maxMessagesOfOperation } = { ...DEFAULT_LIMITS, ...limits };
  const sessions = new LRUCache<string, Entry>({
    max: maxSessions,
    maxSize: maxMessages,
    sizeCalculation: (entry) => entry.history.messages.length + 1,
    ttl: timeToLiveMs,
    // Nothing may be left in memory after a quiet minute.
    ttlAutopurge: true,
  });
  const endings = createEndings();
  /** From a chat to the key of its newest session. */
  const latest = new LRUCache<string, string>({ ...atMost(maxSessions), ttl: timeToLiveMs, ttlAutopurge: true });

  return {
    forOperation(credentialKey) {
      const sessionKey = (id: Id) => `${credentialKey}\n${id}`;
      let kept = 0;
      return {
        get(key, writeEpoch) {
          const at = "sessionId" in key ? sessionKey(key.sessionId) : latest.get(sessionKey(key.chatId));
          const entry = at === undefined ? undefined : sessions.get(at);
          return entry?.writeEpoch === writeEpoch ? entry.history : undefined;
        },
        set(history, { askedAt, writeEpoch, isLatest }) {
          const tags = tagsOfChat({ id: history.chatId, userCode: history.chat?.userCode ?? null });
          if (endings.isOver(askedAt, tags)) return;
          const { length } = history.messages;
          if (kept > 0 && kept + length > maxMessagesOfOperation) return;
          kept += length;
          sessions.set(sessionKey(history.sessionId), { history, tags, writeEpoch });
          if (isLatest) latest.set(sessionKey(history.chatId), sessionKey(history.sessionId));
        },
      };
    },
    forgetChat(place) {
      const ended = tagsOfPlace(place);
      if (ended === undefined) {
        endings.endAll();
        sessions.clear();
        return;
      }
      for (const tag of ended) endings.end(tag);
      for (const [key, { tags }] of sessions.entries())
        if (tags.some((tag) => ended.includes(tag))) sessions.delete(key);
    },
    clear() {
      sessions.clear();
      latest.clear();
    },
  };
}
