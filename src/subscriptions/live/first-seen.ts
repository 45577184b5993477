import type { LoggedEvent } from "../events/event-log.ts";

const seen = new WeakMap<LoggedEvent, number>();

/** For an event that is read back from the log: when this process knew that it was there, by its monotonic clock. */
export function noteSeen(logged: LoggedEvent, at: number): void {
  seen.set(logged, at);
}

/**
 * When this process first had the event in hand, in milliseconds of its monotonic clock: what was asked of the portal later knows of it. The
 * time it was received tells less, since the clocks of processes differ and can be set.
 */
export function firstSeen(logged: LoggedEvent): number {
  const known = seen.get(logged);
  if (known !== undefined) return known;
  const at = performance.now();
  seen.set(logged, at);
  return at;
}
