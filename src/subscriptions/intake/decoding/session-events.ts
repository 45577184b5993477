import type { FormFields } from "../../../datasources/bitrix24/form-body.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import type { EventAddress, StoredEvent, StoredTime } from "../../events/stored-event.ts";
import {
  anId,
  chatIdIfDigits,
  type EventPayload,
  idIfDigits,
  optionalFields,
  optionalText,
  readableItems,
  spared,
  UndecodableEvent,
} from "./payload.ts";

/** What tells neither its chat nor its session is no event. */
export function decodeSessionEvent(
  kind: "sessionStarted" | "sessionFinished",
  payload: EventPayload,
  dispatchedAt: StoredTime | null,
): StoredEvent[] {
  return readableItems(payload.items, (item) => {
    const address = sessionAddress(item);
    // Portals of today name no session; those of the documentation's sample do.
    const sessionId = sessionIdOf(item);
    const { chatId, namedChatId, externalChatId } = address;
    if (sessionId === null && chatId === null && namedChatId === null && externalChatId === null)
      throw new UndecodableEvent("data.DATA.connector.chat_id: no id of the chat, nor of the session");
    return { kind, address, dispatchedAt, sessionId };
  });
}

function sessionIdOf(item: FormFields): Id | null {
  const bare = idIfDigits(item.session);
  return bare ?? spared(anId, optionalFields(item, "session").id, "data.DATA.session.id");
}

/**
 * `{connector: {connector_id, line_id, chat_id, user_id}, chat, line}`: here `chat_id` is the portal's chat and `line_id` the
 * session's line. Where `chat_id` is no number it is the channel's, and the chat named beside it has to be proven.
 */
function sessionAddress(item: FormFields): EventAddress {
  const connector = optionalFields(item, "connector");
  const chat = optionalFields(item, "chat");
  const line = optionalFields(item, "line");
  const told = spared(optionalText, connector.chat_id, "data.DATA.connector.chat_id");
  const isExternal = told !== null && chatIdIfDigits(told) === null && told.trim() !== "0";
  const named = chatIdIfDigits(chat.chat_id) ?? chatIdIfDigits(chat.id);
  return {
    connectorId: spared(optionalText, connector.connector_id, "data.DATA.connector.connector_id"),
    lineId:
      spared(anId, connector.line_id, "data.DATA.connector.line_id") ?? spared(anId, line.id, "data.DATA.line.id"),
    chatId: isExternal ? null : (chatIdIfDigits(told ?? undefined) ?? named),
    externalChatId: isExternal ? told : null,
    namedChatId: isExternal ? named : null,
    userId: spared(optionalText, connector.user_id, "data.DATA.connector.user_id"),
  };
}
