/** When a lost connection is opened again. */
export interface Pace {
  /** Resolves when it is time. */
  turn(): Promise<void>;
  /** Milliseconds since 1970, while there is something to wait for. */
  retryAt(): number | undefined;
  failed(atLeastMs?: number): void;
  succeeded(): void;
  /** Now, in place of later: the network is back, or somebody looks. */
  hurry(): void;
}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A connection that stood for so long was a good one. One that breaks sooner each time is not opened more and more often. */
const STEADY_MS = 5_000;

/** Longer each time up to half a minute, and never the same for all clients. */
export function createPace(random: () => number = Math.random, now: () => number = () => performance.now()): Pace {
  let failures = 0;
  let openSince: number | undefined;
  /** Connections one after another that broke soon. */
  let shortLives = 0;
  let retryAt: number | undefined;
  let waiting: Promise<void> | undefined;
  let wake: () => void = () => undefined;

  return {
    turn: () => waiting ?? Promise.resolve(),
    retryAt: () => retryAt,
    failed(atLeastMs = 0) {
      wake();
      if (openSince !== undefined) {
        shortLives = now() - openSince < STEADY_MS ? shortLives + 1 : 0;
        failures = Math.max(0, shortLives - 1);
        openSince = undefined;
      }
      const wait = Math.max(
        atLeastMs,
        Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 6)) * (0.5 + random() / 2),
      );
      failures += 1;
      retryAt = Date.now() + wait;
      waiting = new Promise((resolve) => {
        const timer = setTimeout(() => wake(), wait);
        wake = () => {
          clearTimeout(timer);
          retryAt = undefined;
          waiting = undefined;
          resolve();
        };
      });
    },
    succeeded() {
      openSince = now();
    },
    hurry: () => wake(),
  };
}
