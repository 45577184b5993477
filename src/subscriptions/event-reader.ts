import type { EventLog, LoggedEvent, Position } from "./event-log.ts";
import type { PortalTail } from "./portal-tail.ts";

/** The reader's place is no longer in the log: events between it and the oldest kept one are gone. */
export class EventsLost extends Error {
  readonly oldest: Position;
  readonly head: Position;
  constructor(oldest: Position, head: Position) {
    super("Events after the given cursor are no longer kept.");
    this.name = "EventsLost";
    this.oldest = oldest;
    this.head = head;
  }
}

/** Events taken from the log at a time by a reader that is behind; all that it holds while its client does not read. */
const CATCH_UP_LIMIT = 64;

/**
 * Reads one portal's log from a position on, at the pace of whoever calls `next`. A position, not a queue: it holds a bounded piece of the
 * log whatever happens, and one that falls behind reads back from the log.
 */
export interface EventReader {
  readonly position: Position;
  /** The next event; undefined once closed. Rejects with `EventsLost`, or with the log's error. */
  next(): Promise<LoggedEvent | undefined>;
  close(): void;
}

export function createEventReader(log: EventLog, portal: string, tail: PortalTail, from: Position): EventReader {
  let position = from;
  let held: readonly LoggedEvent[] = [];
  let heldIndex = 0;
  let closed = false;
  let abandonWait: (() => void) | undefined;

  function takeHeld(): LoggedEvent | undefined {
    const event = held[heldIndex];
    if (event === undefined) return undefined;
    heldIndex += 1;
    position = event.position;
    return event;
  }

  function hold(events: readonly LoggedEvent[]): void {
    held = events;
    heldIndex = 0;
  }

  async function readBack(): Promise<void> {
    const events = await log.read(portal, position, CATCH_UP_LIMIT);
    const next = events[0]?.position;
    if (next !== position + 1) {
      const [oldest, head] = await Promise.all([log.oldest(portal), log.head(portal)]);
      if (position < oldest || next === undefined) throw new EventsLost(oldest, head);
    }
    hold(events);
  }

  return {
    get position() {
      return position;
    },
    async next() {
      for (;;) {
        if (closed) return undefined;
        const event = takeHeld();
        if (event !== undefined) return event;
        const recent = tail.after(position, CATCH_UP_LIMIT);
        if (recent === undefined) {
          await readBack();
        } else if (recent.length > 0) {
          hold(recent);
        } else {
          const { happened, abandon } = tail.wait(position);
          abandonWait = abandon;
          await happened;
          abandonWait = undefined;
        }
      }
    },
    close() {
      closed = true;
      hold([]);
      abandonWait?.();
    },
  };
}
