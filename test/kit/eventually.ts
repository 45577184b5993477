import { vi } from "vitest";

/** Waits until the check no longer throws. Long: a busy machine takes seconds for what is done in milliseconds otherwise. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 60_000, interval: 10 });
}
