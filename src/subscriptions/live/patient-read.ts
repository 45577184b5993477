import { setTimeout as pause } from "node:timers/promises";
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

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

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
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      return await read();
    } catch (error) {
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
