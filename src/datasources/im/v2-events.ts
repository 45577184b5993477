import type { Call } from "../bitrix24/calls.ts";
import { noteLeftOut } from "../bitrix24/decoding.ts";
import {
  flag,
  id,
  isPlainObject,
  object,
  optionalFlag,
  optionalId,
  optionalLargeCount,
  text,
  WireError,
} from "../bitrix24/wire.ts";
import { list, ornamental } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";

/** A record of the caller's queue of messenger events, its data as the portal wrote it. */
export interface QueuedEventRecord {
  readonly eventId: Id;
  /** In upper case, e.g. `ONIMV2MESSAGEADD`. */
  readonly type: string;
  readonly date: unknown;
  readonly data: unknown;
}

/** A record that does not say which event it is, or what sort of. */
export interface BrokenRecord {
  /** null where it has none. */
  readonly eventId: Id | null;
  /** As the portal wrote it. */
  readonly record: unknown;
  /** What is wrong with it, without its content. */
  readonly reason: string;
}

export interface QueuedEventPage {
  /** Oldest first. */
  readonly events: readonly QueuedEventRecord[];
  /** To be set aside, so that they hold up none behind them. */
  readonly broken: readonly BrokenRecord[];
  /** What confirms this page when the next one is asked for; null when the portal does not tell. */
  readonly nextOffset: number | null;
  readonly hasMore: boolean;
}

export interface QueuedEventsQuery {
  /** Confirms, for every reader of this user's queue, what lies before it: those records are gone. */
  readonly offset: number | undefined;
  /** At most 1000. */
  readonly limit: number;
}

/**
 * Begins the recording of the caller's messenger events (`im.v2.Event.subscribe`, scope `im`). What happened before is not recorded; calling it
 * again changes nothing.
 */
export function eventSubscribe(): Call<boolean> {
  return { method: "im.v2.Event.subscribe", params: {}, decode: decodeFlag };
}

/**
 * The oldest unconfirmed messenger events of the chats that the caller is in (`im.v2.Event.get`). Records are kept for 24 hours or until they are
 * confirmed. Empty for a caller without a subscription.
 */
export function eventGet({ offset, limit }: QueuedEventsQuery): Call<QueuedEventPage> {
  return { method: "im.v2.Event.get", params: { offset, limit }, decode: decodePage };
}

function decodeFlag(result: unknown): boolean {
  return flag(result, "");
}

function decodePage(result: unknown): QueuedEventPage {
  const raw = object(result, "");
  const events: QueuedEventRecord[] = [];
  const broken: BrokenRecord[] = [];
  list(raw.events, "events", (record, path) => {
    try {
      events.push(decodeRecord(record, path));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      noteLeftOut(error.path);
      const eventId = isPlainObject(record) ? ornamental(optionalId, record.eventId, `${path}.eventId`) : null;
      broken.push({ eventId, record, reason: error.message });
    }
  });
  return {
    events,
    broken,
    nextOffset: ornamental(optionalLargeCount, raw.nextOffset, "nextOffset"),
    hasMore: ornamental(optionalFlag, raw.hasMore, "hasMore") ?? false,
  };
}

function decodeRecord(value: unknown, path: string): QueuedEventRecord {
  const raw = object(value, path);
  return {
    eventId: id(raw.eventId, `${path}.eventId`),
    type: text(raw.type, `${path}.type`).toUpperCase(),
    date: raw.date,
    data: raw.data,
  };
}
