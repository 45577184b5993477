/** How much of a queue is asked for at once, and how it is passed where it cannot be read. */
export interface PageWidth {
  /** Records of the next page. */
  limit(): number;
  /** The page could not be read. */
  unreadable(): void;
  readable(): void;
  /** It could not be read so often that it is no slip of the portal's. */
  isStuck(): boolean;
  /** By how much of the numbering to go on behind what cannot be read; 0 where nothing is passed. */
  skip(): number;
  /** Nothing that is readable begins there: twice as far the next time. */
  skipFurther(): void;
  /** The end of what cannot be read is likely to be near. */
  isNear(): boolean;
}

/** Narrower and narrower, until one record is alone. */
const WIDTHS: readonly [number, ...number[]] = [100, 10, 1];
/** So often in a row an answer that is not understood is asked for again. */
export const MAX_SLIPS = 5;
const LONGEST_SKIP = 2 ** 40;
const NEAR = 2 ** 10;

export function createPageWidth(): PageWidth {
  let narrowed = 0;
  let slips = 0;
  let skipped = 0;
  return {
    limit: () => WIDTHS[narrowed] ?? WIDTHS[0],
    unreadable() {
      slips += 1;
      narrowed = Math.min(narrowed + 1, WIDTHS.length - 1);
    },
    readable() {
      slips = 0;
      skipped = 0;
      narrowed = Math.max(narrowed - 1, 0);
    },
    isStuck: () => slips >= MAX_SLIPS,
    skip: () => skipped,
    skipFurther() {
      // Users of a portal share one numbering, so that the next record of this one may be far.
      skipped = skipped === 0 ? 1 : Math.min(skipped * 2, LONGEST_SKIP);
    },
    isNear: () => slips >= MAX_SLIPS && skipped < NEAR,
  };
}
