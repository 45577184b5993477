import { unixTime } from "../../../datasources/bitrix24/event-envelope.ts";
import { type FormFields, type FormValue, isFormFields } from "../../../datasources/bitrix24/form-body.ts";
import { optionalFlag, WireError } from "../../../datasources/bitrix24/wire.ts";
import { optionalInstant } from "../../../datasources/bitrix24/wire-times.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import type {
  EventAddress,
  MessageDirection,
  StoredEvent,
  StoredMessage,
  StoredMessageDeleted,
  StoredTime,
} from "../../events/stored-event.ts";
import { deliveredFiles } from "./delivered-files.ts";
import {
  aChatId,
  anId,
  chatIdIfDigits,
  type EventPayload,
  idIfDigits,
  optionalFields,
  optionalText,
  readableItems,
  spared,
  textList,
  UndecodableEvent,
} from "./payload.ts";

/** What an item says about one message: where it is, what it holds, which way it went. */
interface MessageItem {
  readonly address: EventAddress;
  readonly direction: MessageDirection;
  readonly message: StoredMessage;
}

export function decodeMessageAdded(payload: EventPayload, dispatchedAt: StoredTime | null): StoredEvent[] {
  return readableItems(payload.items, (item) => {
    const { address, direction, message } = placed(
      isSentOut(payload, item) ? sentOut(payload, item) : fromCustomer(payload, item),
    );
    if (
      message.messageId === null &&
      message.externalIds.length === 0 &&
      message.text === null &&
      message.files.length === 0
    ) {
      throw new UndecodableEvent("data.DATA.message: neither an id nor a text nor files");
    }
    return { kind: "messageAdded", address, dispatchedAt, direction, message };
  });
}

export function decodeMessageUpdated(payload: EventPayload, dispatchedAt: StoredTime | null): StoredEvent[] {
  return readableItems(payload.items, (item) => {
    const { address, direction, message } = identified(payload, item);
    return { kind: "messageUpdated", address, dispatchedAt, direction, message };
  });
}

/** One event for each message: a deleted outgoing message comes as one item for each of its ids in the channel. */
export function decodeMessageDeleted(payload: EventPayload, dispatchedAt: StoredTime | null): StoredEvent[] {
  const deleted = new Map<string, StoredMessageDeleted>();
  readableItems(payload.items, (item, index) => {
    const { address, direction, message } = identified(payload, item);
    const name = message.messageId === null ? `item ${index}` : `${address.chatId ?? ""} ${message.messageId}`;
    const externalIds = [...(deleted.get(name)?.externalIds ?? []), ...message.externalIds];
    deleted.set(name, {
      kind: "messageDeleted",
      address,
      dispatchedAt,
      direction,
      messageId: message.messageId,
      externalIds: [...new Set(externalIds)],
    });
  });
  return [...deleted.values()];
}

/** Edits and deletions of outgoing messages point at the stored message (`im`); those of customers look like a new message. */
function identified(payload: EventPayload, item: FormFields): MessageItem {
  const wasSentOut = payload.hasConnector || item.im !== undefined;
  const found = placed(wasSentOut ? changedAfterSending(payload, item) : fromCustomer(payload, item));
  if (found.message.messageId === null && found.message.externalIds.length === 0) {
    throw new UndecodableEvent("data.DATA.message.id: no id of the message");
  }
  return found;
}

/** Throws `UndecodableEvent` for what does not tell where it happened: neither a chat nor a channel. */
function placed(item: MessageItem): MessageItem {
  const { chatId, externalChatId, namedChatId, connectorId, lineId } = item.address;
  if ([chatId, externalChatId, namedChatId, connectorId, lineId].some((told) => told !== null)) return item;
  throw new UndecodableEvent("data.DATA.connector: neither a chat nor a channel");
}

/**
 * `{connector, chat, message, …}` without `CONNECTOR`: the customer wrote. All ids but the customer's are the channel's. The
 * documentation's list shape lacks `CONNECTOR` for every author, so that there the author and the system flag are looked at.
 */
function fromCustomer(payload: EventPayload, item: FormFields): MessageItem {
  const connector = optionalFields(item, "connector");
  const chat = optionalFields(item, "chat");
  const message = optionalFields(item, "message");
  const customer = spared(optionalText, connector.user_id, "data.DATA.connector.user_id");
  const isSystem = spared(systemFlag, message.system, "data.DATA.message.system") ?? false;
  const author = idIfDigits(message.user_id);
  const writtenByAnother = payload.isList && author !== null && customer !== null && author !== customer;
  return {
    address: {
      connectorId: spared(optionalText, connector.connector_id, "data.DATA.connector.connector_id"),
      lineId: spared(anId, connector.line_id, "data.DATA.connector.line_id"),
      chatId: null,
      externalChatId:
        spared(optionalText, connector.chat_id, "data.DATA.connector.chat_id") ??
        // Digits may be the portal's.
        (chatIdIfDigits(chat.id) === null ? spared(optionalText, chat.id, "data.DATA.chat.id") : null),
      namedChatId: chatIdIfDigits(chat.id),
      userId: customer,
    },
    direction: isSystem || writtenByAnother ? "UNKNOWN" : "INCOMING",
    message: {
      messageId: null,
      externalIds: textList(message.id, "data.DATA.message.id"),
      text: spared(optionalText, message.text, "data.DATA.message.text"),
      authorId: isSystem || writtenByAnother ? author : (idIfDigits(customer ?? undefined) ?? author),
      isSystem,
      files: deliveredFiles(message.files),
      sentAt: spared(sentAt, message.date, "data.DATA.message.date"),
    },
  };
}

/** What goes out is told by `CONNECTOR`, and where that got lost by the portal's chat in the message in place of the channel's beside it. */
function isSentOut(payload: EventPayload, item: FormFields): boolean {
  if (payload.hasConnector) return true;
  return !isFormFields(item.chat) && isFormFields(item.message) && chatIdIfDigits(item.message.chat_id) !== null;
}

/** `{CONNECTOR, LINE, DATA: {connector, message}}`: an operator, a bot or the system wrote, and the portal's ids are there. */
function sentOut(payload: EventPayload, item: FormFields): MessageItem {
  const connector = optionalFields(item, "connector");
  const message = optionalFields(item, "message");
  const authorId = spared(anId, message.user_id, "data.DATA.message.user_id") ?? idIfDigits(message.author);
  return {
    address: {
      connectorId:
        payload.connector ?? spared(optionalText, connector.connector_id, "data.DATA.connector.connector_id"),
      lineId: payload.line ?? spared(anId, connector.line_id, "data.DATA.connector.line_id"),
      chatId: spared(aChatId, message.chat_id, "data.DATA.message.chat_id"),
      externalChatId: spared(optionalText, connector.chat_id, "data.DATA.connector.chat_id"),
      namedChatId: null,
      userId: spared(optionalText, connector.user_id, "data.DATA.connector.user_id"),
    },
    direction: "OUTGOING",
    message: {
      messageId: spared(anId, message.id, "data.DATA.message.id"),
      externalIds: [],
      text: spared(optionalText, message.text, "data.DATA.message.text"),
      authorId,
      isSystem: spared(systemFlag, message.system, "data.DATA.message.system") ?? authorId === null,
      files: deliveredFiles(message.files),
      sentAt: spared(sentAt, message.date, "data.DATA.message.date"),
    },
  };
}

/** `{im: {chat_id, message_id}, message: {id: […], text}, chat: {id}}`. The documentation repeats the portal's ids in the last two. */
function changedAfterSending(payload: EventPayload, item: FormFields): MessageItem {
  const im = optionalFields(item, "im");
  const message = optionalFields(item, "message");
  const chat = optionalFields(item, "chat");
  const chatId = spared(aChatId, im.chat_id, "data.DATA.im.chat_id");
  const messageId = spared(anId, im.message_id, "data.DATA.im.message_id");
  // Beside an unknown message digits may be the portal's own id.
  const externalIds = textList(message.id, "data.DATA.message.id").filter((told) =>
    messageId === null ? idIfDigits(told) === null : told !== messageId,
  );
  return {
    address: {
      connectorId: payload.connector,
      lineId: payload.line,
      chatId,
      // Beside an unknown chat it may be the portal's own id.
      externalChatId: chatId === null ? null : unless(chatId, spared(optionalText, chat.id, "data.DATA.chat.id")),
      namedChatId: null,
      userId: null,
    },
    // Portals send this form for what went to a channel, with its ids there; the documented form without them does not tell whose it was.
    direction: externalIds.length > 0 ? "OUTGOING" : "UNKNOWN",
    message: {
      messageId,
      externalIds,
      text: spared(optionalText, message.text, "data.DATA.message.text"),
      authorId: null,
      isSystem: false,
      files: deliveredFiles(message.files),
      sentAt: null,
    },
  };
}

/** null where it is not told. */
function systemFlag(value: FormValue | undefined, path: string): boolean | null {
  const text = optionalText(value, path);
  try {
    return optionalFlag(text, path);
  } catch (error) {
    if (error instanceof WireError) throw new UndecodableEvent(`${path}: expected Y or N`);
    throw error;
  }
}

function unless(portalId: Id, text: string | null): string | null {
  return text === portalId ? null : text;
}

/** The format of `date` is not documented: unix seconds and ISO 8601 with an offset are read. */
function sentAt(value: FormValue | undefined, path: string): StoredTime | null {
  const text = optionalText(value, path);
  if (text === null) return null;
  try {
    return unixTime(text) ?? optionalInstant(text, path)?.toISOString() ?? null;
  } catch (error) {
    if (error instanceof WireError) throw new UndecodableEvent(`${path}: expected a time`);
    throw error;
  }
}
