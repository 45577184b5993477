import { guard } from "../../process/guard.ts";
import type { LiveResult } from "../../subscriptions/live/live-result.ts";

/** Where results are written to: the part of a TCP socket that is needed. */
export interface Outlet {
  /** Bytes that were written and are not with the system yet. */
  readonly writableLength: number;
  write(bytes: Buffer, written?: (error?: Error | null) => void): boolean;
}

/** How results become bytes. `Key`: what differs between those who get the same one. */
export interface ResultForm<Key> {
  length(result: LiveResult, key: Key): number;
  /** Puts it into a buffer; returns the place behind it. */
  copy(result: LiveResult, key: Key, target: Buffer, at: number): number;
  /** It alone, in a buffer that is good until the next call, and for ever after a call of `keep`. */
  alone(result: LiveResult, key: Key): Buffer;
  /** The system has not taken what `alone` gave last: it lies in an outlet's queue. */
  keep(): void;
}

export interface GatheredWrites<Key> {
  /**
   * Writes a result soon, with those that come in the same turn, in one call of the system. Undefined while the client keeps up; for one that
   * does not read, a promise that resolves when the system has taken the result, and rejects when it cannot.
   */
  add(result: LiveResult, key: Key): Promise<void> | undefined;
  /** Writes at once what waits: to be called before anything else is written. */
  flush(): void;
}

/** Bytes that may wait for a client before the next result waits for it to read. */
export const MAX_UNREAD_BYTES = 32 * 1024;

/** Those with something to write at the end of this turn, together. */
let due: { flush(): void }[] = [];

/** An event for ten thousand takes a tenth of a second to write: for so many milliseconds at a time, so that others have their turns. */
const SLICE_MS = 10;
/** So many are written to between two looks at the clock. */
const LOOK_EVERY = 64;

/** Where one outlet breaks the others are written to all the same. */
const flushFrom = guard("writing to a client", (flushing: typeof due, progress: { at: number }, until: number) => {
  while (progress.at < flushing.length) {
    flushing[progress.at++]?.flush();
    if (progress.at % LOOK_EVERY === 0 && performance.now() >= until) return;
  }
});

function flushSlice(flushing: typeof due, progress: { at: number }): void {
  const until = performance.now() + SLICE_MS;
  let isOver = false;
  while (progress.at < flushing.length && !isOver) {
    flushFrom(flushing, progress, until);
    isOver = progress.at % LOOK_EVERY === 0 && performance.now() >= until;
  }
  if (progress.at < flushing.length)
    setImmediate(guard("writing on to those who listen", () => flushSlice(flushing, progress)));
}

const flushDue = guard("writing to those who listen", () => {
  const flushing = due;
  due = [];
  flushSlice(flushing, { at: 0 });
});

/** `isOpen`: whether results may still be written; what waits is dropped when not. */
export function gatherWrites<Key>(outlet: Outlet, form: ResultForm<Key>, isOpen: () => boolean): GatheredWrites<Key> {
  return new Gathered(outlet, form, isOpen);
}

interface Waiting<Key> {
  readonly result: LiveResult;
  readonly key: Key;
}

/** A class: there are thousands, and each event passes through all of them. */
class Gathered<Key> implements GatheredWrites<Key> {
  readonly #outlet: Outlet;
  readonly #form: ResultForm<Key>;
  readonly #isOpen: () => boolean;
  #first: Waiting<Key> | undefined;
  /** What came behind the first. */
  #more: Waiting<Key>[] | undefined;
  #bytes = 0;

  constructor(outlet: Outlet, form: ResultForm<Key>, isOpen: () => boolean) {
    this.#outlet = outlet;
    this.#form = form;
    this.#isOpen = isOpen;
  }

  add(result: LiveResult, key: Key): Promise<void> | undefined {
    if (this.#bytes + this.#outlet.writableLength >= MAX_UNREAD_BYTES) {
      this.flush();
      if (this.#outlet.writableLength >= MAX_UNREAD_BYTES) {
        if (!this.#isOpen()) return undefined;
        return new Promise((resolve, reject) => {
          this.#writeAlone(result, key, (error) => (error === undefined || error === null ? resolve() : reject(error)));
        });
      }
    }
    if (this.#first === undefined) {
      // Behind all that is decided in this turn.
      if (due.length === 0) process.nextTick(flushDue);
      due.push(this);
      this.#first = { result, key };
    } else {
      this.#more ??= [];
      this.#more.push({ result, key });
    }
    this.#bytes += this.#form.length(result, key);
    return undefined;
  }

  flush(): void {
    const first = this.#first;
    const more = this.#more;
    const bytes = this.#bytes;
    if (first === undefined) return;
    this.#first = undefined;
    this.#more = undefined;
    this.#bytes = 0;
    if (!this.#isOpen()) return;
    if (more === undefined) {
      this.#writeAlone(first.result, first.key);
      return;
    }
    const target = Buffer.allocUnsafe(bytes);
    let at = this.#form.copy(first.result, first.key, target, 0);
    for (const { result, key } of more) at = this.#form.copy(result, key, target, at);
    this.#outlet.write(target);
  }

  #writeAlone(result: LiveResult, key: Key, written?: (error?: Error | null) => void): void {
    this.#outlet.write(this.#form.alone(result, key), written);
    if (this.#outlet.writableLength > 0) this.#form.keep();
  }
}
