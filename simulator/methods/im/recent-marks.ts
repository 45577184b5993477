import { RestError } from "../../rest-error.ts";
import { markUnreadFrom } from "../../world/members.ts";
import type { Chat } from "../../world/records.ts";
import { type Call, type Method, write } from "../method.ts";
import { chatIdOfDialog, intParam, textParam } from "../param-reading.ts";

/** The chat of DIALOG_ID if it stands in the caller's recent list; undefined otherwise. */
function recentChat({ world, params, userId }: Call): Chat | undefined {
  const chatId = chatIdOfDialog(textParam(params, "DIALOG_ID"));
  if (chatId === undefined) throw new RestError("DIALOG_ID_EMPTY", "Dialog ID can't be empty");
  const chat = world.chats.get(chatId);
  return chat && (chat.members.has(userId) || chat.recents.has(userId)) ? chat : undefined;
}

function setMark(users: Set<number>, userId: number, wanted: boolean): void {
  if (wanted) users.add(userId);
  else users.delete(userId);
}

/** Pins the chat in the caller's own list; the dialog's pin is another thing. */
const pin = write("im.recent.pin", "im", (call) => {
  const chat = recentChat(call);
  if (!chat) throw new RestError("ACCESS_ERROR", "You don't have permission to pin this chat");
  setMark(chat.pinnedBy, call.userId, call.params.PIN !== "N");
  return true;
});

/** The mark of the list alone: no message becomes unread by it. Reading the chat takes it away. */
const unread = write("im.recent.unread", "im", (call) => {
  const chat = recentChat(call);
  if (!chat) return false;
  setMark(chat.markedUnreadBy, call.userId, call.params.ACTION !== "N");
  return true;
});

/** The message and all after it become unread. */
const dialogUnread = write("im.dialog.unread", "im", (call) => {
  const chat = recentChat(call);
  const messageId = intParam(call.params, "MESSAGE_ID");
  if (messageId <= 0) throw new RestError("MESSAGE_ID_ERROR", "Message ID can't be empty");
  if (!chat?.members.has(call.userId)) return false;
  markUnreadFrom(chat, call.userId, messageId);
  return true;
});

export const recentMarkMethods: readonly Method[] = [pin, unread, dialogUnread];
