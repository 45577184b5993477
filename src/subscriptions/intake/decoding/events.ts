import { type EventEnvelope, unixTime } from "../../../datasources/bitrix24/event-envelope.ts";
import { isOpenChannelEvent, type OpenChannelEvent } from "../../../datasources/imopenlines/portal-events.ts";
import type { StoredEvent, StoredTime } from "../../events/stored-event.ts";
import { decodeMessageAdded, decodeMessageDeleted, decodeMessageUpdated } from "./message-events.ts";
import { type EventPayload, readPayload, UndecodableEvent } from "./payload.ts";
import { decodeSessionEvent } from "./session-events.ts";

export type DecodedEvent =
  | { readonly kind: "decoded"; readonly events: readonly StoredEvent[] }
  /** A known event of a shape that is not understood; `reason` repeats none of its content. */
  | { readonly kind: "undecodable"; readonly reason: string }
  /** Not an Open Channel event. */
  | { readonly kind: "unknown" };

/**
 * Turns a delivery into what the log keeps: one event, or for a list one for each item. Both payload shapes are read: `DATA` as the
 * object that portals send, and as the list that the documentation shows. Never throws for a value.
 */
export function decodeEvent(envelope: Pick<EventEnvelope, "event" | "ts" | "data">): DecodedEvent {
  const { event } = envelope;
  if (!isOpenChannelEvent(event)) return { kind: "unknown" };
  try {
    return { kind: "decoded", events: decodeKnown(event, readPayload(envelope.data), unixTime(envelope.ts)) };
  } catch (error) {
    if (error instanceof UndecodableEvent) return { kind: "undecodable", reason: error.message };
    throw error;
  }
}

function decodeKnown(event: OpenChannelEvent, payload: EventPayload, dispatchedAt: StoredTime | null): StoredEvent[] {
  switch (event) {
    case "ONOPENLINEMESSAGEADD":
      return decodeMessageAdded(payload, dispatchedAt);
    case "ONOPENLINEMESSAGEUPDATE":
      return decodeMessageUpdated(payload, dispatchedAt);
    case "ONOPENLINEMESSAGEDELETE":
      return decodeMessageDeleted(payload, dispatchedAt);
    case "ONSESSIONSTART":
      return decodeSessionEvent("sessionStarted", payload, dispatchedAt);
    case "ONSESSIONFINISH":
      return decodeSessionEvent("sessionFinished", payload, dispatchedAt);
  }
}
