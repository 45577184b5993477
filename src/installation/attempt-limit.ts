/** Allows so many tries within any sixty seconds. */
export interface AttemptLimit {
  /** Whether one more is allowed now; if so it counts. */
  take(): boolean;
}

const WINDOW_MS = 60_000;

export function createAttemptLimit(perMinute: number): AttemptLimit {
  let recent: number[] = [];
  return {
    take() {
      const now = performance.now();
      recent = recent.filter((at) => now - at < WINDOW_MS);
      if (recent.length >= perMinute) return false;
      recent.push(now);
      return true;
    },
  };
}
