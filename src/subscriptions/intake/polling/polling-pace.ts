import type { BucketState } from "../../../datasources/bitrix24/usage.ts";

/** How often the queue is asked, in milliseconds between two requests. */
export interface PollingPace {
  /** While events come. */
  readonly activeMs: number;
  /** When nothing has come for long. */
  readonly idleMs: number;
  /** How long after the last event it still counts as active; as long again for each further step towards idle. */
  readonly quietMs: number;
  /** When the portal's allowance is all but used up. */
  readonly scarceMs: number;
}

export const DEFAULT_POLLING_PACE: PollingPace = {
  activeMs: 2_000,
  idleMs: 10_000,
  quietMs: 30_000,
  scarceMs: 30_000,
};

/** Part of the allowance from which on polling gives way to the operations of clients. */
const SCARCE_FROM = 0.5;
const USED_UP_FROM = 0.9;

/** Milliseconds until the next request. */
export function nextPollMs(
  pace: PollingPace,
  last: { readonly msSinceEvent: number; readonly hasMore: boolean },
  allowance: Pick<BucketState, "level" | "capacity">,
): number {
  const used = allowance.capacity === null ? 0 : allowance.level / allowance.capacity;
  if (used >= USED_UP_FROM) return pace.scarceMs;
  if (last.hasMore && used < SCARCE_FROM) return 0;
  const steps = last.hasMore ? 1 : Math.max(1, last.msSinceEvent / pace.quietMs);
  const wanted = Math.min(pace.activeMs * steps, Math.max(pace.idleMs, pace.activeMs));
  if (used < SCARCE_FROM) return wanted;
  const scarcity = (used - SCARCE_FROM) / (USED_UP_FROM - SCARCE_FROM);
  return Math.max(wanted, wanted + (pace.scarceMs - wanted) * scarcity);
}
