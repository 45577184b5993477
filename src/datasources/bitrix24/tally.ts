/** How many things each of several holders has; who has none is not kept. */
export interface Tally<K> {
  /** Of all holders together. */
  readonly total: number;
  /** How many have any. */
  readonly holders: number;
  of(holder: K): number;
  add(holder: K): void;
  remove(holder: K): void;
  /** Who has most, and how many; undefined when nobody has any. */
  largest(): readonly [K, number] | undefined;
}

export function createTally<K>(): Tally<K> {
  const counts = new Map<K, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    get holders() {
      return counts.size;
    },
    of: (holder) => counts.get(holder) ?? 0,
    add(holder) {
      total += 1;
      counts.set(holder, (counts.get(holder) ?? 0) + 1);
    },
    remove(holder) {
      const left = (counts.get(holder) ?? 0) - 1;
      if (left < 0) return;
      total -= 1;
      if (left === 0) counts.delete(holder);
      else counts.set(holder, left);
    },
    largest() {
      let most: readonly [K, number] | undefined;
      for (const entry of counts) if (most === undefined || entry[1] > most[1]) most = entry;
      return most;
    },
  };
}

/**
 * The share of a bounded thing that one of `waiting` holders may have: all when nobody else waits, else the larger of a quarter and an equal
 * part. Together the shares may exceed the bound; what is left is not kept idle for who does not come.
 */
export function fairShare(bound: number, waiting: number): number {
  if (waiting <= 1) return bound;
  return Math.max(1, Math.floor(bound / Math.min(4, waiting)));
}
