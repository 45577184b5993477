import { isPhpMap, phpMap, phpText } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import type { Chat, Message, User } from "../../world/records.ts";
import { maySeeDialog } from "../dialog-access.ts";
import { type Call, type Method, PagedResult, read } from "../method.ts";
import { intParam, isPresent, textParam } from "../param-reading.ts";
import { recentChat } from "../wire-chat.ts";
import { isoDate, parseDate } from "../wire-date.ts";
import { camelFile } from "../wire-file.ts";
import { camelUser } from "../wire-user.ts";

const day = 24 * 60 * 60 * 1000;

/** Whether each word begins some word of the chat's title or of a participant's name. */
function isFound({ world }: Call, chat: Chat, words: readonly string[]): boolean {
  const names = [chat.title, ...[...chat.members.keys()].map((userId) => world.userName(userId))];
  const known = names.flatMap((name) => name.toLowerCase().split(/[\s,.()&-]+/));
  return words.every((word) => known.some((candidate) => candidate.startsWith(word)));
}

/** FIND looks among the caller's group chats, FIND_LINES among the dialogs that he may see. */
const chatList = read("im.search.chat.list", "im", (call) => {
  const { world, params, userId, portal } = call;
  const isGroupSearch = isPresent(params, "FIND");
  const phrase = textParam(params, isGroupSearch ? "FIND" : "FIND_LINES").trim();
  if (phrase.length < 2) throw new RestError("FIND_SHORT", "Too short a search phrase.");
  const words = phrase.toLowerCase().split(/\s+/);
  const asked = intParam(params, "LIMIT");
  const limit = asked > 0 ? Math.min(asked, 50) : 10;
  const offset = Math.max(0, isPresent(params, "OFFSET") ? intParam(params, "OFFSET") : intParam(params, "start"));
  const found = [...world.chats.values()]
    .filter((chat) =>
      isGroupSearch
        ? chat.kind === "group" && chat.members.has(userId)
        : chat.kind === "lines" && maySeeDialog(world, userId, chat),
    )
    .filter((chat) => isFound(call, chat, words))
    .sort((a, b) => b.lastActivityAt - a.lastActivityAt || b.id - a.id);
  const rows = found.slice(offset, offset + limit).map((chat) => {
    const { name, ...record } = recentChat(chat, userId, portal.url);
    return { id: record.id, title: name, name, ...record };
  });
  // The older page shows a map by id.
  const result = portal.age === 2024 ? phpMap(Object.fromEntries(rows.map((row) => [String(row.id), row]))) : rows;
  return new PagedResult(result, found.length, offset + limit < found.length ? offset + limit : undefined);
});

/** The messages that the search is about, in its order. */
function searched({ params }: Call, chat: Chat): Message[] {
  const text = textParam(params, "SEARCH_MESSAGE").trim().toLowerCase();
  const date = parseDate(params.DATE);
  const from = date ?? parseDate(params.DATE_FROM) ?? 0;
  const to = date === undefined ? (parseDate(params.DATE_TO) ?? Number.POSITIVE_INFINITY) : date + day;
  const ascending = isPhpMap(params.ORDER) && phpText(params.ORDER.ID).toUpperCase() === "ASC";
  const lastId = intParam(params, "LAST_ID");
  const found = chat.messages.filter(
    (message) =>
      (text.length <= 2 || message.text.toLowerCase().includes(text)) &&
      message.createdAt >= from &&
      message.createdAt <= to &&
      (lastId <= 0 || (ascending ? message.id > lastId : message.id < lastId)),
  );
  return ascending ? found : found.reverse();
}

function likesOf(message: Message): number[] {
  return Array.isArray(message.params.LIKE) ? message.params.LIKE.map(Number) : [];
}

function reactionsTo(message: Message, userId: number): unknown[] {
  const likes = likesOf(message);
  if (likes.length === 0) return [];
  const own = likes.includes(userId) ? ["like"] : [];
  const counters = { like: likes.length };
  return [{ messageId: message.id, reactionCounters: counters, reactionUsers: { like: likes }, ownReactions: own }];
}

const messagesSearch = read("im.dialog.messages.search", "im", (call) => {
  const { world, params, userId, portal } = call;
  const chatId = intParam(params, "CHAT_ID");
  if (chatId <= 0) throw new RestError("CHAT_ID_EMPTY", "CHAT_ID can't be empty");
  const chat = world.chats.get(chatId);
  const member = chat?.members.get(userId);
  if (!chat || !member) throw new RestError("ACCESS_ERROR", "You do not have access to this chat", 403);
  const asked = intParam(params, "LIMIT");
  const messages = searched(call, chat).slice(0, asked > 0 ? Math.min(asked, 200) : 50);
  const usersBy = (ids: Iterable<number>): User[] => [...new Set(ids)].flatMap((id) => world.users.get(id) ?? []);
  const fileIds = messages.flatMap(({ params: own }) => (Array.isArray(own.FILE_ID) ? own.FILE_ID.map(Number) : []));
  return {
    messages: messages.map((message) => ({
      id: message.id,
      chat_id: chat.id,
      author_id: message.authorId,
      date: isoDate(message.createdAt),
      text: message.text,
      isSystem: message.authorId === 0,
      uuid: message.uuid,
      forward: null,
      params: phpMap(message.params),
      viewedByOthers: [...chat.members.values()].some(
        (other) => other.userId !== message.authorId && other.lastReadId >= message.id,
      ),
      unread: message.id > member.lastReadId && message.authorId !== userId,
      viewed: message.id <= member.lastReadId,
    })),
    users: usersBy(messages.map(({ authorId }) => authorId)).map((user) => camelUser(user, portal.url)),
    files: fileIds.flatMap((id) => {
      const file = world.files.get(id);
      return file ? [camelFile(file, world.userName(file.authorId), portal.url)] : [];
    }),
    additionalMessages: [],
    reactions: messages.flatMap((message) => reactionsTo(message, userId)),
    stickers: [],
    copilot: null,
    usersShort: usersBy(messages.flatMap(likesOf)).map(({ id, avatar }) => ({ id, name: world.userName(id), avatar })),
    tariffRestrictions: { isHistoryLimitExceeded: false },
  };
});

export const searchMethods: readonly Method[] = [chatList, messagesSearch];
