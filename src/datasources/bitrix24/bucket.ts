import { createBackoff } from "./backoff.ts";
import type { BucketState, Plan } from "./usage.ts";

export interface Taken {
  readonly taken: number;
  /** When nothing could be taken: milliseconds after which it is worth asking again. */
  readonly waitMs: number;
}

/**
 * The request allowance of a portal: a leaky bucket per portal and source address (`protocol.md` 3). Each request adds 1, the level
 * drains steadily, above the capacity the portal refuses. Answers may be promises, so that several processes can share one bucket.
 */
export interface Allowance {
  /** Takes up to `wanted` requests and leaves `reserve` of them for more urgent callers. */
  take(wanted: number, reserve: number): Taken | Promise<Taken>;
  /** Counts a request that goes out whatever the level is (a redirect followed, a token renewed). */
  count(): void;
  /** Returns requests that were taken and not sent. */
  giveBack(unused: number): void;
  /** The portal said that the bucket is full, whatever we believed. */
  exhausted(): void;
  /** Milliseconds until `requests` further ones could have been taken. */
  waitFor(requests: number): number;
  /** More than half of the allowance is used: commands should rather share requests than leave at once. */
  isScarce(): boolean;
  /** Takes up to `wanted` requests that idleness has left over, in the same way; see `createLocalAllowance`. */
  takeSurplus(wanted: number, reserve: number): number | Promise<number>;
  /**
   * Only of a bucket that processes share: counts a request of a small budget (`budgets.ts`), which drains by `perMs`, for all of them.
   * Resolves to the budget's level over all, or to undefined where that cannot be told now.
   */
  readonly spentByAll?: (budget: string, perMs: number) => Promise<number | undefined>;
  state(): BucketState;
}

export interface BucketLimits {
  readonly capacity: number;
  readonly drainPerSecond: number;
  /** Level up to which requests are sent. */
  readonly usable: number;
  /**
   * What an empty bucket cannot drain any more is lost to everybody; that much, up to this cap, may be spent on splitting batches.
   * A busy bucket never runs empty, so a busy hour does as much as full batches would.
   */
  readonly surplusCap: number;
}

/** The portal counts a request when it arrives, we when we send it; one request of slack covers half a second of jitter. */
const SLACK = 1;

function limits(capacity: number, drainPerSecond: number): BucketLimits {
  return { capacity, drainPerSecond, usable: capacity - SLACK, surplusCap: Math.round(capacity / 12) };
}

/** The allowance of a plan; undefined where there is no limit. */
export function bucketLimits(plan: Plan): BucketLimits | undefined {
  switch (plan) {
    case "standard":
      return limits(50, 2);
    case "enterprise":
      return limits(250, 5);
    case "on-premise":
      return undefined;
  }
}

/** An allowance that is corrected by somebody who knows better. */
export interface LocalAllowance extends Allowance {
  setLevel(level: number): void;
}

/** The bucket of one process. `now` is milliseconds of a monotonic clock. */
export function createLocalAllowance(plan: Plan, now: () => number = () => performance.now()): LocalAllowance {
  const plannedLimits = bucketLimits(plan);
  if (plannedLimits === undefined) return createUnlimitedAllowance(now);
  const { capacity, drainPerSecond, usable, surplusCap } = plannedLimits;
  let level = 0;
  let surplus = surplusCap;
  let updatedAt = now();

  const drain = (): void => {
    const at = now();
    const drained = ((at - updatedAt) / 1000) * drainPerSecond;
    updatedAt = at;
    surplus = Math.min(surplusCap, surplus + Math.max(0, drained - level));
    level = Math.max(0, level - drained);
  };
  const waitUntil = (target: number): number => (target >= level ? 0 : ((level - target) / drainPerSecond) * 1000);

  return {
    take(wanted, reserve) {
      drain();
      const taken = Math.max(0, Math.min(wanted, Math.floor(usable - reserve - level)));
      level += taken;
      return { taken, waitMs: taken > 0 ? 0 : Math.ceil(waitUntil(usable - reserve - 1)) };
    },
    count() {
      drain();
      level = Math.min(capacity, level + 1);
    },
    giveBack(unused) {
      level = Math.max(0, level - unused);
    },
    setLevel(told) {
      drain();
      level = told;
    },
    exhausted() {
      drain();
      level = capacity;
      surplus = 0;
    },
    waitFor(requests) {
      drain();
      return waitUntil(usable - requests);
    },
    isScarce() {
      drain();
      return level > capacity / 2;
    },
    takeSurplus(wanted, reserve) {
      drain();
      const taken = Math.max(0, Math.min(wanted, Math.floor(surplus), Math.floor(usable - reserve - level)));
      surplus -= taken;
      level += taken;
      return taken;
    },
    state() {
      drain();
      return { level: Math.round(level * 100) / 100, capacity, drainPerSecond };
    },
  };
}

/** A portal without limits that says "too many" all the same is left alone for a while, longer each time, and forgiven after as long. */
const FORGIVEN_AFTER_MS = 10_000;
const overrunPause = createBackoff({ firstMs: 500, longestMs: 30_000 });

/** The allowance of a portal that has none: only its own refusals hold requests back. */
function createUnlimitedAllowance(now: () => number): LocalAllowance {
  let refusals = 0;
  let pausedUntil = 0;
  let forgivenAt = 0;
  const pauseLeft = (): number => Math.max(0, pausedUntil - now());
  return {
    setLevel: () => {},
    take: (wanted) => (pauseLeft() > 0 ? { taken: 0, waitMs: Math.ceil(pauseLeft()) } : { taken: wanted, waitMs: 0 }),
    count: () => {},
    giveBack: () => {},
    exhausted() {
      // Of requests that were under way together, the first refusal says it all.
      if (pauseLeft() > 0) return;
      refusals = now() >= forgivenAt ? 1 : refusals + 1;
      const pauseMs = overrunPause(refusals);
      pausedUntil = now() + pauseMs;
      forgivenAt = pausedUntil + Math.max(FORGIVEN_AFTER_MS, pauseMs);
    },
    waitFor: pauseLeft,
    isScarce: () => pauseLeft() > 0,
    takeSurplus: (wanted) => (pauseLeft() > 0 ? 0 : wanted),
    state: () => ({ level: 0, capacity: null, drainPerSecond: null }),
  };
}
