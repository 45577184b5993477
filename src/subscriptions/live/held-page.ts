import { CorruptEvent, type Position } from "../../storage/log.ts";
import { receivedAtOf } from "../../storage/log-record.ts";
import type { KeptStoredEvent, LoggedEvent } from "../events/event-log.ts";

/** What of the log a reader wants. */
export interface Wanted {
  /** Whether it may want a kept event, told from its text; false is sure. */
  mayWant(text: string): boolean;
  /** It is to be told of each event that it does not want. */
  readonly countsPassed: boolean;
}

/** An event that is not wanted, and was not decoded to find that out. */
export interface PassedEvent {
  readonly position: Position;
  readonly receivedAt: Date;
  readonly isPassed: true;
}

/** A piece of the log that a reader holds: encoded, until one is taken or looked at. */
export class HeldPage {
  readonly #events: (KeptStoredEvent | LoggedEvent | PassedEvent)[] = [];
  readonly #decoded: (logged: LoggedEvent) => void;
  #next = 0;
  /** Everything up to here is in it, or is not wanted. */
  readonly end: Position;

  /** `decoded` is told of each event that is decoded. */
  constructor(page: readonly KeptStoredEvent[], wanted: Wanted | undefined, decoded: (logged: LoggedEvent) => void) {
    this.#decoded = decoded;
    this.end = page.at(-1)?.position ?? 0;
    for (const kept of page) {
      const receivedAt = wanted === undefined || wanted.mayWant(kept.text) ? undefined : receivedAtOf(kept.text);
      if (receivedAt === undefined) this.#events.push(kept);
      else if (wanted?.countsPassed === true)
        this.#events.push({ position: kept.position, receivedAt, isPassed: true });
    }
  }

  /** How many it holds. */
  get length(): number {
    return this.#events.length;
  }

  /** Whether there is something to take. What is not known to this version, or cannot be decoded, is left out. */
  hasNext(): boolean {
    while (this.#next < this.#events.length) {
      if (this.#at(this.#next) !== undefined) return true;
      this.#next += 1;
    }
    return false;
  }

  /** The next one where it is wanted. */
  take(): LoggedEvent | undefined {
    const found = this.hasNext() ? this.#at(this.#next) : undefined;
    if (found === undefined || "isPassed" in found) return undefined;
    this.#next += 1;
    return found;
  }

  /** The next one where it is not. */
  passOver(): PassedEvent | undefined {
    const found = this.#events[this.#next];
    if (found === undefined || !("isPassed" in found)) return undefined;
    this.#next += 1;
    return found;
  }

  /** Wanted events that will be taken. */
  *ahead(): Iterable<LoggedEvent> {
    for (let index = this.#next; index < this.#events.length; index += 1) {
      const found = this.#at(index);
      if (found !== undefined && !("isPassed" in found)) yield found;
    }
  }

  #at(index: number): LoggedEvent | PassedEvent | undefined {
    const held = this.#events[index];
    if (held === undefined || !("decode" in held)) return held;
    const logged = decode(held);
    if (logged === null) return undefined;
    this.#decoded(logged);
    this.#events[index] = logged;
    return logged;
  }
}

/** What cannot be decoded is passed over: reading on behind it is possible. */
function decode(kept: KeptStoredEvent): LoggedEvent | null {
  try {
    return kept.decode();
  } catch (error) {
    if (error instanceof CorruptEvent) return null;
    throw error;
  }
}
