import type { Position } from "../../storage/log.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import type { EventLog, LoggedEvent } from "../events/event-log.ts";
import { noteSeen } from "./first-seen.ts";
import { HeldPage, type PassedEvent, type Wanted } from "./held-page.ts";
import type { PortalTail } from "./portal-tail.ts";
import type { ReadingTurns } from "./reading-turns.ts";

/** Events taken from the log at a time by a reader that is behind; all that it holds while its client does not read. */
const CATCH_UP_LIMIT = 64;
/** Of a log of which little is wanted, so many at most. */
const WIDE_LIMIT = 256;
/** Events that a reader takes, or begins to decide upon, before it lets others go on: about a millisecond. */
export const TURN_LIMIT = 16;
/** As a part of one counts each event that is read back, and each that is passed over. */
const READING_COUNTS = 1 / 16;
const PASSING_COUNTS = 1 / 16;
/** Events that are looked at before it is their turn. */
const AHEAD_LIMIT = 64;
const PAUSE_MS = 300;
/** An answer of the portal that was asked for longer ago says nothing about what is read back now. */
const ANSWERS_HOLD_MS = 60_000;

/**
 * Reads one portal's log from a position on, at the pace of whoever takes from it. A position, not a queue: it holds a bounded piece of the
 * log whatever happens, and one that falls behind reads back from the log. Works without promises as long as it is up to date, since
 * thousands of them read each event.
 */
export interface EventReader {
  /** Up to where it has read. */
  readonly position: Position;
  /** The next event, where there is one in memory. */
  take(): LoggedEvent | undefined;
  /** The next event where it is not wanted, and such are counted; to be called before `take`. */
  passOver(): PassedEvent | undefined;
  /**
   * To be called when there was nothing to take. The promise resolves when it is worth trying again; it rejects with `EventsTrimmed` when
   * events at the reader's place are gone, with `LogReplaced` when the whole log is, or with the log's error. Undefined: there is nothing newer.
   */
  more(): Promise<void> | undefined;
  /** Like `more`; when there is nothing newer, `moved` is called once there is. */
  wait(moved: () => void): Promise<void> | undefined;
  /** Whether more events are in memory. */
  hasMore(): boolean;
  /** Events that will be taken, after a position and without taking them: in memory, and a few at most. */
  ahead(after: Position): Iterable<LoggedEvent>;
  /** Resolves when others have had their turn. */
  turn(): Promise<void>;
  /** Goes on behind a position: up to there everything was taken elsewhere. */
  passTo(position: Position): void;
  close(): void;
}

/** What all readers of a portal's log share. */
export interface ReadingPlace {
  readonly log: EventLog;
  readonly portal: string;
  readonly tail: PortalTail;
  readonly turns: ReadingTurns;
}

/** `wanted`: what of the log is handed out; all of it without. */
export function createEventReader(place: ReadingPlace, from: Position, wanted?: Wanted): EventReader {
  return new Reader(place, from, wanted);
}

/** A class, because there is one for each of thousands of subscriptions: methods are shared, closures are not. */
class Reader implements EventReader {
  readonly #place: ReadingPlace;
  readonly #wanted: Wanted | undefined;
  #position: Position;
  #held: HeldPage | undefined;
  #limit = CATCH_UP_LIMIT;
  #wake: (() => void) | undefined;
  /** What the tail calls; made when it has to call for the first time. */
  #moved: (() => void) | undefined;
  #takenInTurn = 0;

  constructor(place: ReadingPlace, from: Position, wanted: Wanted | undefined) {
    this.#place = place;
    this.#wanted = wanted;
    this.#position = from;
  }

  get position(): Position {
    return this.#position;
  }

  take(): LoggedEvent | undefined {
    const event = this.#takenInTurn < TURN_LIMIT ? this.#next() : undefined;
    if (event === undefined) return undefined;
    this.#takenInTurn += 1;
    this.#position = event.position;
    return event;
  }

  passOver(): PassedEvent | undefined {
    const event = this.#takenInTurn < TURN_LIMIT ? this.#held?.passOver() : undefined;
    if (event === undefined) return undefined;
    this.#takenInTurn += PASSING_COUNTS;
    this.#position = event.position;
    return event;
  }

  more(): Promise<void> | undefined {
    const { tail, turns } = this.#place;
    const isUpToDate = !this.#holdsMore() && tail.covers(this.#position) && tail.next(this.#position) === undefined;
    if (isUpToDate) {
      this.#takenInTurn = 0;
      return undefined;
    }
    if (this.#takenInTurn < TURN_LIMIT) return this.#readBack();
    this.#takenInTurn = 0;
    return turns.next();
  }

  wait(moved: () => void): Promise<void> | undefined {
    const more = this.more();
    // Nothing can come between the look and this.
    if (more === undefined) this.#wakeBy(moved);
    return more;
  }

  hasMore(): boolean {
    const { tail } = this.#place;
    return this.#holdsMore() || (tail.covers(this.#position) && tail.next(this.#position) !== undefined);
  }

  *ahead(after: Position): Iterable<LoggedEvent> {
    const held = this.#holdsMore() ? this.#held : undefined;
    const events = held?.ahead() ?? inMemory(this.#place.tail, this.#position, AHEAD_LIMIT);
    for (const event of events) if (event.position > after) yield event;
  }

  turn(): Promise<void> {
    return this.#place.turns.next();
  }

  passTo(position: Position): void {
    if (position <= this.#position) return;
    this.#position = position;
    this.#held = undefined;
  }

  close(): void {
    if (this.#moved !== undefined) this.#place.tail.forget(this.#moved);
    this.#held = undefined;
    this.#wakeUp();
  }

  /** Whether something is held; what was held to its end is let go of. */
  #holdsMore(): boolean {
    const held = this.#held;
    if (held === undefined) return false;
    if (held.hasNext()) return true;
    this.#position = Math.max(this.#position, held.end);
    this.#held = undefined;
    return false;
  }

  /**
   * Holds the next piece of the log; false where there is none. What is read back came long ago: answers that were asked for since then tell of
   * it. Else each piece of the log would wait for answers of its own, and a reader that is behind never catch up.
   */
  async #read(): Promise<boolean> {
    const { log, portal, tail } = this.#place;
    const page = await log.readKept(portal, this.#position, this.#limit, tail.log);
    const oldest = performance.now() - ANSWERS_HOLD_MS;
    const held = new HeldPage(page, this.#wanted, (logged) =>
      noteSeen(logged, Math.max(oldest, tail.knownSince(logged.position))),
    );
    this.#held = held;
    this.#takenInTurn += page.length * READING_COUNTS;
    // No more are held, since most are passed over.
    const isSparse = held.length * 4 < page.length;
    this.#limit = isSparse ? Math.min(WIDE_LIMIT, this.#limit * 2) : CATCH_UP_LIMIT;
    return page.length > 0;
  }

  #next(): LoggedEvent | undefined {
    if (this.#holdsMore()) return this.#held?.take();
    const { tail } = this.#place;
    return tail.covers(this.#position) ? tail.next(this.#position) : undefined;
  }

  async #readBack(): Promise<void> {
    try {
      while (!this.#holdsMore() && this.#takenInTurn < TURN_LIMIT) {
        if (await this.#read()) continue;
        await this.#passUnknown();
        return;
      }
    } catch (error) {
      if (error instanceof StorageUnavailable) await this.#pause();
      else throw error;
    }
  }

  /** Only kinds that this version does not know lie between here and the head. */
  async #passUnknown(): Promise<void> {
    const { log, portal, tail } = this.#place;
    const head = await log.head(portal);
    // Once more, for what came before the head was asked for.
    if (await this.#read()) return;
    this.#position = Math.max(this.#position, head);
    if (!tail.covers(this.#position)) await this.#pause();
  }

  /** Of a log that is away and comes back, or that is no longer the one which the tail has read. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      this.#wakeBy(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wakeBy(wake: () => void): void {
    this.#wake = wake;
    this.#moved ??= () => this.#wakeUp();
    this.#place.tail.wake(this.#moved);
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Events behind a position that are in a tail's memory, so many at most. */
export function* inMemory(tail: PortalTail, after: Position, most: number): Iterable<LoggedEvent> {
  let from = after;
  for (let left = most; left > 0 && tail.covers(from); left -= 1) {
    const event = tail.next(from);
    if (event === undefined) return;
    from = event.position;
    yield event;
  }
}
