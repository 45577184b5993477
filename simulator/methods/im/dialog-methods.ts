import { phpMap } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import { firstUnreadId, markRead, unreadCount } from "../../world/members.ts";
import type { Chat, ChatFile, Message } from "../../world/records.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { chatIdOfDialog, intParam, isNumeric, isPresent, isY, textParam } from "../param-reading.ts";
import { dialogRecord, restrictions } from "../wire-chat.ts";
import { isoDate } from "../wire-date.ts";
import { camelFile } from "../wire-file.ts";
import { snakeUser } from "../wire-user.ts";

const defaultLimit = 20;
const maxLimit = 50;

function dialogIdEmpty(): RestError {
  return new RestError("DIALOG_ID_EMPTY", "Dialog ID can't be empty");
}

function noAccess(): RestError {
  return new RestError("ACCESS_ERROR", "You do not have access to the specified dialog", 403);
}

/** The chat of DIALOG_ID, for participants only. */
function ownChat({ world, params, userId }: Call): Chat {
  const chatId = chatIdOfDialog(textParam(params, "DIALOG_ID"));
  if (chatId === undefined) throw dialogIdEmpty();
  const chat = world.chats.get(chatId);
  if (!chat?.members.has(userId)) throw noAccess();
  return chat;
}

const dialogGet = read("im.dialog.get", "im", (call) => ({
  ...dialogRecord(call.world, ownChat(call), call.userId, call.portal.url),
  restrictions: { ...restrictions, path: "", path_title: "" },
}));

function filesOf(call: Call, messages: readonly Message[]): ChatFile[] {
  return messages.flatMap((message) => {
    const ids = Array.isArray(message.params.FILE_ID) ? message.params.FILE_ID : [];
    return ids.flatMap((id) => call.world.files.get(Number(id)) ?? []);
  });
}

function numberParam(call: Call, key: "LAST_ID" | "FIRST_ID", text: string): number | undefined {
  const value = call.params[key];
  if (value === undefined || value === null) return undefined;
  if (!isNumeric(value)) throw new RestError(`${key}_STRING`, `${text} ID can't be string`);
  return intParam(call.params, key);
}

/** The page asked for, newest first; an id that is no message of the chat gives nothing. */
function page(call: Call, chat: Chat): Message[] {
  const firstId = numberParam(call, "FIRST_ID", "First");
  const lastId = numberParam(call, "LAST_ID", "Last");
  const asked = isPresent(call.params, "LIMIT") ? intParam(call.params, "LIMIT") : defaultLimit;
  const limit = Math.min(asked > 0 ? asked : defaultLimit, maxLimit);
  const isKnown = (id: number): boolean => chat.messages.some((message) => message.id === id);
  if (lastId !== undefined && lastId > 0) {
    if (!isKnown(lastId)) return [];
    return chat.messages
      .filter((message) => message.id < lastId)
      .slice(-limit)
      .reverse();
  }
  if (firstId !== undefined) {
    if (firstId > 0 && !isKnown(firstId)) return [];
    return chat.messages
      .filter((message) => message.id > firstId)
      .slice(0, limit)
      .reverse();
  }
  const unreadFrom = firstUnreadId(chat, call.userId);
  const unread = unreadFrom === 0 ? 0 : chat.messages.filter((message) => message.id >= unreadFrom).length;
  return chat.messages.slice(-Math.max(limit, Math.min(unread, maxLimit))).reverse();
}

const messagesGet = read("im.dialog.messages.get", "im", (call) => {
  const { world, userId, portal } = call;
  const chat = ownChat(call);
  const messages = page(call, chat);
  const readUpTo = chat.members.get(userId)?.lastReadId ?? 0;
  const files = filesOf(call, messages);
  const authors = new Set([...messages.map((message) => message.authorId), ...files.map((file) => file.authorId)]);
  return {
    chat_id: chat.id,
    messages: messages.map((message) => ({
      id: message.id,
      chat_id: chat.id,
      author_id: message.authorId,
      date: isoDate(message.createdAt),
      text: message.text,
      unread: message.id > readUpTo && message.authorId !== userId,
      uuid: message.uuid,
      replaces: [],
      params: phpMap(message.params),
      disappearing_date: null,
    })),
    users: [...authors].flatMap((id) => {
      const user = world.users.get(id);
      return user ? [snakeUser(user, portal.url)] : [];
    }),
    files: files.map((file) => camelFile(file, world.userName(file.authorId), portal.url)),
  };
});

const usersList = read("im.dialog.users.list", "im", (call) => {
  const { world, params, portal } = call;
  const chat = ownChat(call);
  const skipExternal = isY(params, "SKIP_EXTERNAL");
  const users = [...chat.members.keys()]
    .flatMap((id) => world.users.get(id) ?? [])
    .filter((user) => !(skipExternal && user.kind === "customer"))
    .sort((a, b) => a.id - b.id);
  const lastId = intParam(params, "LAST_ID");
  const offset = Math.max(0, intParam(params, "OFFSET"));
  const limit = Math.min(intParam(params, "LIMIT") || 50, 200);
  const after = lastId > 0 ? users.filter((user) => user.id > lastId) : users.slice(offset);
  return after.slice(0, limit).map((user) => snakeUser(user, portal.url));
});

const dialogRead = write("im.dialog.read", "im", (call) => {
  const { world, params, userId } = call;
  const chatId = chatIdOfDialog(textParam(params, "DIALOG_ID"));
  if (chatId === undefined) throw dialogIdEmpty();
  const chat = world.chats.get(chatId);
  if (!chat?.members.has(userId)) return false;
  const messageId = intParam(params, "MESSAGE_ID");
  markRead(world, chat, userId, messageId > 0 ? messageId : undefined);
  const lastId = chat.members.get(userId)?.lastReadId ?? 0;
  return { dialogId: `chat${chat.id}`, chatId: chat.id, lastId, counter: unreadCount(world, chat, userId) };
});

const dialogWriting = write("im.dialog.writing", "im", (call) => {
  ownChat(call);
  return true;
});

export const dialogMethods: readonly Method[] = [dialogGet, messagesGet, usersList, dialogRead, dialogWriting];
