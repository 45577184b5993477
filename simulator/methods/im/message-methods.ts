import { isPhpArray, phpText } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import { staffWrites } from "../../world/conversation.ts";
import { addSystemMessage, deleteMessage, editMessage } from "../../world/messages.ts";
import type { Chat, Message } from "../../world/records.ts";
import { type Call, type Method, write } from "../method.ts";
import { chatIdOfDialog, intParam, isPresent, isY, textParam } from "../param-reading.ts";

const attachLimit = 30_000;
const editingDays = 3;

function attachOf(call: Call): unknown {
  const { ATTACH: attach } = call.params;
  if (attach === undefined || attach === null || attach === "") return undefined;
  if (!isPhpArray(attach)) throw new RestError("ATTACH_ERROR", "Incorrect attach params");
  if (JSON.stringify(attach).length > attachLimit) {
    throw new RestError("ATTACH_OVERSIZE", "You have exceeded the maximum allowable size of attach");
  }
  return Array.isArray(attach) ? attach : [attach];
}

function targetChat({ world, params, userId }: Call): Chat {
  const dialogId = textParam(params, "DIALOG_ID");
  const chatId = chatIdOfDialog(dialogId);
  if (chatId === undefined) {
    if (!/^\d+$/.test(dialogId) || dialogId === "0") throw new RestError("USER_ID_EMPTY", "User ID can't be empty");
    throw new RestError("USER_NOT_FOUND", "User not found");
  }
  const chat = world.chats.get(chatId);
  if (!chat) throw new RestError("CHAT_ID", "Error creating message");
  if (!chat.members.has(userId)) throw new RestError("ACCESS_ERROR", "Action unavailable");
  return chat;
}

function replyOf(call: Call, chat: Chat): Record<string, unknown> {
  if (!isPresent(call.params, "REPLY_ID")) return {};
  const replied = call.world.messages.get(intParam(call.params, "REPLY_ID"));
  if (!replied) throw new RestError("REPLY_ACCESS_ERROR", "Action unavailable");
  if (replied.chatId !== chat.id) {
    throw new RestError("REPLY_FROM_OTHER_CHAT_ERROR", "You can only reply to a message within the same chat");
  }
  return { REPLY_ID: replied.id };
}

const messageAdd = write("im.message.add", "im", (call) => {
  const { world, params, userId } = call;
  const attach = attachOf(call);
  const text = textParam(params, "MESSAGE").trim();
  const chat = targetChat(call);
  if (text === "" && attach === undefined) throw new RestError("MESSAGE_EMPTY", "Message can't be empty");
  const reply = replyOf(call, chat);
  const own = { ...reply, ...(attach === undefined ? {} : { ATTACH: attach }) };
  if (isY(params, "SYSTEM")) return addSystemMessage(world, chat, text, own).id;
  return staffWrites(world, chat, { authorId: userId, text, params: own }).id;
});

function ownMessage({ world, params, userId }: Call, adminsToo: boolean): Message {
  const id = intParam(params, "MESSAGE_ID");
  const message = id > 0 ? world.messages.get(id) : undefined;
  if (!message) throw new RestError("MESSAGE_ID_ERROR", "Message ID can't be empty");
  const isAdmin = adminsToo && world.users.get(userId)?.admin === true;
  const isLate = world.now() - message.createdAt > editingDays * 24 * 60 * 60 * 1000;
  if ((message.authorId !== userId || isLate) && !isAdmin) {
    throw new RestError("CANT_EDIT_MESSAGE", "Time has expired for modification or you don't have access");
  }
  return message;
}

const messageUpdate = write("im.message.update", "im", (call) => {
  const { world, params } = call;
  const message = ownMessage(call, false);
  const text = isPresent(params, "MESSAGE") ? phpText(params.MESSAGE).trim() : undefined;
  const attach = params.ATTACH === "N" || params.ATTACH === "" ? null : attachOf(call);
  if (attach === null) delete message.params.ATTACH;
  else if (attach !== undefined) message.params.ATTACH = attach;
  if (text === "" && message.params.ATTACH === undefined) deleteMessage(world, message);
  else editMessage(world, message, text, params.IS_EDITED !== "N");
  return true;
});

const messageDelete = write("im.message.delete", "im", (call) => {
  deleteMessage(call.world, ownMessage(call, true));
  return true;
});

const messageLike = write("im.message.like", "im", (call) => {
  const { world, params, userId } = call;
  const message = world.messages.get(intParam(params, "MESSAGE_ID"));
  const chat = message ? world.chats.get(message.chatId) : undefined;
  if (!message || !chat?.members.has(userId)) throw new RestError("MESSAGE_ID_ERROR", "Message ID can't be empty");
  const likes = Array.isArray(message.params.LIKE) ? message.params.LIKE.map(Number) : [];
  const liked = likes.includes(userId);
  const asked = textParam(params, "ACTION");
  const wanted = asked === "plus" || (asked !== "minus" && !liked);
  if (wanted === liked) throw new RestError("WITHOUT_CHANGES", "Action completed without changes");
  const next = wanted ? [...likes, userId] : likes.filter((id) => id !== userId);
  if (next.length > 0) message.params.LIKE = next;
  else delete message.params.LIKE;
  const action = wanted ? "add" : "delete";
  world.emit({ kind: "reactionChanged", chatId: chat.id, messageId: message.id, userId, action });
  return true;
});

export const messageMethods: readonly Method[] = [messageAdd, messageUpdate, messageDelete, messageLike];
