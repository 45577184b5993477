import { setImmediate as nextTurn } from "node:timers/promises";
import { guard } from "../../process/guard.ts";
import { type AppendedEvents, CorruptEvent, EventsTrimmed, LogReplaced, type Position } from "../../storage/log.ts";
import type { EventLog, LoggedEvent } from "../events/event-log.ts";
import type { StoredEvent } from "../events/stored-event.ts";

/** The newest events of one portal in memory, read from the log once for all readers that are up to date. */
export interface PortalTail {
  /** Name of the log that it reads. */
  readonly log: string;
  /** Whether everything after a position is in memory. */
  covers(position: Position): boolean;
  /** The event after a position that is covered; undefined when it is the newest. */
  next(position: Position): LoggedEvent | undefined;
  /**
   * Since when, in milliseconds of this process's monotonic clock, the event at a position has been known to be in the log. Later than that is
   * possible for one that is far behind, earlier is not.
   */
  knownSince(position: Position): number;
  /** Calls back once, when there is something new: whoever does not wait for it is not woken. */
  wake(moved: () => void): void;
  /** It is not called back any more. */
  forget(moved: () => void): void;
  close(): void;
}

export interface TailListeners {
  readonly onEvent?: (portal: string, logged: LoggedEvent) => void;
  /** The log is gone (purged by whatever process, the store emptied): positions begin anew, and its readers wait for nothing. */
  readonly onGone: (portal: string, log: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Events kept in memory for each portal that somebody listens to. A reader further behind reads from the log. */
const WINDOW = 1_024;
/** Events read at a time; before there are more, others have a turn. */
const READ_LIMIT = 64;
/** For how long it is remembered when events came, and how exactly: answers of a busy portal take seconds, and shall still tell of what came before. */
const REMEMBERED_MS = 60_000;
const GRAIN_MS = 50;
const REMEMBERED_READINGS = (2 * REMEMBERED_MS) / GRAIN_MS;
/** A failed read of the log is tried again after this; the log's own follower usually calls earlier. */
const RETRY_MS = 500;
/** Looked at this often even when nothing is heard of it: a store that was emptied tells nobody. */
const LOOK_MS = 5_000;

/** Begins at the log's head: what is older is read back from the log. */
export async function openPortalTail(
  log: EventLog,
  portal: string,
  { onError, onEvent, onGone }: TailListeners,
  now: () => number = () => performance.now(),
): Promise<PortalTail> {
  let events: LoggedEvent[] = [];
  let reading = false;
  let again = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let head: Position | undefined;
  let name = "";
  /** Everything after this position, up to the head, is in `events`. */
  let start: Position = 0;
  /** Who waits for something new; and those of them who are being told, so that none who waits again is told twice. */
  let asleep = new Set<() => void>();
  let waking = new Set<() => void>();
  /** Up to which position the log was known at a time, oldest first. */
  const readings: { readonly upTo: Position; readonly at: number }[] = [];

  /** Of many readings in a short time the last stands for all: what came is taken for younger than it is, never for older. */
  function remember(upTo: Position): void {
    const at = now();
    const beforeLast = readings.at(-2);
    if (beforeLast !== undefined && at - beforeLast.at < GRAIN_MS) readings.pop();
    readings.push({ upTo, at });
    if (readings.length > REMEMBERED_READINGS) readings.shift();
  }

  const fillSoon = guard("reading on in the log", fill);
  // Followed before the head is asked for, so that nothing falls between the two.
  const unfollow = log.follow(portal, changed);
  try {
    const newest = await log.newest(portal);
    head = newest.position;
    start = head;
    name = newest.log;
    remember(head);
  } catch (error) {
    unfollow();
    throw error;
  }

  /** What this process appended is not read back. */
  function changed(appended?: readonly AppendedEvents<StoredEvent>[]): void {
    if (appended === undefined || !isNext(appended)) {
      fillSoon();
      return;
    }
    const next = appended.flatMap(({ events: each }) => each);
    head = next.at(-1)?.position ?? head;
    keep(next);
  }

  /** Whether it goes on where the tail ends, and is not more than others should wait for. */
  function isNext(appended: readonly AppendedEvents<StoredEvent>[]): boolean {
    if (closed || reading || head === undefined) return false;
    let from = head;
    let count = 0;
    for (const { log: of, events: next } of appended) {
      if (of !== name || next[0]?.position !== from + 1) return false;
      from += next.length;
      count += next.length;
    }
    return count <= READ_LIMIT;
  }

  async function fill(): Promise<void> {
    if (closed || head === undefined) return;
    again = true;
    if (reading) return;
    reading = true;
    try {
      while (again && !closed) {
        again = false;
        const from = head;
        head = await readOn(from);
        if (head - from >= READ_LIMIT) await nextTurn();
      }
    } catch (error) {
      // The storage may be closed as soon as nobody listens.
      if (closed) return;
      onError(error);
      clearTimeout(retry);
      retry = setTimeout(fillSoon, RETRY_MS);
    } finally {
      reading = false;
    }
  }

  /** Reads what follows a position; returns the new head. */
  async function readOn(from: Position): Promise<Position> {
    try {
      const read = await log.read(portal, from, READ_LIMIT, name);
      if (read.length === READ_LIMIT) again = true;
      keep(read);
      return read.at(-1)?.position ?? from;
    } catch (error) {
      if (error instanceof LogReplaced) {
        if (!closed) {
          end();
          onGone(portal, name);
        }
        return from;
      }
      if (error instanceof CorruptEvent) {
        onError(error);
        again = true;
        return error.position;
      }
      if (!(error instanceof EventsTrimmed)) throw error;
      // Trimmed under us: what is in memory no longer connects to what comes.
      events = [];
      start = error.oldest;
      again = true;
      return error.oldest;
    }
  }

  function keep(read: readonly LoggedEvent[]): void {
    const newest = read.at(-1)?.position;
    if (newest === undefined) return;
    remember(newest);
    events.push(...read);
    if (events.length > WINDOW) start = events.splice(0, events.length - WINDOW).at(-1)?.position ?? start;
    for (const logged of read) onEvent?.(portal, logged);
    [asleep, waking] = [waking, asleep];
    for (const moved of waking) moved();
    waking.clear();
  }

  /** Index of the first kept event after a position; positions may have holes. Most readers ask for the newest. */
  function indexAfter(position: Position): number {
    let low = (events.at(-2)?.position ?? 0) <= position ? Math.max(0, events.length - 1) : 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((events[middle]?.position ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  function knownSince(position: Position): number {
    let low = 0;
    let high = readings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((readings[middle]?.upTo ?? 0) >= position) high = middle;
      else low = middle + 1;
    }
    return readings[low]?.at ?? now();
  }

  const look = setInterval(fillSoon, LOOK_MS);
  look.unref();
  fillSoon();

  function end(): void {
    closed = true;
    clearTimeout(retry);
    clearInterval(look);
    unfollow();
  }

  return {
    log: name,
    covers: (position) => position >= start,
    next: (position) => events[indexAfter(position)],
    knownSince,
    wake(moved) {
      asleep.add(moved);
    },
    forget(moved) {
      asleep.delete(moved);
      waking.delete(moved);
    },
    close() {
      end();
      asleep.clear();
    },
  };
}
