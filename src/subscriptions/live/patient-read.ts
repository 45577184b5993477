import { setTimeout as pause } from "node:timers/promises";
import { createBackoff } from "../../datasources/bitrix24/backoff.ts";
import {
  CallAborted,
  PortalRateLimited,
  PortalRefusal,
  PortalTimeout,
  PortalUnavailable,
} from "../../datasources/bitrix24/errors.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";

export interface Patience {
  /** Milliseconds after which no further attempt begins. */
  readonly patienceMs: number;
  /** Ends the waiting between attempts. */
  readonly signal: AbortSignal;
}

const pauseBefore = createBackoff({ firstMs: 250, longestMs: 5_000 });

/** Whether an error says nothing about what was asked for: the portal is busy, away or slow, and may answer later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof PortalRefusal) {
    const kind = refusalClass(error);
    return kind === "rate-limit" || kind === "portal-fault";
  }
  return (
    error instanceof PortalRateLimited ||
    error instanceof PortalUnavailable ||
    error instanceof PortalTimeout ||
    error instanceof CallAborted
  );
}

/**
 * Reads for an event that must not be lost because the portal is busy: passing failures are repeated with growing pauses. `read` makes its
 * own session each time, because a session's deadline is not renewed. Rejects with the last failure.
 */
export async function readPatiently<T>(read: () => Promise<T>, { patienceMs, signal }: Patience): Promise<T> {
  const lastStart = performance.now() + patienceMs;
  for (let repetition = 1; ; repetition += 1) {
    try {
      return await read();
    } catch (error) {
      const wait = pauseBefore(repetition);
      const needed = error instanceof PortalRateLimited ? Math.max(wait, error.retryAfterMs) : wait;
      if (!isPassing(error) || signal.aborted || performance.now() + needed > lastStart) throw error;
      if (!(await paused(needed, signal))) throw error;
    }
  }
}

async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}
