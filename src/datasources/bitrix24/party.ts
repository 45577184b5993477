import type { Caller, Party } from "./queue-records.ts";

export function createParty(caller: Caller): Party {
  const { key, budget, last } = caller;
  return { key, budget, last, reads: new Map(), writes: [], seated: false, since: 0, lastServed: 0 };
}

/** When its longest waiting read was asked for, in milliseconds of the monotonic clock; infinite when it has none. */
export function oldestRead(party: Party): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const units of party.reads.values()) {
    for (const unit of units) {
      oldest = Math.min(oldest, unit.enqueuedAt);
      break;
    }
  }
  return oldest;
}

export function isWaiting(party: Party): boolean {
  return party.writes.length > 0 || party.reads.size > 0;
}

/** The parties of one portal by key. Idle ones are remembered for a while, because who has just been served must not pass who has not. */
export interface Parties {
  of(caller: Caller): Party;
}

const MAX_IDLE_PARTIES = 1_000;

/** `isBusy`: something of the party is under way. */
export function createParties(isBusy: (party: Party) => boolean): Parties {
  const parties = new Map<string, Party>();
  let sweepAt = MAX_IDLE_PARTIES;
  return {
    of(caller) {
      const known = parties.get(caller.key);
      if (known !== undefined) return known;
      if (parties.size >= sweepAt) {
        for (const [key, party] of parties) if (!party.seated && !isBusy(party)) parties.delete(key);
        sweepAt = parties.size + MAX_IDLE_PARTIES;
      }
      const party = createParty(caller);
      parties.set(caller.key, party);
      return party;
    },
  };
}
