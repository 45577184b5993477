import { setTimeout as pause } from "node:timers/promises";

/** Waits until a condition holds; throws when it does not within the time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`not within ${withinMs} ms: ${condition}`);
    }
    await pause(5);
  }
}
