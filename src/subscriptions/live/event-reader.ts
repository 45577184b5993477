import { CorruptEvent, type Position } from "../../storage/log.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import type { EventLog, LoggedEvent } from "../events/event-log.ts";
import { noteSeen } from "./first-seen.ts";
import type { PortalTail } from "./portal-tail.ts";
import type { ReadingTurns } from "./reading-turns.ts";

/** Events taken from the log at a time by a reader that is behind; all that it holds while its client does not read. */
const CATCH_UP_LIMIT = 64;
/** Events that a reader takes before it lets others go on. */
const TURN_LIMIT = 64;
/** Events that are looked at before it is their turn. */
const AHEAD_LIMIT = 64;
const PAUSE_MS = 300;
/** An answer of the portal that was asked for longer ago says nothing about what is read back now. */
const ANSWERS_HOLD_MS = 10_000;

/**
 * Reads one portal's log from a position on, at the pace of whoever takes from it. A position, not a queue: it holds a bounded piece of the
 * log whatever happens, and one that falls behind reads back from the log. Works without promises as long as it is up to date, since
 * thousands of them read each event.
 */
export interface EventReader {
  /** The next event, where there is one in memory. */
  take(): LoggedEvent | undefined;
  /**
   * To be called when there was nothing to take. The promise resolves when it is worth trying again; it rejects with `EventsTrimmed` when
   * events at the reader's place are gone, with `LogReplaced` when the whole log is, or with the log's error. Undefined: there is nothing newer, and `moved` is called once there is.
   */
  wait(moved: () => void): Promise<void> | undefined;
  /** Whether more events are in memory. */
  hasMore(): boolean;
  /** Events that will be taken after a position, without taking them: in memory, and a few at most. */
  ahead(after: Position): Iterable<LoggedEvent>;
  close(): void;
}

export function createEventReader(
  log: EventLog,
  portal: string,
  tail: PortalTail,
  turns: ReadingTurns,
  from: Position,
): EventReader {
  let position = from;
  let held: readonly LoggedEvent[] = [];
  let heldIndex = 0;
  let wake: (() => void) | undefined;
  let takenInTurn = 0;

  function hold(events: readonly LoggedEvent[]): void {
    held = events;
    heldIndex = 0;
  }

  /**
   * What is read back came long ago: answers that were asked for since then tell of it. Else each piece of the log would wait for answers of
   * its own, and a reader that is behind never catch up.
   */
  async function read(): Promise<readonly LoggedEvent[]> {
    const events = await log.read(portal, position, CATCH_UP_LIMIT, tail.log);
    const oldest = performance.now() - ANSWERS_HOLD_MS;
    for (const logged of events) noteSeen(logged, Math.max(oldest, tail.knownSince(logged.position)));
    return events;
  }

  function next(): LoggedEvent | undefined {
    if (heldIndex < held.length) return held[heldIndex++];
    return tail.covers(position) ? tail.next(position) : undefined;
  }

  async function readBack(): Promise<void> {
    try {
      hold(await read());
      if (held.length === 0) await passUnknown();
    } catch (error) {
      if (error instanceof CorruptEvent) position = error.position;
      else if (error instanceof StorageUnavailable) await pause();
      else throw error;
    }
  }

  /** Only kinds that this version does not know lie between here and the head. */
  async function passUnknown(): Promise<void> {
    const head = await log.head(portal);
    // Once more, for what came before the head was asked for.
    hold(await read());
    if (held.length > 0) return;
    position = Math.max(position, head);
    if (!tail.covers(position)) await pause();
  }

  /** Of a log that is away and comes back, or that is no longer the one which the tail has read. */
  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      tail.wake(moved);
    });
  }

  function moved(): void {
    const waiting = wake;
    wake = undefined;
    waiting?.();
  }

  return {
    take() {
      if (takenInTurn === TURN_LIMIT) return undefined;
      const event = next();
      if (event === undefined) return undefined;
      takenInTurn += 1;
      position = event.position;
      return event;
    },
    wait(whenMoved) {
      const hasMore = heldIndex < held.length || !tail.covers(position) || tail.next(position) !== undefined;
      if (!hasMore) {
        hold([]);
        takenInTurn = 0;
        // Nothing can come between the look and this.
        wake = whenMoved;
        tail.wake(moved);
        return undefined;
      }
      if (takenInTurn < TURN_LIMIT) return readBack();
      takenInTurn = 0;
      return turns.next();
    },
    hasMore: () => heldIndex < held.length || (tail.covers(position) && tail.next(position) !== undefined),
    *ahead(after) {
      let from = Math.max(position, after);
      let left = AHEAD_LIMIT;
      for (let index = heldIndex; index < held.length && left > 0; index += 1) {
        const event = held[index];
        if (event === undefined || event.position <= from) continue;
        from = event.position;
        left -= 1;
        yield event;
      }
      while (left > 0 && heldIndex >= held.length && tail.covers(from)) {
        const event = tail.next(from);
        if (event === undefined) return;
        from = event.position;
        left -= 1;
        yield event;
      }
    },
    close() {
      tail.forget(moved);
      held = [];
      moved();
    },
  };
}
