import { guard } from "./guard.ts";

/** Whether something is given up. The part of an `AbortSignal` that is needed; each of those is one too. */
export interface LightSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface LightAbort {
  readonly signal: LightSignal;
  readonly abort: () => void;
}

/**
 * For what is made for each request: an `AbortController` costs as much as all else that a small operation needs. A class, because each object
 * literal with a getter gets a hidden class of its own, which keeps all that its request had alive until the next large collection.
 */
class Signal implements LightSignal {
  #listeners: Set<() => void> | undefined;
  #aborted = false;
  readonly #deadlineAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(deadlineAt: number) {
    this.#deadlineAt = deadlineAt;
  }

  get aborted(): boolean {
    return this.#aborted || (this.#deadlineAt !== Number.POSITIVE_INFINITY && performance.now() >= this.#deadlineAt);
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    if (this.#timer !== undefined || this.#aborted || this.#deadlineAt === Number.POSITIVE_INFINITY) return;
    const end = guard("a deadline", () => this.abort());
    this.#timer = setTimeout(end, Math.max(0, Math.ceil(this.#deadlineAt - performance.now())));
    this.#timer.unref();
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    clearTimeout(this.#timer);
    for (const listener of [...(this.#listeners ?? [])]) listener();
    this.#listeners?.clear();
  }

  /** Nobody waits for the deadline any more. */
  settle(): void {
    clearTimeout(this.#timer);
  }
}

export function createLightSignal(): LightAbort {
  const signal = new Signal(Number.POSITIVE_INFINITY);
  return { signal, abort: () => signal.abort() };
}

/**
 * A signal that also fires at a time of `performance.now()`. There is a timer only once somebody listens: most operations wait for nothing.
 * `settle` ends the timer.
 */
export function createDeadlineSignal(deadlineAt: number): LightAbort & { readonly settle: () => void } {
  const signal = new Signal(deadlineAt);
  return { signal, abort: () => signal.abort(), settle: () => signal.settle() };
}
