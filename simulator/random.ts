/** A seeded source of random numbers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** The next number, 0 <= n < 1. Bound to its generator, so that it can be handed over as a plain `() => number`. */
  readonly next: () => number;
  /** A whole number between both bounds, each included. */
  int(min: number, max: number): number;
  /** One element of a non-empty list; an empty list is a programming error and throws a RangeError. */
  pick<T>(list: readonly T[]): T;
  /** True with the given probability (0 never, 1 always). */
  chance(probability: number): boolean;
}

/** One element of a non-empty list, chosen by `next`, a function that answers 0 <= n < 1. */
export function pickWith<T>(next: () => number, list: readonly T[]): T {
  for (const item of list.slice(Math.floor(next() * list.length))) return item;
  throw new RangeError("Cannot pick from an empty list");
}

/** A whole number between both bounds, each included, chosen by `next`. */
export function intWith(next: () => number, min: number, max: number): number {
  return min + Math.floor(next() * (max - min + 1));
}

/**
 * Creates a generator from a seed (only its lower 32 bits count). The algorithm is a Weyl sequence of 32 bits whose
 * value is mixed by multiplications and shifts; good enough for test worlds, useless for secrets.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    int: (min, max) => intWith(next, min, max),
    pick: (list) => pickWith(next, list),
    chance: (probability) => next() < probability,
  };
}
