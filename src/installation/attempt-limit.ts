import { LRUCache } from "lru-cache";
import { atMost } from "../process/growing-cache.ts";

/** Bounds tries that cost calls, without letting those whose tries come to nothing use up what others need. */
export interface AttemptLimit {
  /** Whether one more try from this address is allowed now; if so it counts. */
  take(address: string): boolean;
  /** A try from this address came to nothing: for a while its further ones count against a small share of their own. */
  failed(address: string): void;
}

export interface AttemptLimits {
  readonly perMinute: number;
  /** For all addresses together whose tries came to nothing lately. */
  readonly perMinuteOfFailed: number;
}

const WINDOW_MS = 60_000;
/** An address is no longer held to its failed try after this. */
const FAILED_FOR_MS = 10 * 60_000;
const MAX_ADDRESSES = 10_000;

/** Counts in windows that slide: any sixty seconds hold at most so many tries. */
export function createAttemptLimit({ perMinute, perMinuteOfFailed }: AttemptLimits): AttemptLimit {
  const failed = new LRUCache<string, true>({ ...atMost(MAX_ADDRESSES), ttl: FAILED_FOR_MS });
  const unknown = createWindow(perMinute);
  const suspected = createWindow(perMinuteOfFailed);
  return {
    take: (address) => (failed.has(address) ? suspected : unknown)(),
    failed(address) {
      failed.set(address, true);
    },
  };
}

function createWindow(most: number): () => boolean {
  let recent: number[] = [];
  return () => {
    const now = performance.now();
    recent = recent.filter((at) => now - at < WINDOW_MS);
    if (recent.length >= most) return false;
    recent.push(now);
    return true;
  };
}
