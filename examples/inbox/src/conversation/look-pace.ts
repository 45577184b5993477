/** What a query says of the portal's allowance; without a capacity the portal has no limit. */
export interface Allowance {
  readonly level: number;
  readonly capacity?: number | null;
}

/** Which of the looks that one would have are left out, because the others come first. */
export interface LookPace {
  /** To be asked each time that it is time to look. */
  isDue(): boolean;
  /** What a look said of the allowance; undefined for one that failed. */
  told(allowance: Allowance | undefined): void;
}

/** Above this part of the allowance one looks more and more seldom. */
const BUSY = 0.25;
const MOST_LEFT_OUT = 31;

/**
 * Many people's looks alone would keep a portal busy. So each look that finds it busy leaves out about twice as many as the one before, and
 * each that finds it free one less: the looks of all together settle at what the portal bears. By chance, so that not all come back at once.
 */
export function createLookPace(chance: () => number = Math.random): LookPace {
  let leftOut = 0;
  let toLeaveOut = 0;
  return {
    isDue() {
      if (toLeaveOut === 0) return true;
      toLeaveOut -= 1;
      return false;
    },
    told(allowance) {
      const isFree =
        allowance !== undefined && allowance.level <= (allowance.capacity ?? Number.POSITIVE_INFINITY) * BUSY;
      leftOut = isFree ? Math.max(0, leftOut - 1) : Math.min(leftOut * 2 + 1, MOST_LEFT_OUT);
      toLeaveOut = Math.round(leftOut * (0.5 + chance()));
    },
  };
}
