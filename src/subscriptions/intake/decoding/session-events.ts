import type { FormFields } from "../../../datasources/bitrix24/form-body.ts";
import type { EventAddress, StoredEvent, StoredTime } from "../../events/stored-event.ts";
import { anId, type EventPayload, optionalFields, optionalText, requiredFields, UndecodableEvent } from "./payload.ts";

export function decodeSessionEvent(
  kind: "sessionStarted" | "sessionFinished",
  payload: EventPayload,
  dispatchedAt: StoredTime | null,
): StoredEvent[] {
  return payload.items.map((item) => ({ kind, address: sessionAddress(item), dispatchedAt }));
}

/**
 * `{connector: {connector_id, line_id, chat_id, user_id}, chat, line}`: here `chat_id` is the portal's chat and `line_id` the
 * session's line. Portals name no session; the documentation's sample does, but a value that is never sent is not relied upon.
 */
function sessionAddress(item: FormFields): EventAddress {
  const connector = requiredFields(item, "connector");
  const chat = optionalFields(item, "chat");
  const line = optionalFields(item, "line");
  const chatId =
    anId(connector.chat_id, "data.DATA.connector.chat_id") ??
    anId(chat.chat_id, "data.DATA.chat.chat_id") ??
    anId(chat.id, "data.DATA.chat.id");
  if (chatId === null) throw new UndecodableEvent("data.DATA.connector.chat_id: no id of the chat");
  return {
    connectorId: optionalText(connector.connector_id, "data.DATA.connector.connector_id"),
    lineId: anId(connector.line_id, "data.DATA.connector.line_id") ?? anId(line.id, "data.DATA.line.id"),
    chatId,
    externalChatId: null,
    userId: optionalText(connector.user_id, "data.DATA.connector.user_id"),
  };
}
