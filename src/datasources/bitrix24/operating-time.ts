import type { OperatingTime } from "./envelope.ts";
import type { BlockedMethod } from "./usage.ts";

/**
 * The second limit of a portal: seconds of work per method and credential in ten minutes (`protocol.md` 3). The refusal names no time, but
 * earlier answers of the method told when the oldest part of the window is dropped.
 */
export interface OperatingTimes {
  observe(method: string, time: OperatingTime): void;
  /** The portal refused the method; returns the milliseconds until it is worth trying again. */
  block(method: string): number;
  /** Milliseconds for which the method is blocked; 0 when it is not. */
  blockedFor(method: string): number;
  blocked(): BlockedMethod[];
  /** Milliseconds for which background work leaves the method to others, because half of its time is used; 0 when it does not. */
  sparedFor(method: string): number;
}

/** The window is made of one-minute parts, so that something is dropped within a minute. */
const WINDOW_PART_MS = 60_000;
const WINDOW_MS = 10 * WINDOW_PART_MS;
/** Half of the seconds that a method may work in ten minutes where the portal allows the least. */
const HALF_OF_ALLOWED_S = 210;

export function createOperatingTimes(now: () => number = Date.now): OperatingTimes {
  const resets = new Map<string, number>();
  const used = new Map<string, number>();
  const blocks = new Map<string, number>();
  const blockedFor = (method: string): number => {
    const until = blocks.get(method);
    if (until === undefined) return 0;
    const left = until - now();
    if (left > 0) return left;
    blocks.delete(method);
    return 0;
  };
  return {
    observe(method, time) {
      resets.set(method, time.resetAt * 1000);
      used.set(method, time.operating);
    },
    block(method) {
      const known = (resets.get(method) ?? 0) - now();
      // A reset time in the past, or past the window (a portal whose clock differs), tells nothing.
      const wait = known > 0 && known <= WINDOW_MS ? known : WINDOW_PART_MS;
      blocks.set(method, now() + wait);
      return wait;
    },
    blockedFor,
    sparedFor(method) {
      const left = (resets.get(method) ?? 0) - now();
      if ((used.get(method) ?? 0) < HALF_OF_ALLOWED_S || left <= 0) return 0;
      return Math.min(left, WINDOW_PART_MS);
    },
    blocked: () =>
      [...blocks.keys()].flatMap((method) => {
        const left = blockedFor(method);
        return left > 0 ? [{ method, until: new Date(now() + left) }] : [];
      }),
  };
}
