import {
  id,
  list,
  object,
  optionalFlag,
  optionalId,
  optionalInstant,
  optionalObject,
  optionalText,
  text,
  type WireObject,
} from "../../../datasources/bitrix24/wire.ts";
import type { UserCode } from "../../../datasources/domain/chat.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import { parseUserCode } from "../../../datasources/domain/user-code.ts";
import { parseSilentMode } from "../../../datasources/im/packed-fields.ts";
import type { QueuedEventRecord } from "../../../datasources/im/v2-events.ts";
import type {
  EventAddress,
  MessageDirection,
  StoredEvent,
  StoredFile,
  StoredMessage,
  StoredTime,
} from "../../events/stored-event.ts";

/**
 * The event for the log from a record of a user's messenger queue (`im.v2.Event.get`). Null for what concerns no open-line chat, and for reactions
 * and joins, which no subscription delivers. Throws `WireError` for a message event of an unknown shape.
 */
export function decodeQueuedEvent(record: QueuedEventRecord): StoredEvent | null {
  const { type } = record;
  if (type !== "ONIMV2MESSAGEADD" && type !== "ONIMV2MESSAGEUPDATE" && type !== "ONIMV2MESSAGEDELETE") return null;
  const data = object(record.data, "data");
  const chat = object(data.chat, "data.chat");
  if (chat.entityType !== "LINES") return null;
  const dispatchedAt = time(record.date, "date");
  if (type === "ONIMV2MESSAGEDELETE") {
    const author = authorOf(data, undefined);
    return {
      kind: "messageDeleted",
      address: addressOf(chat, author),
      dispatchedAt,
      direction: directionOf(chat, author),
      messageId: id(data.messageId, "data.messageId"),
      externalIds: [],
    };
  }
  const raw = object(data.message, "data.message");
  const author = authorOf(data, raw);
  const kind = type === "ONIMV2MESSAGEADD" ? "messageAdded" : "messageUpdated";
  return {
    kind,
    address: addressOf(chat, author),
    dispatchedAt,
    direction: directionOf(chat, author),
    message: messageOf(raw, author),
  };
}

/** Who wrote the message; the system has no id. */
interface Author {
  readonly id: Id | null;
  readonly isCustomer: boolean;
  readonly isSystem: boolean;
}

function authorOf(data: WireObject, message: WireObject | undefined): Author {
  const user = optionalObject(data.user, "data.user");
  const userId = optionalId(user?.id, "data.user.id");
  const authorId = message?.authorId === undefined ? userId : optionalId(message.authorId, "data.message.authorId");
  const isSystem = optionalFlag(message?.isSystem, "data.message.isSystem") ?? authorId === null;
  const isConnectorUser = optionalFlag(user?.connector, "data.user.connector") === true;
  return { id: authorId, isCustomer: isConnectorUser && authorId !== null && authorId === userId, isSystem };
}

/** System messages and those of the hidden mode may or may not go out; nothing in the event tells. */
function directionOf(chat: WireObject, author: Author): MessageDirection {
  if (author.isSystem) return "UNKNOWN";
  if (author.isCustomer) return "INCOMING";
  const isHidden = parseSilentMode(optionalText(chat.entityData3, "data.chat.entityData3") ?? "") === true;
  return isHidden ? "UNKNOWN" : "OUTGOING";
}

/** As the portal's own events give it: the customer's portal user where he wrote himself, else his id in the channel. */
function addressOf(chat: WireObject, author: Author): EventAddress {
  const code: UserCode | null = parseUserCode(text(chat.entityId ?? "", "data.chat.entityId"));
  return {
    connectorId: code?.connectorId ?? null,
    lineId: code?.lineId ?? null,
    chatId: id(chat.id, "data.chat.id"),
    externalChatId: code?.externalChatId ?? null,
    namedChatId: null,
    userId: author.isCustomer ? author.id : (code?.externalUserId ?? null),
  };
}

function messageOf(raw: WireObject, author: Author): StoredMessage {
  const params = optionalObject(raw.params, "data.message.params") ?? {};
  return {
    messageId: id(raw.id, "data.message.id"),
    externalIds: list(params.CONNECTOR_MID ?? params.connectorMid, "data.message.params.CONNECTOR_MID", text),
    text: optionalText(raw.text, "data.message.text"),
    authorId: author.id,
    isSystem: author.isSystem,
    files: list(params.FILE_ID ?? params.fileId, "data.message.params.FILE_ID", () => UNDESCRIBED_FILE),
    sentAt: time(raw.date, "data.message.date"),
  };
}

/** The event names a file only by its id; the stored message tells the rest. */
const UNDESCRIBED_FILE: StoredFile = {
  name: null,
  kind: null,
  mimeType: null,
  size: null,
  url: null,
  downloadUrl: null,
  width: null,
  height: null,
};

function time(value: unknown, path: string): StoredTime | null {
  return optionalInstant(value, path)?.toISOString() ?? null;
}
