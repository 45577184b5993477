/** The request allowance of a portal: `capacity` requests at once, `leakPerSecond` more each second. */
export interface BucketSettings {
  capacity: number;
  leakPerSecond: number;
}

/** Counts requests of one portal and says which are too many; a refused request does not count. */
export interface LeakyBucket {
  /** Adds one request; false when the counter would exceed the capacity. */
  admit(): boolean;
  /** The counter now, 0 = unused. */
  level(): number;
}

/** @param now milliseconds, monotonic */
export function createLeakyBucket(settings: BucketSettings, now: () => number = () => performance.now()): LeakyBucket {
  let counter = 0;
  let updatedAt = now();
  const level = (): number => {
    const at = now();
    counter = Math.max(0, counter - ((at - updatedAt) / 1000) * settings.leakPerSecond);
    updatedAt = at;
    return counter;
  };
  return {
    level,
    admit() {
      if (level() + 1 > settings.capacity) return false;
      counter += 1;
      return true;
    },
  };
}
