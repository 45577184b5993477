const bucketMs = 60_000;
const bucketCount = 10;
const ignoredSeconds = 0.1;

/** What the limiter says about one method of one credential: accumulated seconds and when the oldest minute is dropped. */
export interface OperatingTime {
  seconds: number;
  resetAt: number;
}

/** Sums the execution time of each method per credential over ten one-minute buckets; runs up to 0.1 s are not counted. */
export interface OperatingLimiter {
  isBlocked(credential: string, method: string): boolean;
  record(credential: string, method: string, seconds: number): void;
  read(credential: string, method: string): OperatingTime;
}

/** @param now unix milliseconds */
export function createOperatingLimiter(limitSeconds: number, now: () => number = Date.now): OperatingLimiter {
  const buckets = new Map<string, Map<number, number>>();
  const live = (key: string): Map<number, number> => {
    const minutes = buckets.get(key) ?? new Map<number, number>();
    buckets.set(key, minutes);
    const oldest = Math.floor(now() / bucketMs) - bucketCount + 1;
    for (const minute of minutes.keys()) if (minute < oldest) minutes.delete(minute);
    return minutes;
  };
  const total = (minutes: Map<number, number>): number => [...minutes.values()].reduce((sum, part) => sum + part, 0);
  return {
    isBlocked: (credential, method) => total(live(`${credential} ${method}`)) > limitSeconds,
    record(credential, method, seconds) {
      if (seconds <= ignoredSeconds) return;
      const minutes = live(`${credential} ${method}`);
      const minute = Math.floor(now() / bucketMs);
      minutes.set(minute, (minutes.get(minute) ?? 0) + seconds);
    },
    read(credential, method) {
      const minutes = live(`${credential} ${method}`);
      const oldest = Math.min(Math.floor(now() / bucketMs), ...minutes.keys());
      return { seconds: total(minutes), resetAt: (oldest + bucketCount) * (bucketMs / 1000) };
    },
  };
}
