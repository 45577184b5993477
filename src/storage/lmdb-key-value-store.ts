import { createHash } from "node:crypto";
import type { Database, RootDatabase } from "lmdb";
import { z } from "zod";
import {
  DEFAULT_NAMESPACE_BOUND,
  type KeyValueStore,
  type NamespaceBounds,
  NamespaceFull,
  type WriteOptions,
} from "./key-value-store.ts";
import { type LmdbWriter, WriteRefused } from "./lmdb-writer.ts";
import { createValueLives } from "./value-lives.ts";

const entrySchema = z.object({
  key: z.string(),
  value: z.string(),
  /** Place among the namespace's writes, by age. */
  order: z.number(),
  expiresAt: z.number().nullable(),
  ttlMs: z.number().nullable().default(null),
});
type Entry = z.infer<typeof entrySchema>;

const LAST = Number.MAX_SAFE_INTEGER;

/** Small records in an LMDB environment of this process: values by (namespace, key), and an index of them by age. */
export function openLmdbKeyValueStore(
  root: RootDatabase<string, string>,
  writer: LmdbWriter,
  bounds: NamespaceBounds,
): KeyValueStore {
  const values: Database<string, [string, string]> = root.openDB("values", { encoding: "string" });
  const byAge: Database<string, [string, number]> = root.openDB("values-by-age", { encoding: "string" });
  const counts = new Map<string, number>();
  const lives = createValueLives();
  let lastOrder = 0;

  function hasExpired(namespace: string, { key, expiresAt, ttlMs }: Entry): boolean {
    return expiresAt !== null && lives.isOver(lifeName(namespace, key), { expiresAt, ttlMs });
  }

  function stored(namespace: string, key: string): Entry | null {
    writer.assertOpen();
    const text = values.get([namespace, storageKey(key)]);
    return text === undefined ? null : entrySchema.parse(JSON.parse(text));
  }

  function living(namespace: string, key: string): Entry | null {
    const entry = stored(namespace, key);
    return entry === null || hasExpired(namespace, entry) ? null : entry;
  }

  function setCount(namespace: string, count: number): void {
    counts.set(namespace, count);
    writer.ifUndone(() => counts.delete(namespace));
  }

  function countOf(namespace: string): number {
    let count = counts.get(namespace);
    if (count === undefined) {
      count = byAge.getKeysCount({ start: [namespace, 0], end: [namespace, LAST] });
      setCount(namespace, count);
    }
    return count;
  }

  function remove(namespace: string, entry: Entry): void {
    values.remove([namespace, storageKey(entry.key)]);
    byAge.remove([namespace, entry.order]);
    writer.ifUndone(lives.forget(lifeName(namespace, entry.key)));
    setCount(namespace, countOf(namespace) - 1);
  }

  function nextOrder(namespace: string): number {
    lastOrder = Math.max(lastOrder + 1, Date.now() * 1_000);
    // The clock may have been set back since the last run.
    while (byAge.doesExist([namespace, lastOrder])) {
      lastOrder += 1;
    }
    return lastOrder;
  }

  function entriesByAge(namespace: string): Entry[] {
    writer.assertOpen();
    const entries: Entry[] = [];
    for (const { value } of byAge.getRange({ start: [namespace, 0], end: [namespace, LAST] })) {
      const entry = stored(namespace, value);
      if (entry !== null) {
        entries.push(entry);
      }
    }
    return entries;
  }

  function makeRoom(namespace: string): void {
    const bound = Object.hasOwn(bounds, namespace) ? bounds[namespace] : undefined;
    const { maxEntries, whenFull } = bound ?? DEFAULT_NAMESPACE_BOUND;
    if (countOf(namespace) < maxEntries) {
      return;
    }
    const entries = entriesByAge(namespace);
    const expired = entries.filter((entry) => hasExpired(namespace, entry));
    if (whenFull === "refuse" && entries.length - expired.length >= maxEntries) {
      throw new WriteRefused(new NamespaceFull(namespace, maxEntries));
    }
    const kept = entries.filter((entry) => !hasExpired(namespace, entry));
    for (const entry of [...expired, ...kept.slice(0, Math.max(0, kept.length - maxEntries + 1))]) {
      remove(namespace, entry);
    }
  }

  function write(namespace: string, key: string, value: string, options: WriteOptions | undefined): void {
    const replaced = stored(namespace, key);
    if (replaced === null) {
      makeRoom(namespace);
    } else {
      remove(namespace, replaced);
    }
    const order = nextOrder(namespace);
    const name = lifeName(namespace, key);
    const undo = lives.forget(name);
    const life = options?.ttlMs === undefined ? { expiresAt: null, ttlMs: null } : lives.begin(name, options.ttlMs);
    writer.ifUndone(undo);
    const entry: Entry = { key, value, order, ...life };
    values.put([namespace, storageKey(key)], JSON.stringify(entry));
    byAge.put([namespace, order], key);
    setCount(namespace, countOf(namespace) + 1);
  }

  return {
    async get(namespace, key) {
      return living(namespace, key)?.value ?? null;
    },
    async set(namespace, key, value, options) {
      await writer.submit(() => write(namespace, key, value, options));
    },
    setIfAbsent: (namespace, key, value, options) =>
      writer.submit(() => {
        if (living(namespace, key) !== null) {
          return false;
        }
        write(namespace, key, value, options);
        return true;
      }),
    compareAndSet: (namespace, key, expected, replacement, options) =>
      writer.submit(() => {
        const entry = living(namespace, key);
        if (entry === null || entry.value !== expected) {
          return false;
        }
        if (replacement === null) {
          remove(namespace, entry);
        } else {
          write(namespace, key, replacement, options);
        }
        return true;
      }),
    delete: (namespace, key) =>
      writer.submit(() => {
        const entry = stored(namespace, key);
        if (entry === null) {
          return false;
        }
        remove(namespace, entry);
        return !hasExpired(namespace, entry);
      }),
    async list(namespace) {
      return entriesByAge(namespace)
        .filter((entry) => !hasExpired(namespace, entry))
        .map(({ key, value }) => ({ key, value }));
    },
  };
}

function lifeName(namespace: string, key: string): string {
  return `${namespace}\n${key}`;
}

/** LMDB's keys are short; a long one is kept under its hash. */
function storageKey(key: string): string {
  return Buffer.byteLength(key) <= 500 ? `=${key}` : `#${createHash("sha256").update(key).digest("base64url")}`;
}
