import type { Call } from "../bitrix24/calls.ts";
import { flag, id, list, object, optionalFlag, optionalInteger, text } from "../bitrix24/wire.ts";
import type { Id } from "../domain/ids.ts";

/** A record of the caller's queue of messenger events, its data as the portal wrote it. */
export interface QueuedEventRecord {
  readonly eventId: Id;
  /** In upper case, e.g. `ONIMV2MESSAGEADD`. */
  readonly type: string;
  readonly date: unknown;
  readonly data: unknown;
}

export interface QueuedEventPage {
  /** Oldest first. */
  readonly events: readonly QueuedEventRecord[];
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
  return {
    events: list(raw.events, "events", decodeRecord),
    nextOffset: optionalInteger(raw.nextOffset, "nextOffset"),
    hasMore: optionalFlag(raw.hasMore, "hasMore") ?? false,
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
