import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";

/** When what is kept under a tag was ended: an answer that was asked for before that must not be kept after it. */
export interface Endings {
  end(tag: string): void;
  endAll(): void;
  /** Whether what was asked for at this time of the monotonic clock, in milliseconds, may be out of date. */
  isOver(askedAt: number, tags: readonly string[]): boolean;
}

/** So many tags that ended lately are known one by one; of those before, the time of the last. */
const MAX_ENDED = 20_000;

export function createEndings(): Endings {
  let allEndedAt = Number.NEGATIVE_INFINITY;
  const endedAt = new LRUCache<string, number>({
    ...atMost(MAX_ENDED),
    dispose(at, _tag, reason) {
      if (reason === "evict") allEndedAt = Math.max(allEndedAt, at);
    },
  });
  return {
    end(tag) {
      endedAt.set(tag, performance.now());
    },
    endAll() {
      allEndedAt = performance.now();
    },
    isOver: (askedAt, tags) =>
      askedAt <= allEndedAt || tags.some((tag) => askedAt <= (endedAt.get(tag) ?? Number.NEGATIVE_INFINITY)),
  };
}
