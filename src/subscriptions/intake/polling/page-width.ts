/** How much of a queue is asked for at once, and how it is passed where it cannot be read. */
export interface PageWidth {
  /** Records of the next page. */
  limit(): number;
  /** The page could not be read. */
  unreadable(): void;
  readable(): void;
  /** It could not be read so often that it is no slip of the portal's. */
  isStuck(): boolean;
  /** By how much of the numbering to go on; each time twice as far. */
  skip(): number;
  /** The end of what cannot be read is likely to be near. */
  isNear(): boolean;
}

/** Narrower and narrower, until one record is alone. */
const WIDTHS: readonly [number, ...number[]] = [100, 10, 1];
/** So often in a row an answer that is not understood is asked for again. */
export const MAX_SLIPS = 5;
const LONGEST_SKIP = 2 ** 30;
const NEAR = 2 ** 10;

export function createPageWidth(): PageWidth {
  let narrowed = 0;
  let slips = 0;
  let nextSkip = 1;
  return {
    limit: () => WIDTHS[narrowed] ?? WIDTHS[0],
    unreadable() {
      slips += 1;
      narrowed = Math.min(narrowed + 1, WIDTHS.length - 1);
    },
    readable() {
      slips = 0;
      nextSkip = 1;
      narrowed = Math.max(narrowed - 1, 0);
    },
    isStuck: () => slips >= MAX_SLIPS,
    skip() {
      const skip = nextSkip;
      // Users of a portal share one numbering, so that the next record of this one may be far.
      nextSkip = Math.min(nextSkip * 2, LONGEST_SKIP);
      return skip;
    },
    isNear: () => slips >= MAX_SLIPS && nextSkip <= NEAR,
  };
}
