import type { LoggedEvent } from "../events/event-log.ts";

/**
 * Stands in the event itself: what a long-lived weak map holds survives each young collection, so that every event that passed was copied into
 * the old part of the heap.
 */
const SEEN_AT = Symbol("when this process first had it");

interface Seen {
  [SEEN_AT]?: number;
}

/** For an event that is read back from the log: when this process knew that it was there, by its monotonic clock. */
export function noteSeen(logged: LoggedEvent & Seen, at: number): void {
  logged[SEEN_AT] = at;
}

/**
 * When this process first had the event in hand, in milliseconds of its monotonic clock: what was asked of the portal later knows of it. The
 * time it was received tells less, since the clocks of processes differ and can be set.
 */
export function firstSeen(logged: LoggedEvent & Seen): number {
  logged[SEEN_AT] ??= performance.now();
  return logged[SEEN_AT];
}
