import {
  id,
  object,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  WireError,
  type WireObject,
} from "../../../datasources/bitrix24/wire.ts";
import { ornamental, ornamentalList, readable } from "../../../datasources/bitrix24/wire-lists.ts";
import { optionalInstant } from "../../../datasources/bitrix24/wire-times.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import { isOfOpenLines, userCodeOrNone } from "../../../datasources/im/chat-fields.ts";
import { textsOf } from "../../../datasources/im/message-params.ts";
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
 * and joins, which no subscription delivers. Throws `WireError` for a message event that tells nothing of its chat, or nothing of its message.
 */
export function decodeQueuedEvent(record: QueuedEventRecord): StoredEvent | null {
  const { type } = record;
  if (type !== "ONIMV2MESSAGEADD" && type !== "ONIMV2MESSAGEUPDATE" && type !== "ONIMV2MESSAGEDELETE") return null;
  const data = object(record.data, "data");
  const chat = object(data.chat, "data.chat");
  if (!isOfOpenLines(chat.entityType)) return null;
  const dispatchedAt = ornamental(time, record.date, "date");
  if (type === "ONIMV2MESSAGEDELETE") {
    const author = authorOf(data, undefined);
    return {
      kind: "messageDeleted",
      address: addressOf(chat, undefined, author),
      dispatchedAt,
      direction: directionOf(chat, author),
      messageId: id(data.messageId, "data.messageId"),
      externalIds: [],
    };
  }
  const raw = object(data.message, "data.message");
  const author = authorOf(data, raw);
  const message = messageOf(raw, author);
  const kind = type === "ONIMV2MESSAGEADD" ? "messageAdded" : "messageUpdated";
  const tellsItself = kind === "messageAdded" && (message.text !== null || message.files.length > 0);
  if (message.messageId === null && message.externalIds.length === 0 && !tellsItself)
    throw new WireError("data.message.id", "an id", raw.id);
  return {
    kind,
    address: addressOf(chat, raw, author),
    dispatchedAt,
    direction: directionOf(chat, author),
    message,
  };
}

/** Who wrote the message; the system has no id. */
interface Author {
  readonly id: Id | null;
  /** null where that cannot be read. */
  readonly isCustomer: boolean | null;
  readonly isSystem: boolean;
}

function authorOf(data: WireObject, message: WireObject | undefined): Author {
  const user = readable(optionalObject, data.user, "data.user");
  const userId = readable(optionalId, user?.value?.id, "data.user.id");
  const author =
    message?.authorId === undefined ? userId : readable(optionalId, message.authorId, "data.message.authorId");
  const isConnectorUser = readable(optionalFlag, user?.value?.connector, "data.user.connector");
  // Only who is told to be nobody is the system.
  const isSystem =
    ornamental(optionalFlag, message?.isSystem, "data.message.isSystem") ??
    (author !== undefined && author.value === null);
  const authorId = author?.value ?? null;
  const isOfUser =
    authorId === null || userId === undefined || userId.value === null ? null : authorId === userId.value;
  const isConnector = isConnectorUser === undefined ? null : isConnectorUser.value === true;
  const isCustomer = isOfUser === null || isConnector === null ? null : isOfUser && isConnector;
  return { id: authorId, isCustomer, isSystem };
}

/** System messages and those of the hidden mode may or may not go out; nothing in the event tells. */
function directionOf(chat: WireObject, author: Author): MessageDirection {
  if (author.isSystem) return "UNKNOWN";
  if (author.isCustomer) return "INCOMING";
  if (author.isCustomer === null) return "UNKNOWN";
  const mode = readable(optionalText, chat.entityData3, "data.chat.entityData3");
  const isPlain = mode !== undefined && parseSilentMode(mode.value ?? "") !== true;
  return isPlain ? "OUTGOING" : "UNKNOWN";
}

/**
 * As the portal's own events give it: the customer's portal user where he wrote himself, else his id in the channel. Throws `WireError` where
 * neither a chat nor a channel is told.
 */
function addressOf(chat: WireObject, message: WireObject | undefined, author: Author): EventAddress {
  const code = ornamental(userCodeOrNone, chat.entityId, "data.chat.entityId");
  const chatId =
    ornamental(optionalId, chat.id, "data.chat.id") ?? ornamental(optionalId, message?.chatId, "data.message.chatId");
  if (chatId === null && code === null) throw new WireError("data.chat.id", "an id", chat.id);
  return {
    connectorId: code?.connectorId ?? null,
    lineId: code?.lineId ?? null,
    chatId,
    externalChatId: code?.externalChatId ?? null,
    namedChatId: null,
    userId: author.isCustomer === true ? author.id : (code?.externalUserId ?? null),
  };
}

function messageOf(raw: WireObject, author: Author): StoredMessage {
  const params = ornamental(optionalObject, raw.params, "data.message.params") ?? {};
  return {
    messageId: ornamental(optionalId, raw.id, "data.message.id"),
    externalIds: textsOf(params.CONNECTOR_MID ?? params.connectorMid, "data.message.params.CONNECTOR_MID"),
    text: ornamental(optionalText, raw.text, "data.message.text"),
    authorId: author.id,
    isSystem: author.isSystem,
    files: ornamentalList(params.FILE_ID ?? params.fileId, "data.message.params.FILE_ID", undescribedFile),
    sentAt: ornamental(time, raw.date, "data.message.date"),
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

function undescribedFile(value: unknown, path: string): StoredFile {
  id(value, path);
  return UNDESCRIBED_FILE;
}

function time(value: unknown, path: string): StoredTime | null {
  return optionalInstant(value, path)?.toISOString() ?? null;
}
