import type { Logger } from "pino";
import { z } from "zod";
import type { Id } from "../datasources/domain/ids.ts";
import { type KeptSessions, withSessions } from "../datasources/loaders/chat-sessions.ts";
import { inBackground } from "../process/guard.ts";
import type { KeyValueStore } from "../storage/key-value-store.ts";

/** The chats of a portal that were met last; the store bounds them for each portal. */
const KEPT_MS = 180 * 24 * 60 * 60_000;
/** What is told while so many are being written is met again, or found by a question. */
const MAX_WRITING = 1_000;
/** So often another process may have added one at the same moment. */
const ATTEMPTS = 5;

const ids = z.array(z.string().regex(/^[1-9][0-9]*$/));

export interface SharedSessions extends KeptSessions {
  /** How many were not written because too many were. */
  dropped(): number;
  /** Rejects with `StorageUnavailable`. */
  forget(host: string): Promise<void>;
}

/** Which sessions belong to which chats, in the store: numbers only, which say nothing to whoever may not read the portal. */
export function createKeptSessions(keyValues: KeyValueStore, log: Pick<Logger, "debug">): SharedSessions {
  let writing = 0;
  let dropped = 0;

  function lost(error: unknown): void {
    log.debug({ reason: error instanceof Error ? error.message : String(error) }, "A chat's sessions are not kept now");
  }

  async function write(host: string, chatId: Id, sessionId: Id): Promise<void> {
    writing += 1;
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const text = await keyValues.get(namespaceOf(host), chatId);
        const known = decoded(text);
        if (known.includes(sessionId)) return;
        const now = JSON.stringify(withSessions(known, [sessionId]));
        const isWritten =
          text === null
            ? await keyValues.setIfAbsent(namespaceOf(host), chatId, now, { ttlMs: KEPT_MS })
            : await keyValues.compareAndSet(namespaceOf(host), chatId, text, now, { ttlMs: KEPT_MS });
        if (isWritten) return;
      }
    } catch (error) {
      lost(error);
    } finally {
      writing -= 1;
    }
  }

  return {
    async of(host, chatId) {
      try {
        return decoded(await keyValues.get(namespaceOf(host), chatId));
      } catch (error) {
        lost(error);
        return [];
      }
    },
    add(host, chatId, sessionId) {
      if (writing >= MAX_WRITING) dropped += 1;
      else inBackground("keeping whose a session is", () => write(host, chatId, sessionId));
    },
    dropped: () => dropped,
    async forget(host) {
      for (const { key } of await keyValues.list(namespaceOf(host))) await keyValues.delete(namespaceOf(host), key);
    },
  };
}

function namespaceOf(host: string): string {
  return `chat-sessions ${host}`;
}

function decoded(text: string | null): readonly Id[] {
  if (text === null) return [];
  try {
    return ids.parse(JSON.parse(text));
  } catch {
    return [];
  }
}
