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
  /** Takes up to `wanted` of the requests that idleness has left over; see `createLocalAllowance`. */
  spendSurplus(wanted: number): number;
  /** Gives back surplus that was not used after all. */
  returnSurplus(unused: number): void;
  state(): BucketState;
}

const LIMITS: Readonly<Record<Exclude<Plan, "on-premise">, { capacity: number; drainPerSecond: number }>> = {
  standard: { capacity: 50, drainPerSecond: 2 },
  enterprise: { capacity: 250, drainPerSecond: 5 },
};

/** The portal counts a request when it arrives, we when we send it; one request of slack covers half a second of jitter. */
const SLACK = 1;

/** The bucket of one process. `now` is milliseconds of a monotonic clock. */
export function createLocalAllowance(plan: Plan, now: () => number = () => performance.now()): Allowance {
  if (plan === "on-premise") return unlimited;
  const { capacity, drainPerSecond } = LIMITS[plan];
  const usable = capacity - SLACK;
  /**
   * What an empty bucket cannot drain any more is lost to everybody; that much, up to this cap, may be spent on splitting batches.
   * A busy bucket never runs empty, so a busy hour does as much as full batches would.
   */
  const surplusCap = Math.round(capacity / 10);
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
    spendSurplus(wanted) {
      drain();
      const spent = Math.max(0, Math.min(Math.floor(surplus), wanted));
      surplus -= spent;
      return spent;
    },
    returnSurplus(unused) {
      surplus = Math.min(surplusCap, surplus + unused);
    },
    state() {
      drain();
      return { level: Math.round(level * 100) / 100, capacity, drainPerSecond };
    },
  };
}

const unlimited: Allowance = {
  take: (wanted) => ({ taken: wanted, waitMs: 0 }),
  count: () => {},
  giveBack: () => {},
  exhausted: () => {},
  waitFor: () => 0,
  isScarce: () => false,
  spendSurplus: (wanted) => wanted,
  returnSurplus: () => {},
  state: () => ({ level: 0, capacity: null, drainPerSecond: null }),
};
