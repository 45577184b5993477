export interface BackoffBounds {
  /** The pause before the first repetition, in milliseconds. */
  readonly firstMs: number;
  /** No pause is longer, in milliseconds. */
  readonly longestMs: number;
}

/**
 * The pause before a repetition, in milliseconds: doubled each time, bounded, and shortened by up to a half at random, so that those who
 * failed together do not come back together. `repetition` counts from 1; `chance` (0 to 1) is given by who wants equal pauses for several.
 */
export type Backoff = (repetition: number, chance?: number) => number;

export function createBackoff({ firstMs, longestMs }: BackoffBounds): Backoff {
  return (repetition, chance = Math.random()) =>
    Math.min(longestMs, firstMs * 2 ** (repetition - 1)) * (0.5 + chance / 2);
}
