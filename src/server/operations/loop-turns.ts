import { guard } from "../../process/guard.ts";

/**
 * Turns on the event loop, which is all identities' together. Whoever sends much waits behind his own: while somebody waits, the turn goes to
 * whom the loop has worked for least.
 */
export interface LoopTurns {
  /**
   * Does a piece of work at once where nobody waits and little was done in this turn of the event loop, or from within work of the same name;
   * undefined then. Else in turn, in the order of its name; resolves when it is done, and never rejects.
   * @param work what follows it in microtasks counts as its own
   * @param most pieces of that name that may wait with such a bound: "full" where they do. Without it the caller bounds what he brings.
   */
  take(name: string, work: () => void, most?: number): Promise<void> | "full" | undefined;
}

interface Party {
  readonly works: Set<() => void>;
  /** How many of them have a bound. */
  bounded: number;
  /** Milliseconds that the loop has worked for it while somebody waited. */
  spent: number;
}

export interface LoopTurnsOptions {
  /** Milliseconds of work in one turn of the event loop, after which others' bytes and timers are looked at. */
  readonly sliceMs?: number;
}

const SLICE_MS = 10;
/** Pieces that are done in one turn of the event loop, however small they are. */
const STEPS = 16;

export function createLoopTurns({ sliceMs = SLICE_MS }: LoopTurnsOptions = {}): LoopTurns {
  /** All that have waited since nobody did; empty while nobody waits. */
  const parties = new Map<string, Party>();
  let waiting = 0;
  /** Of this turn of the event loop, once something was done in it. */
  let begunAt: number | undefined;
  let workingFor: string | undefined;
  /** Whose work was done last, and since when. */
  let served: { readonly party: Party; readonly since: number } | undefined;
  /** What the party had spent to which the turn went last: whoever comes new is not behind it. */
  let floor = 0;
  let isScheduled = false;
  let hasServed = false;

  function doFor(name: string, work: () => void): void {
    const outer = workingFor;
    workingFor = name;
    try {
      work();
    } finally {
      workingFor = outer;
    }
  }

  function wait(name: string, work: () => void, most: number | undefined): Promise<void> | "full" {
    const party = parties.get(name) ?? { works: new Set(), bounded: 0, spent: floor };
    if (most !== undefined && party.bounded >= most) return "full";
    parties.set(name, party);
    if (most !== undefined) party.bounded += 1;
    return new Promise((resolve) => {
      party.works.add(() => {
        if (most !== undefined) party.bounded -= 1;
        try {
          doFor(name, work);
        } finally {
          resolve();
        }
      });
      waiting += 1;
      if (!isScheduled) schedule();
    });
  }

  /** Immediates of one turn: between two of them all microtasks run, so that the next knows what the one before has cost. */
  function schedule(): void {
    isScheduled = true;
    for (let step = 0; step < STEPS; step += 1) setImmediate(doNext);
    setImmediate(endTurn);
  }

  const doNext = guard("work that waited for its turn", () => {
    const now = settle();
    // One piece is done in each turn, however much else was.
    begunAt ??= now;
    if (waiting === 0 || (hasServed && now - begunAt >= sliceMs)) return;
    const party = poorest();
    const [work] = party?.works ?? [];
    if (party === undefined || work === undefined) return;
    party.works.delete(work);
    party.spent = Math.max(party.spent, floor);
    floor = party.spent;
    waiting -= 1;
    served = { party, since: now };
    hasServed = true;
    work();
  });

  const endTurn = guard("the end of the works of a turn", () => {
    settle();
    begunAt = undefined;
    hasServed = false;
    isScheduled = false;
    if (waiting > 0) {
      schedule();
      return;
    }
    parties.clear();
    floor = 0;
  });

  /** Counts what was done since the last piece of work was begun. */
  function settle(): number {
    const now = performance.now();
    if (served !== undefined) served.party.spent += now - served.since;
    served = undefined;
    return now;
  }

  function poorest(): Party | undefined {
    let found: Party | undefined;
    for (const party of parties.values()) {
      if (party.works.size > 0 && (found === undefined || party.spent < found.spent)) found = party;
    }
    return found;
  }

  const endOfIdleTurn = guard("the end of a turn of the event loop", () => {
    if (parties.size === 0) begunAt = undefined;
  });

  return {
    take(name, work, most) {
      if (name === workingFor) {
        work();
        return undefined;
      }
      if (parties.size === 0) {
        const now = performance.now();
        if (begunAt === undefined) {
          begunAt = now;
          setImmediate(endOfIdleTurn);
        }
        if (now - begunAt < sliceMs) {
          doFor(name, work);
          return undefined;
        }
      }
      return wait(name, work, most);
    },
  };
}
