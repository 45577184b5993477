/** The bound of an LRU cache that takes memory as it fills. */
interface GrowingBound {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
}

/**
 * At most so many entries, as options of an `LRUCache`. With its own `max` the library reserves all places at once: megabytes for each cache, on
 * every start, for what most gateways never need.
 */
export function atMost(entries: number): GrowingBound {
  return { maxSize: entries, sizeCalculation: one };
}

function one(): number {
  return 1;
}
