import { acceptance, chatId as chatIdOnWire, integer, object, optionalId } from "../bitrix24/wire.ts";
import type { Id } from "../domain/ids.ts";
import { dialogIdParam, flagParam, idParam } from "../rest-params.ts";
import type { ChatWrite } from "./chat-write.ts";

/** How far the caller has read a chat. */
export interface ReadState {
  readonly chatId: Id;
  readonly lastReadMessageId: Id | null;
  readonly unreadCount: number;
}

/** Marks messages as read, up to one or all (`im.dialog.read`). Null: the portal did nothing because the caller has no access. */
export function dialogRead(chatId: Id, upToMessageId?: Id | undefined): ChatWrite<ReadState | null> {
  return {
    method: "im.dialog.read",
    changes: null,
    params: {
      DIALOG_ID: dialogIdParam(chatId),
      MESSAGE_ID: upToMessageId === undefined ? undefined : idParam(upToMessageId),
    },
    decode: decodeReadState,
  };
}

function decodeReadState(result: unknown): ReadState | null {
  if (result === false) return null;
  const raw = object(result, "");
  return {
    chatId: chatIdOnWire(raw.chatId ?? raw.dialogId, "chatId"),
    lastReadMessageId: optionalId(raw.lastId, "lastId"),
    unreadCount: integer(raw.counter, "counter"),
  };
}

/** Shows the others that the caller is typing (`im.dialog.writing`). Refusal: `ACCESS_ERROR`. */
export function dialogWriting(chatId: Id): ChatWrite<boolean> {
  return {
    method: "im.dialog.writing",
    changes: null,
    params: { DIALOG_ID: dialogIdParam(chatId) },
    decode: acceptance,
  };
}

/** Pins a chat in the caller's own recent list (`im.recent.pin`). Refusal: `ACCESS_ERROR`. */
export function recentPin(chatId: Id, isPinned: boolean): ChatWrite<boolean> {
  return {
    method: "im.recent.pin",
    changes: null,
    params: { DIALOG_ID: dialogIdParam(chatId), PIN: flagParam(isPinned) },
    decode: acceptance,
  };
}

/** Marks a chat as unread in the caller's own recent list (`im.recent.unread`). False: it is not in it. */
export function recentUnread(chatId: Id): ChatWrite<boolean> {
  return {
    method: "im.recent.unread",
    changes: null,
    params: { DIALOG_ID: dialogIdParam(chatId), ACTION: flagParam(true) },
    decode: acceptance,
  };
}

/** Takes the caller out of a chat (`im.chat.leave`). */
export function chatLeave(chatId: Id): ChatWrite<boolean> {
  return { method: "im.chat.leave", changes: "LEAVE", params: { CHAT_ID: idParam(chatId) }, decode: acceptance };
}

/** Switches the caller's notifications of a chat off or on (`im.chat.mute`). */
export function chatMute(chatId: Id, isMuted: boolean): ChatWrite<boolean> {
  return {
    method: "im.chat.mute",
    changes: null,
    params: { CHAT_ID: idParam(chatId), MUTE: flagParam(isMuted) },
    decode: acceptance,
  };
}
