import type { Database, RootDatabase } from "lmdb";
import type { DeadLetterLog, KeptDeadLetter } from "./dead-letter-log.ts";
import { decodeDeadLetter, encodeDeadLetter } from "./dead-letter-record.ts";
import type { LmdbWriter } from "./lmdb-writer.ts";

const LAST = Number.MAX_SAFE_INTEGER;

/** Deliveries that were not understood, in an LMDB environment of this process, by (portal, number). */
export function openLmdbDeadLetterLog(
  root: RootDatabase<string, string>,
  writer: LmdbWriter,
  maxLetters: number,
): DeadLetterLog {
  const letters: Database<string, [string, number]> = root.openDB("dead-letters", { encoding: "string" });
  // Ids are not used again while the process lives, also after the newest letter was removed.
  const lastIds = new Map<string, number>();

  function keysOf(portal: string, after = 0): Iterable<[string, number]> {
    return letters.getKeys({ start: [portal, after + 1], end: [portal, LAST] });
  }

  function nextId(portal: string): number {
    let last = lastIds.get(portal) ?? 0;
    for (const key of letters.getKeys({ start: [portal, LAST], end: [portal, 0], reverse: true, limit: 1 })) {
      last = Math.max(last, key[1]);
    }
    lastIds.set(portal, last + 1);
    return last + 1;
  }

  return {
    add: (portal, letter) => {
      const text = encodeDeadLetter(letter);
      return writer.submit(() => {
        const id = nextId(portal);
        letters.put([portal, id], text);
        const keys = [...keysOf(portal)];
        for (const key of keys.slice(0, Math.max(0, keys.length - maxLetters))) {
          letters.remove(key);
        }
        return String(id);
      });
    },
    async list(portal, options = {}) {
      writer.assertOpen();
      const found: KeptDeadLetter[] = [];
      const after = options.after === undefined ? 0 : numberOf(options.after);
      const limit = options.limit ?? maxLetters;
      for (const { key, value } of letters.getRange({ start: [portal, after + 1], end: [portal, LAST], limit })) {
        found.push({ id: String(key[1]), ...decodeDeadLetter(value) });
      }
      return found;
    },
    remove: (portal, id) =>
      writer.submit(() => {
        const key: [string, number] = [portal, numberOf(id)];
        const kept = letters.doesExist(key);
        if (kept) {
          letters.remove(key);
        }
        return kept;
      }),
    async portals() {
      writer.assertOpen();
      const found: string[] = [];
      let after: [string, number] | undefined;
      for (;;) {
        const [next] = [...letters.getKeys(after === undefined ? { limit: 1 } : { start: after, limit: 1 })];
        if (next === undefined) {
          return found;
        }
        found.push(next[0]);
        after = [next[0], LAST];
      }
    },
    async purge(portal) {
      await writer.submit(() => {
        for (const key of [...keysOf(portal)]) {
          letters.remove(key);
        }
      });
    },
  };
}

/** Ids are opaque to callers; what is not one of ours names nothing. */
function numberOf(id: string): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}
