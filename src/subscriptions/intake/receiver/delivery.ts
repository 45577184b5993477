import { hash } from "node:crypto";
import type { EventEnvelope } from "../../../datasources/bitrix24/event-envelope.ts";

import type { StoredEvent } from "../../events/stored-event.ts";

/**
 * Names a delivery: the same event of the same portal and time with the same data is the same delivery, whoever's tokens it carries; for
 * added messages their ids decide.
 */
export function deliveryKey(
  portal: string,
  { event, ts, data }: Pick<EventEnvelope, "event" | "ts" | "data">,
  events: readonly StoredEvent[],
): string {
  const added = addedMessagesKey(portal, events);
  if (added !== undefined) return added;
  return hash("sha256", `${portal}\n${event}\n${ts}\n${JSON.stringify(data ?? null)}`, "base64url");
}

/**
 * Names the delivery of new messages by the ids of these: two handlers of one portal deliver the same message with times of their own.
 * Undefined where a message has no id.
 */
function addedMessagesKey(portal: string, events: readonly StoredEvent[]): string | undefined {
  const names: unknown[] = [];
  for (const event of events) {
    if (event.kind !== "messageAdded") return undefined;
    const { messageId, externalIds } = event.message;
    if (messageId === null && externalIds.length === 0) return undefined;
    const { connectorId, lineId, chatId, externalChatId } = event.address;
    names.push([connectorId, lineId, chatId ?? externalChatId, messageId, externalIds, event.direction]);
  }
  return names.length === 0 ? undefined : hash("sha256", `${portal}\nadded\n${JSON.stringify(names)}`, "base64url");
}
