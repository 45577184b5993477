import { acceptance, object, WireError } from "../bitrix24/wire.ts";
import type { Id } from "../domain/ids.ts";
import { dialogIdParam, flagParam, idParam } from "../rest-params.ts";
import type { ChatWrite } from "./chat-write.ts";

/** Marks messages as read, up to one or all (`im.dialog.read`). False: the portal did nothing because the caller has no access. */
export function dialogRead(chatId: Id, upToMessageId?: Id | undefined): ChatWrite<boolean> {
  return {
    method: "im.dialog.read",
    changes: null,
    params: {
      DIALOG_ID: dialogIdParam(chatId),
      MESSAGE_ID: upToMessageId === undefined ? undefined : idParam(upToMessageId),
    },
    decode: decodeRead,
  };
}

/** What it tells of the chat is read again where it is selected. */
function decodeRead(result: unknown): boolean {
  if (result === false) return false;
  const raw = object(result, "");
  if ((raw.chatId ?? raw.dialogId) === undefined) throw new WireError("", "an object with chatId", result);
  return true;
}

/** Shows the others that the caller is typing (`im.dialog.writing`). Refusal: `ACCESS_ERROR`. */
export function dialogWriting(chatId: Id): ChatWrite<boolean> {
  return {
    method: "im.dialog.writing",
    changes: null,
    leavesAllAsItIs: true,
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
