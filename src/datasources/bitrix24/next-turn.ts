import { BATCH_LIMIT } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import type { Budgets } from "./budgets.ts";
import { oldestRead } from "./party.ts";
import type { Lane, Party, WriteJob } from "./queue-records.ts";
import type { Competition, Slots } from "./slots.ts";
import type { Turns } from "./turns.ts";

/** A read that has waited this long is not passed by writes any more. */
const READ_AGE_MS = 2_000;
/** While the allowance is scarce, reads gather behind a request under way, but not for longer. */
const LONGEST_GATHERING_MS = 250;

/** Requests of the live side's share that a look which nobody waits for leaves to events: they cannot wait for it to fill again. */
const LIVE_RESERVE = 2;

interface WriteTurn {
  readonly kind: "write";
  readonly party: Party;
  readonly job: WriteJob;
}

interface ReadTurn {
  readonly kind: "read";
  readonly party: Party;
  readonly lane: Lane;
  /** Slots that the party may use now. */
  readonly free: number;
}

/** One request that may leave now, were it paid for. */
export type Turn = WriteTurn | ReadTurn;

export interface NextTurnOptions {
  readonly turns: Turns<Party>;
  readonly allowance: Allowance;
  readonly budgets: Budgets;
  readonly slots: { readonly reads: Slots; readonly writes: Slots };
  readonly competition: { readonly reads: () => Competition; readonly writes: () => Competition };
}

/** Whoever goes last leaves something of a small budget to whom it would keep waiting. */
export function reserveFor({ budget, last }: Party): number {
  return budget === "live" && last ? LIVE_RESERVE : 0;
}

export function isAged(party: Party): boolean {
  return performance.now() - oldestRead(party) >= READ_AGE_MS;
}

/**
 * The first in turn that may send, with a write rather than with a read; else the milliseconds until it is worth looking again, infinite when
 * that depends on what is under way. Who cannot send now (slots, budget, gathering) keeps its place.
 */
export function nextTurn(options: NextTurnOptions): Turn | number {
  const { turns, allowance, budgets, slots } = options;
  const reads = options.competition.reads();
  const writes = options.competition.writes();
  // What is answered next makes us look again.
  if (slots.reads.isFull && (writes.parties === 0 || slots.writes.isFull)) return Number.POSITIVE_INFINITY;
  const gathering: ReadTurn[] = [];
  let shortest = Number.POSITIVE_INFINITY;

  function gatheringLeft(party: Party, lane: Lane): number {
    if (lane.requestsInFlight === 0 || lane.queuedCommands >= BATCH_LIMIT || !allowance.isScarce()) return 0;
    return Math.max(0, oldestRead(party) + LONGEST_GATHERING_MS - performance.now());
  }

  function writeTurn(party: Party): Turn | undefined {
    const [job] = party.writes;
    return job !== undefined && slots.writes.free(party, job.lane, writes) > 0
      ? { kind: "write", party, job }
      : undefined;
  }

  function readTurn(party: Party): Turn | undefined {
    for (const lane of party.reads.keys()) {
      const free = slots.reads.free(party, lane, reads);
      if (free <= 0) continue;
      const left = gatheringLeft(party, lane);
      if (left === 0) return { kind: "read", party, lane, free };
      gathering.push({ kind: "read", party, lane, free });
      shortest = Math.min(shortest, left);
    }
    return undefined;
  }

  function isOutranked({ budget, last }: Party): boolean {
    if (budget === "background") {
      for (const other of turns) if (other.budget !== budget) return true;
      return false;
    }
    if (!last) return false;
    for (const other of turns) if (other.budget === budget && !other.last) return true;
    return false;
  }

  for (const party of turns) {
    const budgetMs = budgets[party.budget].waitFor(1 + reserveFor(party));
    if (budgetMs > 0) {
      shortest = Math.min(shortest, budgetMs);
      continue;
    }
    if (isOutranked(party)) continue;
    const [job] = party.writes;
    const readFirst = job !== undefined && oldestRead(party) < job.enqueuedAt && isAged(party);
    const turn = readFirst ? (readTurn(party) ?? writeTurn(party)) : (writeTurn(party) ?? readTurn(party));
    if (turn === undefined) continue;
    // Gathering saves requests, but nobody waits for two requests of another for it.
    return gathering.find((each) => turns.hasPassed(party, each.party)) ?? turn;
  }
  return shortest;
}
