import { setTimeout as pause } from "node:timers/promises";

/** Nothing has moved for so long: longer than anything of the gateway waits, gaps of silent processes (15 s) included, on a busy machine too. */
const QUIET_MS = 40_000;
const LONGEST_MS = 60_000;

/**
 * The one wait of the tests: tries again and again until `attempt` gives something. How long it may take only decides when a test that fails
 * says so; where `measure` is given it may take as long as that goes on changing.
 */
async function wait<T>(
  attempt: () => Promise<{ readonly value: T } | undefined>,
  { withinMs, pauseMs, measure, failure }: Wait,
): Promise<T> {
  let last = measure();
  let movedAt = performance.now();
  for (;;) {
    const done = await attempt();
    if (done !== undefined) return done.value;
    const now = measure();
    if (now !== last) movedAt = performance.now();
    else if (performance.now() - movedAt > withinMs) throw failure(now);
    last = now;
    await pause(pauseMs);
  }
}

interface Wait {
  readonly withinMs: number;
  readonly pauseMs: number;
  readonly measure: () => number;
  readonly failure: (measured: number) => unknown;
}

/** Waits until a condition holds; throws when it does not within the time. */
export function until(condition: () => boolean | Promise<boolean>, withinMs = LONGEST_MS): Promise<void> {
  return wait(async () => ((await condition()) ? { value: undefined } : undefined), {
    withinMs,
    pauseMs: 5,
    measure: () => 0,
    failure: () => new Error(`not within ${withinMs} ms: ${condition}`),
  });
}

/** Waits until the check no longer throws; resolves to what it gives, or rejects with what it threw last. */
export function eventually<T>(check: () => T | Promise<T>, { everyMs = 10 } = {}): Promise<T> {
  let last: unknown;
  const attempt = async (): Promise<{ readonly value: T } | undefined> => {
    try {
      return { value: await check() };
    } catch (error) {
      last = error;
      return undefined;
    }
  };
  return wait(attempt, { withinMs: LONGEST_MS, pauseMs: everyMs, measure: () => 0, failure: () => last });
}

/** Waits until a condition holds, as long as something moves. */
export function progress(isDone: () => boolean, measure: () => number): Promise<void> {
  return wait(async () => (isDone() ? { value: undefined } : undefined), {
    withinMs: QUIET_MS,
    pauseMs: 100,
    measure,
    failure: (measured) => new Error(`stands still at ${measured}`),
  });
}
