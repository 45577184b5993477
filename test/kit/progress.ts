import { setTimeout as pause } from "node:timers/promises";

/** Nothing has moved for so long: longer than anything of the gateway waits, gaps of silent processes (15 s) included, on a busy machine too. */
const QUIET_MS = 40_000;

/** Waits until a condition holds, as long as something moves. */
export async function progress(isDone: () => boolean, measure: () => number): Promise<void> {
  let last = measure();
  let movedAt = performance.now();
  while (!isDone()) {
    await pause(100);
    const now = measure();
    if (now !== last) movedAt = performance.now();
    else if (performance.now() - movedAt > QUIET_MS) throw new Error(`stands still at ${now}`);
    last = now;
  }
}
