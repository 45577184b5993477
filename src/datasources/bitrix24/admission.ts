import { BATCH_LIMIT } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import type { Budgets } from "./budgets.ts";
import { commandsFor } from "./lane.ts";
import { reserveFor } from "./next-turn.ts";
import type { Lane, Party } from "./queue-records.ts";
import type { Turns } from "./turns.ts";

/** What waits on a portal, as far as it tells how long one more call would. */
export interface Backlog {
  readonly turns: Turns<Party>;
  readonly readLanes: ReadonlySet<Lane>;
  readonly queuedReads: () => number;
  readonly queuedWrites: () => number;
}

/** A call about to wait: a write, or a read of that lane. */
export interface Newcomer {
  readonly party: Party;
  readonly lane: Lane;
  readonly kind: "read" | "write";
}

/** Milliseconds until one more call could leave, if all who wait take turns from now on. */
export function expectedWait(
  backlog: Backlog,
  newcomer: Newcomer,
  paidFrom: { allowance: Allowance; budgets: Budgets },
  patienceMs: number,
): number {
  const { allowance, budgets } = paidFrom;
  const { party } = newcomer;
  // More than there can be (linked reads are two commands each): where even that is soon enough, nothing need be counted.
  const atMost =
    1 + backlog.queuedWrites() + backlog.readLanes.size + Math.ceil((2 * backlog.queuedReads()) / BATCH_LIMIT);
  if (party.budget === "ordinary") {
    const waitMs = allowance.waitFor(atMost);
    return waitMs <= patienceMs ? waitMs : allowance.waitFor(requestsUntil(backlog, newcomer));
  }
  return Math.max(
    allowance.waitFor(requestsUntil(backlog, newcomer)),
    budgets[party.budget].waitFor(budgetRequestsUntil(backlog, newcomer) + reserveFor(party)),
  );
}

/** Requests of its own that a newcomer's leaves with, the last of them. */
function ownRequests({ party, lane, kind }: Newcomer): number {
  if (kind === "write") return party.writes.length + 1;
  let count = party.writes.length + requests((party.reads.get(lane)?.size ?? 0) + 1);
  for (const [other, units] of party.reads) if (other !== lane) count += requests(units.size);
  return count;
}

function requests(commands: number): number {
  return Math.ceil(commands / BATCH_LIMIT);
}

/** Requests up to and with the newcomer's: of each other as many as of its own. Parties with the same credential share theirs. */
function requestsUntil(backlog: Backlog, newcomer: Newcomer): number {
  const own = ownRequests(newcomer);
  let count = own;
  for (const other of backlog.turns) if (other !== newcomer.party) count += Math.min(other.writes.length, own);
  for (const lane of backlog.readLanes) {
    const others = lane.queued.has(newcomer.party) ? lane.queued.size - 1 : lane.queued.size;
    const shared = lane === newcomer.lane && newcomer.kind === "read" ? own : 0;
    count += Math.max(0, Math.min(requests(commandsFor(lane, newcomer.party)) - shared, own * others));
  }
  return count;
}

/** The same among those that share its small budget, which hardly ever share a credential. */
function budgetRequestsUntil(backlog: Backlog, newcomer: Newcomer): number {
  const own = ownRequests(newcomer);
  let count = own;
  for (const other of backlog.turns) {
    if (other === newcomer.party || other.budget !== newcomer.party.budget) continue;
    let waiting = other.writes.length;
    for (const units of other.reads.values()) waiting += requests(units.size);
    count += Math.min(waiting, own);
  }
  return count;
}
