import { CorruptEvent, type EventLog, type LoggedEvent, LogUnavailable, type Position } from "./event-log.ts";
import type { PortalTail } from "./portal-tail.ts";
import type { ReadingTurns } from "./reading-turns.ts";

/** Events taken from the log at a time by a reader that is behind; all that it holds while its client does not read. */
const CATCH_UP_LIMIT = 64;
const LOG_AWAY_MS = 300;

/**
 * Reads one portal's log from a position on, at the pace of whoever calls `next`. A position, not a queue: it holds a bounded piece of the
 * log whatever happens, and one that falls behind reads back from the log.
 */
export interface EventReader {
  /** The next event, at once where there is one in memory; undefined once closed. Rejects with `EventsTrimmed` when events at its place are gone, or with the log's error. */
  next(): LoggedEvent | Promise<LoggedEvent | undefined>;
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
  let closed = false;
  let wake: (() => void) | undefined;
  let isBehind = false;

  function hold(events: readonly LoggedEvent[]): void {
    held = events;
    heldIndex = 0;
  }

  async function readBack(): Promise<readonly LoggedEvent[]> {
    try {
      const events = await log.read(portal, position, CATCH_UP_LIMIT);
      // Only kinds that this version does not know lie between here and the head.
      if (events.length === 0) position = await log.head(portal);
      return events;
    } catch (error) {
      if (error instanceof CorruptEvent) position = error.position;
      else if (error instanceof LogUnavailable) await pause();
      else throw error;
      return [];
    }
  }

  /** A log that is away comes back; whoever reads it waits. */
  async function pause(): Promise<void> {
    const timer = setTimeout(() => wake?.(), LOG_AWAY_MS);
    await moved();
    clearTimeout(timer);
  }

  function takeHeld(): LoggedEvent | undefined {
    const event = held[heldIndex];
    if (event === undefined) return undefined;
    heldIndex += 1;
    position = event.position;
    return event;
  }

  /** Resolves when the tail has something new, or the reader is closed. */
  function moved(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
    });
  }

  async function readOn(): Promise<LoggedEvent | undefined> {
    while (!closed) {
      if (isBehind) await turns.next();
      const recent = tail.after(position, CATCH_UP_LIMIT);
      if (recent?.length === 0) {
        isBehind = false;
        // Nothing can come between the look above and this.
        await moved();
        continue;
      }
      const events = recent ?? (await readBack());
      isBehind = events.length === CATCH_UP_LIMIT;
      hold(closed ? [] : events);
      const event = takeHeld();
      if (event !== undefined) return event;
    }
    return undefined;
  }

  const unlisten = tail.listen(() => wake?.());

  return {
    next: () => takeHeld() ?? readOn(),
    close() {
      closed = true;
      unlisten();
      hold([]);
      wake?.();
    },
  };
}
