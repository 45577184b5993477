import { RestError } from "../../rest-error.ts";
import { leaveChat, staffOf } from "../../world/members.ts";
import { addSystemMessage } from "../../world/messages.ts";
import { requeue } from "../../world/operator-actions.ts";
import type { Chat } from "../../world/records.ts";
import { linkedName } from "../../world/sessions.ts";
import { systemText } from "../../world/system-texts.ts";
import { maySeeDialog } from "../dialog-access.ts";
import { localisedError } from "../localised-errors.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { chatIdOfDialog, intParam, isPresent, textParam } from "../param-reading.ts";

function chatIdEmpty(): RestError {
  return new RestError("CHAT_ID_EMPTY", "Chat ID can't be empty");
}

const chatGet = read("im.chat.get", "im", ({ world, params, userId }) => {
  if (textParam(params, "ENTITY_TYPE") !== "LINES") return null;
  const chat = world.chatsByUserCode.get(textParam(params, "ENTITY_ID"));
  return chat && maySeeDialog(world, userId, chat) ? { ID: chat.id } : null;
});

/** Ids of the participants; nothing when the caller may not see the chat. */
const userList = read("im.chat.user.list", "im", ({ world, params, userId }) => {
  const chatId = intParam(params, "CHAT_ID");
  if (chatId <= 0) throw chatIdEmpty();
  const chat = world.chats.get(chatId);
  return chat && maySeeDialog(world, userId, chat) ? [...chat.members.keys()] : [];
});

function mutedChat({ world, params, userId }: Call): Chat {
  const byDialog = isPresent(params, "DIALOG_ID");
  const chatId = byDialog ? chatIdOfDialog(textParam(params, "DIALOG_ID")) : intParam(params, "CHAT_ID");
  if (byDialog && chatId === undefined) throw new RestError("DIALOG_ID_EMPTY", "Dialog ID can't be empty");
  if (chatId === undefined || chatId <= 0) throw chatIdEmpty();
  const chat = world.chats.get(chatId);
  if (!chat?.members.has(userId)) throw new RestError("ACCESS_ERROR", "This chat cannot be muted", 403);
  return chat;
}

const chatMute = write("im.chat.mute", "im", (call) => {
  const member = mutedChat(call).members.get(call.userId);
  if (member) member.muted = call.params.MUTE !== "N";
  return true;
});

/**
 * Leaves the chat. In a dialog whose responsible operator leaves, or whose last member of staff leaves, the session
 * goes back to the queue of its line.
 */
const chatLeave = write("im.chat.leave", "im", (call) => {
  const { world, params, userId, portal } = call;
  const chatId = intParam(params, "CHAT_ID");
  if (chatId <= 0) throw chatIdEmpty();
  const chat = world.chats.get(chatId);
  if (!chat?.members.has(userId)) throw localisedError("ACCESS_DENIED_KICK", portal.language);
  const owned = chat.ownerId === userId;
  addSystemMessage(world, chat, systemText.left(linkedName(world, userId)), { CODE: ["CHAT_LEAVE"] });
  leaveChat(world, chat, [userId]);
  const session = world.openSession(chat.id);
  if (session && (owned || staffOf(world, chat).length === 0))
    requeue(world, chat, session, { mode: "MANUAL", initiatorId: userId }, userId);
  return true;
});

export const chatMethods: readonly Method[] = [chatGet, userList, chatMute, chatLeave];
