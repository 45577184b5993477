import type { FormFields } from "../../../datasources/bitrix24/form-body.ts";
import type { EventAddress, StoredEvent, StoredTime } from "../../events/stored-event.ts";
import {
  anId,
  type EventPayload,
  idIfDigits,
  optionalFields,
  optionalText,
  requiredFields,
  spared,
  UndecodableEvent,
} from "./payload.ts";

export function decodeSessionEvent(
  kind: "sessionStarted" | "sessionFinished",
  payload: EventPayload,
  dispatchedAt: StoredTime | null,
): StoredEvent[] {
  return payload.items.map((item) => ({
    kind,
    address: sessionAddress(item),
    dispatchedAt,
    // Portals of today name no session; those of the documentation's sample do.
    sessionId: spared(anId, optionalFields(item, "session").id, "data.DATA.session.id"),
  }));
}

/**
 * `{connector: {connector_id, line_id, chat_id, user_id}, chat, line}`: here `chat_id` is the portal's chat and `line_id` the
 * session's line. Where `chat_id` is no number it is the channel's, and the chat named beside it has to be proven.
 */
function sessionAddress(item: FormFields): EventAddress {
  const connector = requiredFields(item, "connector");
  const chat = optionalFields(item, "chat");
  const line = optionalFields(item, "line");
  const told = optionalText(connector.chat_id, "data.DATA.connector.chat_id");
  const isExternal = told !== null && idIfDigits(told) === null && told !== "0";
  const named = idIfDigits(chat.chat_id) ?? idIfDigits(chat.id);
  const chatId = isExternal ? null : (idIfDigits(told ?? undefined) ?? named);
  if (chatId === null && named === null) throw new UndecodableEvent("data.DATA.connector.chat_id: no id of the chat");
  return {
    connectorId: spared(optionalText, connector.connector_id, "data.DATA.connector.connector_id"),
    lineId:
      spared(anId, connector.line_id, "data.DATA.connector.line_id") ?? spared(anId, line.id, "data.DATA.line.id"),
    chatId,
    externalChatId: isExternal ? told : null,
    namedChatId: isExternal ? named : null,
    userId: spared(optionalText, connector.user_id, "data.DATA.connector.user_id"),
  };
}
