import { inBackground } from "../../process/guard.ts";
import { type Allowance, bucketLimits } from "./bucket.ts";
import type { BudgetName } from "./queue-records.ts";
import type { Plan } from "./usage.ts";

/** What part of a portal's drain the calls of one kind may use together. It only bounds them: each request is paid from the allowance too. */
export interface Budget {
  /** Milliseconds until `requests` further ones may go; 0 when they may now. */
  waitFor(requests: number): number;
  spend(): void;
}

export type Budgets = Readonly<Record<BudgetName, Budget>>;

/** Tokens that the portal has not confirmed yet. */
export const UNPROVEN_SHARE = 0.25;
/** Work that nobody waits for, such as an export. */
export const BACKGROUND_SHARE = 0.5;
/** Requests that may follow each other at once after a quiet time. */
const BURST = 4;

const UNBOUNDED: Budget = { waitFor: () => 0, spend: () => {} };

/**
 * `liveShare`: the part of the drain for the live side's own questions. Processes that share the allowance share its budgets: each learns
 * with a request of its own what all have spent, so that together they stay within a budget but for one request each.
 */
export function createBudgets(plan: Plan, liveShare: number, { spentByAll }: Pick<Allowance, "spentByAll">): Budgets {
  const drainPerSecond = bucketLimits(plan)?.drainPerSecond;
  const budget = (name: BudgetName, share: number): Budget =>
    createBudget(drainPerSecond, share, {
      ...(spentByAll === undefined ? {} : { spentByAll: (perMs: number) => spentByAll(name, perMs) }),
    });
  return {
    ordinary: UNBOUNDED,
    unproven: budget("unproven", UNPROVEN_SHARE),
    live: budget("live", liveShare),
    background: budget("background", BACKGROUND_SHARE),
  };
}

export interface BudgetOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Counts a request for all who share the budget; resolves to its level then. */
  readonly spentByAll?: (perMs: number) => Promise<number | undefined>;
}

/** So many requests flow back that no minute takes more than the share, with what follows each other at once in it. */
function perMinute(share: number): number {
  return Math.max(share - BURST, share / 2);
}

/** A portal without limits has none here either. */
export function createBudget(
  drainPerSecond: number | undefined,
  share: number,
  { now = () => performance.now(), spentByAll }: BudgetOptions = {},
): Budget {
  if (drainPerSecond === undefined) return UNBOUNDED;
  const perMs = perMinute(drainPerSecond * share * 60) / 60_000;
  let level = 0;
  let updatedAt = now();
  const drain = (): void => {
    const at = now();
    level = Math.max(0, level - (at - updatedAt) * perMs);
    updatedAt = at;
  };
  return {
    waitFor(requests) {
      drain();
      return Math.max(0, Math.ceil((level + requests - BURST) / perMs));
    },
    spend() {
      drain();
      level += 1;
      if (spentByAll === undefined) return;
      inBackground("telling others of a request", async () => {
        const ofAll = (await spentByAll(perMs)) ?? 0;
        drain();
        level = Math.max(level, ofAll);
      });
    },
  };
}
