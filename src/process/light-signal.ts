/** Whether something is given up. The part of an `AbortSignal` that is needed; each of those is one too. */
export interface LightSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * A class, because a getter in an object literal gives each object a shape of its own in the old part of the heap, and all that the getter
 * sees stays there until that is collected.
 */
class GivenUp implements LightSignal {
  readonly #listeners = new Set<() => void>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }
}

/** For what is made for each request: an `AbortController` costs as much as all else that a small operation needs. */
export function createLightSignal(): { readonly signal: LightSignal; readonly abort: () => void } {
  const signal = new GivenUp();
  return { signal, abort: () => signal.abort() };
}
