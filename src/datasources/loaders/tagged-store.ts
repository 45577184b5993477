import { LRUCache } from "lru-cache";
import { createEndings } from "./endings.ts";

/** Values that end together by their tags, under a common bound of bytes and age. */
export interface TaggedStore {
  get(key: string): Stored | undefined;
  /** Not kept where one of its tags ended after the value was asked for. */
  set(key: string, stored: Stored, bytes: number, tags: readonly string[]): void;
  delete(key: string): void;
  /** What has the tag is gone, and what was asked for before now is not kept any more. */
  end(tag: string): void;
  endAll(): void;
}

export interface Stored {
  readonly value: unknown;
  /** In milliseconds of the monotonic clock. */
  readonly askedAt: number;
}

export interface TaggedStoreLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

interface Entry extends Stored {
  readonly tags: readonly string[];
}

export function createTaggedStore({ maxBytes, maxAgeMs }: TaggedStoreLimits): TaggedStore {
  const keysOf = new Map<string, Set<string>>();
  const endings = createEndings();
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    ttl: maxAgeMs,
    // Nothing may be left in memory after a quiet minute.
    ttlAutopurge: true,
    dispose({ tags }, key) {
      for (const tag of tags) {
        const keys = keysOf.get(tag);
        keys?.delete(key);
        if (keys?.size === 0) keysOf.delete(tag);
      }
    },
    // The tags of a value that took the place of another are noted before the other's are forgotten.
    noDisposeOnSet: true,
  });

  return {
    get: (key) => entries.get(key),
    set(key, { value, askedAt }, bytes, tags) {
      if (endings.isOver(askedAt, tags)) return;
      const age = performance.now() - askedAt;
      if (age >= maxAgeMs) return;
      entries.delete(key);
      entries.set(key, { value, askedAt, tags }, { size: Math.max(1, Math.ceil(bytes)), ttl: maxAgeMs - age });
      if (!entries.has(key)) return;
      for (const tag of tags) keysOf.set(tag, (keysOf.get(tag) ?? new Set()).add(key));
    },
    delete(key) {
      entries.delete(key);
    },
    end(tag) {
      endings.end(tag);
      for (const key of [...(keysOf.get(tag) ?? [])]) entries.delete(key);
    },
    endAll() {
      endings.endAll();
      entries.clear();
    },
  };
}
