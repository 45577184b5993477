import type { EventLog, LoggedEvent, Position } from "./event-log.ts";

/** The newest events of one portal in memory, read from the log once for all readers that are up to date. */
export interface PortalTail {
  /** Events after a position, at most `limit`; undefined when the position lies before what is in memory. */
  after(position: Position, limit: number): readonly LoggedEvent[] | undefined;
  /** Resolves when there is something after the position, or when `abandoned` is called on the returned wait. */
  wait(position: Position): { readonly happened: Promise<void>; abandon(): void };
  /** Newest position read so far. */
  head(): Position;
  close(): void;
}

/** Events kept in memory for each portal that somebody listens to. A reader further behind reads from the log. */
const WINDOW = 1_024;
const READ_LIMIT = 256;
/** A failed read of the log is tried again after this; the log's own follower usually calls earlier. */
const RETRY_MS = 500;

/** Begins at the log's head: what is older is read back from the log. */
export async function openPortalTail(
  log: EventLog,
  portal: string,
  onError: (error: unknown) => void,
): Promise<PortalTail> {
  let events: LoggedEvent[] = [];
  let reading = false;
  let again = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let head: Position | undefined;
  let start: Position = 0;
  const waiting = new Set<{ readonly position: Position; readonly wake: () => void }>();

  // Followed before the head is asked for, so that nothing falls between the two.
  const unfollow = log.follow(portal, () => void fill());
  try {
    head = await log.head(portal);
    start = head;
  } catch (error) {
    unfollow();
    throw error;
  }

  async function fill(): Promise<void> {
    if (closed || head === undefined) return;
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      do {
        again = false;
        const read = await log.read(portal, head, READ_LIMIT);
        if (read.length === READ_LIMIT) again = true;
        head = take(read, head);
      } while (again && !closed);
    } catch (error) {
      onError(error);
      clearTimeout(retry);
      retry = setTimeout(() => void fill(), RETRY_MS);
    } finally {
      reading = false;
    }
  }

  /** Keeps what was read after `from`; returns the new head. */
  function take(read: readonly LoggedEvent[], from: Position): Position {
    const last = read.at(-1);
    if (last === undefined) return from;
    // Trimmed or purged under us: what is in memory no longer connects to what comes.
    if (read[0]?.position !== from + 1) {
      events = [];
      start = (read[0]?.position ?? 1) - 1;
    }
    events.push(...read);
    if (events.length > WINDOW) {
      const dropped = events.splice(0, events.length - WINDOW);
      start = dropped.at(-1)?.position ?? start;
    }
    for (const waiter of [...waiting]) {
      if (waiter.position < last.position) {
        waiting.delete(waiter);
        waiter.wake();
      }
    }
    return last.position;
  }

  void fill();

  return {
    after(position, limit) {
      if (position < start) return undefined;
      const from = position - start;
      return events.slice(from, from + limit);
    },
    wait(position) {
      if (position < (head ?? 0) || closed) return { happened: Promise.resolve(), abandon: () => {} };
      let wake = (): void => {};
      const happened = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const waiter = { position, wake };
      waiting.add(waiter);
      return {
        happened,
        abandon() {
          waiting.delete(waiter);
          wake();
        },
      };
    },
    head: () => head ?? 0,
    close() {
      closed = true;
      clearTimeout(retry);
      unfollow();
      for (const waiter of waiting) waiter.wake();
      waiting.clear();
    },
  };
}
