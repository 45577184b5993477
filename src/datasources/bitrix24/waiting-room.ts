import type { BudgetName, Party } from "./queue-records.ts";
import { createTally, fairShare, type Tally } from "./tally.ts";

/** How many may wait, by budget. */
export type RoomBounds = Readonly<Record<BudgetName, number>>;

/** Reads, or writes, of one portal that wait. Each budget has a bounded room of its own, shared fairly by its parties. */
export interface WaitingRoom {
  readonly size: number;
  /** How many parties wait. */
  readonly parties: number;
  /**
   * Whether there is place for one more of the party. When the room is full of what others brought, the answer is who has most and must give up
   * the newest of it.
   */
  placeFor(party: Party): "free" | "none" | Party;
  enter(party: Party): void;
  leave(party: Party): void;
}

export function createWaitingRoom(bounds: RoomBounds): WaitingRoom {
  const rooms: Readonly<Record<BudgetName, Tally<Party>>> = {
    ordinary: createTally(),
    unproven: createTally(),
    live: createTally(),
    background: createTally(),
  };
  const all = Object.values(rooms);
  return {
    get size() {
      return all.reduce((sum, room) => sum + room.total, 0);
    },
    get parties() {
      return all.reduce((sum, room) => sum + room.holders, 0);
    },
    placeFor(party) {
      const room = rooms[party.budget];
      const bound = bounds[party.budget];
      const held = room.of(party);
      if (held >= fairShare(bound, room.holders + (held === 0 ? 1 : 0))) return "none";
      if (room.total < bound) return "free";
      const largest = room.largest();
      return largest !== undefined && largest[1] > held + 1 ? largest[0] : "none";
    },
    enter: (party) => rooms[party.budget].add(party),
    leave: (party) => rooms[party.budget].remove(party),
  };
}
