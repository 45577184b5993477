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
let due: (() => void)[] = [];

const flushDue = guard("writing to those who listen", () => {
  const flushing = due;
  due = [];
  for (const flush of flushing) flush();
});

/** `isOpen`: whether results may still be written; what waits is dropped when not. */
export function gatherWrites<Key>(outlet: Outlet, form: ResultForm<Key>, isOpen: () => boolean): GatheredWrites<Key> {
  let waiting: { readonly result: LiveResult; readonly key: Key }[] = [];
  let bytes = 0;

  function flush(): void {
    const [first] = waiting;
    if (first === undefined) return;
    const results = waiting;
    const length = bytes;
    waiting = [];
    bytes = 0;
    if (!isOpen()) return;
    if (results.length === 1) {
      writeAlone(first.result, first.key);
      return;
    }
    const target = Buffer.allocUnsafe(length);
    let at = 0;
    for (const { result, key } of results) at = form.copy(result, key, target, at);
    outlet.write(target);
  }

  function writeAlone(result: LiveResult, key: Key, written?: (error?: Error | null) => void): void {
    outlet.write(form.alone(result, key), written);
    if (outlet.writableLength > 0) form.keep();
  }

  // Where one outlet breaks the others are written to all the same.
  const flushGuarded = guard("writing to a client", flush);

  return {
    add(result, key) {
      if (bytes + outlet.writableLength >= MAX_UNREAD_BYTES) {
        flush();
        if (outlet.writableLength >= MAX_UNREAD_BYTES) {
          if (!isOpen()) return undefined;
          return new Promise((resolve, reject) => {
            writeAlone(result, key, (error) => (error === undefined || error === null ? resolve() : reject(error)));
          });
        }
      }
      if (waiting.length === 0) {
        // Behind all that is decided in this turn.
        if (due.length === 0) process.nextTick(flushDue);
        due.push(flushGuarded);
      }
      waiting.push({ result, key });
      bytes += form.length(result, key);
      return undefined;
    },
    flush,
  };
}
