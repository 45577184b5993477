import type { BudgetName, Lane, Party } from "./queue-records.ts";
import { createTally, fairShare } from "./tally.ts";

export interface SlotBounds {
  /** Requests that may be under way at once. */
  readonly usual: number;
  /** Further ones, for parties that have hardly anything under way: whoever fills the usual slots with slow requests holds up itself alone. */
  readonly extra: number;
}

/** How many others compete for slots now. */
export interface Competition {
  readonly parties: number;
  readonly lanes: number;
}

/** Requests of one kind (reads, writes) that are under way to one portal, shared by who asks and by credential. */
export interface Slots {
  readonly taken: number;
  /** Nobody may begin a further request, whoever it is. */
  readonly isFull: boolean;
  /** How many further requests may begin for this party with this credential. */
  free(party: Party, lane: Lane, waiting: Competition): number;
  take(party: Party, lane: Lane): void;
  giveBack(party: Party, lane: Lane): void;
  isUsedBy(party: Party): boolean;
}

export function createSlots({ usual, extra }: SlotBounds): Slots {
  const byParty = createTally<Party>();
  const byLane = createTally<Lane>();
  const byBudget = createTally<BudgetName>();
  const quarter = fairShare(usual, Number.POSITIVE_INFINITY);

  /** The first half of the extra slots is for parties with little under way, the rest for those whose credential has nothing under way either. */
  function extraSlots(party: Party, lane: Lane): number {
    const used = byParty.total - usual;
    if (used < extra / 2) return byParty.of(party) < quarter ? 1 : 0;
    return used < extra && byParty.of(party) === 0 && byLane.of(lane) === 0 ? 1 : 0;
  }

  return {
    get taken() {
      return byParty.total;
    },
    get isFull() {
      return byParty.total >= usual + extra;
    },
    free(party, lane, waiting) {
      if (party.budget !== "ordinary" && byBudget.of(party.budget) >= quarter) return 0;
      if (byParty.total >= usual) return extraSlots(party, lane);
      const own = fairShare(usual, waiting.parties) - byParty.of(party);
      const credentials = fairShare(usual, waiting.lanes) - byLane.of(lane);
      return Math.max(0, Math.min(usual - byParty.total, own, credentials));
    },
    take(party, lane) {
      byParty.add(party);
      byLane.add(lane);
      byBudget.add(party.budget);
    },
    giveBack(party, lane) {
      byParty.remove(party);
      byLane.remove(lane);
      byBudget.remove(party.budget);
    },
    isUsedBy: (party) => byParty.of(party) > 0,
  };
}
