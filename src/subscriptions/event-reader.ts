import { CorruptEvent, type EventLog, type LoggedEvent, LogUnavailable, type Position } from "./event-log.ts";
import type { PortalTail } from "./portal-tail.ts";
import type { ReadingTurns } from "./reading-turns.ts";

/** Events taken from the log at a time by a reader that is behind; all that it holds while its client does not read. */
const CATCH_UP_LIMIT = 64;
const LOG_AWAY_MS = 300;

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
   * events at the reader's place are gone, or with the log's error. Undefined: there is nothing newer, and `moved` is called once there is.
   */
  wait(moved: () => void): Promise<void> | undefined;
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
  let isBehind = false;

  function hold(events: readonly LoggedEvent[]): void {
    held = events;
    heldIndex = 0;
    isBehind = events.length === CATCH_UP_LIMIT;
  }

  function takeHeld(): LoggedEvent | undefined {
    const event = held[heldIndex];
    if (event === undefined) return undefined;
    heldIndex += 1;
    position = event.position;
    return event;
  }

  async function takeTurn(): Promise<void> {
    await turns.next();
    isBehind = false;
  }

  async function readBack(): Promise<void> {
    try {
      const events = await log.read(portal, position, CATCH_UP_LIMIT);
      // Only kinds that this version does not know lie between here and the head.
      if (events.length === 0) position = await log.head(portal);
      hold(events);
    } catch (error) {
      if (error instanceof CorruptEvent) position = error.position;
      else if (error instanceof LogUnavailable) await logAway();
      else throw error;
    }
  }

  /** A log that is away comes back; whoever reads it waits. */
  function logAway(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOG_AWAY_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function moved(): void {
    const waiting = wake;
    wake = undefined;
    waiting?.();
  }

  const unlisten = tail.listen(moved);

  return {
    take() {
      const event = takeHeld();
      // Whoever is behind waits for its turn before it goes on with the next piece.
      if (event !== undefined || isBehind) return event;
      const recent = tail.after(position, CATCH_UP_LIMIT);
      if (recent === undefined || recent.length === 0) return undefined;
      hold(recent);
      return takeHeld();
    },
    wait(whenMoved) {
      if (isBehind) return takeTurn();
      const recent = tail.after(position, 1);
      if (recent === undefined) return readBack();
      if (recent.length > 0) return Promise.resolve();
      // Nothing can come between the look and this.
      wake = whenMoved;
      return undefined;
    },
    close() {
      unlisten();
      held = [];
      moved();
    },
  };
}
