/**
 * Keys of the deliveries of one portal within the duplicate window, in the order they came. Bounded: past the bound the oldest are
 * forgotten, so a flood shortens the window instead of filling the memory.
 */
export class DeliveryWindow {
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly windowMs: number,
    private readonly maxKeys: number,
  ) {}

  has(key: string, nowMs: number): boolean {
    const at = this.#seen.get(key);
    return at !== undefined && at > nowMs - this.windowMs;
  }

  delete(key: string): void {
    this.#seen.delete(key);
  }

  add(key: string, nowMs: number): void {
    this.#seen.delete(key);
    this.#seen.set(key, nowMs);
    for (const [oldest, at] of this.#seen) {
      if (at > nowMs - this.windowMs && this.#seen.size <= this.maxKeys) {
        break;
      }
      this.#seen.delete(oldest);
    }
  }
}

/** Keys remembered for one portal at most. */
export const MAX_DELIVERY_KEYS = 100_000;
