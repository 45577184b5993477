import { phpMap } from "../../php-value.ts";
import { unreadCount } from "../../world/members.ts";
import type { Chat, Message } from "../../world/records.ts";
import type { World } from "../../world/world.ts";
import { type Call, type Method, PagedResult, read } from "../method.ts";
import { intParam, isPresent, isY } from "../param-reading.ts";
import { absolute, recentChat } from "../wire-chat.ts";
import { isoDate, parseDate } from "../wire-date.ts";
import { plainPreview } from "../wire-text.ts";
import { snakeUser } from "../wire-user.ts";

const defaultLimit = 50;
const maxLimit = 200;
const day = 24 * 60 * 60 * 1000;

/** The caller's recent chats: those that he pinned, then the others, the latest activity first. */
function recentChats(world: World, userId: number): Chat[] {
  const isPinned = (chat: Chat): number => Number(chat.pinnedBy.has(userId));
  return [...world.chats.values()]
    .filter((chat) => chat.recents.has(userId))
    .sort((a, b) => isPinned(b) - isPinned(a) || b.lastActivityAt - a.lastActivityAt || b.id - a.id);
}

function lastMessage(world: World, message: Message | undefined): Record<string, unknown> {
  if (!message) {
    return {
      id: 0,
      text: "",
      file: false,
      author_id: 0,
      attach: false,
      sticker: null,
      date: false,
      status: "",
      uuid: null,
    };
  }
  const fileIds = Array.isArray(message.params.FILE_ID) ? message.params.FILE_ID : [];
  const file = world.files.get(Number(fileIds[0]));
  const attach = Array.isArray(message.params.ATTACH);
  return {
    id: message.id,
    text: plainPreview(message.text) || (attach ? "[Attachment]" : ""),
    file: file ? { type: file.type, name: file.name } : false,
    author_id: message.authorId,
    attach,
    sticker: null,
    date: isoDate(message.createdAt),
    status: "received",
    uuid: message.uuid,
  };
}

function recentItem(call: Call, chat: Chat): Record<string, unknown> {
  const { world, userId, portal } = call;
  const message = chat.messages.at(-1);
  const author = message ? world.users.get(message.authorId) : undefined;
  const session = chat.kind === "lines" ? (world.openSession(chat.id) ?? world.lastSession(chat.id)) : undefined;
  return {
    id: `chat${chat.id}`,
    chat_id: chat.id,
    type: "chat",
    avatar: { url: absolute(chat.avatar, portal.url), color: chat.color },
    title: chat.title,
    message: lastMessage(world, message),
    counter: unreadCount(world, chat, userId),
    last_id: chat.members.get(userId)?.lastReadId ?? 0,
    pinned: chat.pinnedBy.has(userId),
    unread: chat.markedUnreadBy.has(userId),
    has_reminder: false,
    date_update: isoDate(chat.lastActivityAt),
    date_last_activity: isoDate(chat.lastActivityAt),
    chat: recentChat(chat, userId, portal.url),
    user: author ? snakeUser(author, portal.url) : { id: 0 },
    ...(session ? { lines: { id: session.id, status: session.status, date_create: isoDate(session.createdAt) } } : {}),
    options: [],
  };
}

function wanted(call: Call, chat: Chat): boolean {
  const { world, params, userId } = call;
  if (isY(params, "SKIP_OPENLINES") && chat.kind === "lines") return false;
  if (isY(params, "SKIP_CHAT") && chat.kind === "group") return false;
  if (isY(params, "ONLY_COPILOT") || isY(params, "ONLY_CHANNEL")) return false;
  if (isY(params, "ONLY_OPENLINES") && chat.kind !== "lines") return false;
  if (isY(params, "SKIP_UNDISTRIBUTED_OPENLINES") && chat.kind === "lines" && !chat.members.has(userId)) return false;
  return !isY(params, "UNREAD_ONLY") || unreadCount(world, chat, userId) > 0;
}

const recentList = read("im.recent.list", "im", (call) => {
  const { world, params, userId } = call;
  const before = parseDate(params.LAST_MESSAGE_DATE);
  const asked = isPresent(params, "LIMIT") ? intParam(params, "LIMIT") : defaultLimit;
  const limit = Math.min(asked > 0 ? asked : defaultLimit, maxLimit);
  const offset = Math.max(0, intParam(params, "OFFSET"));
  const found = recentChats(world, userId).filter(
    (chat) => wanted(call, chat) && (before === undefined || chat.lastActivityAt < before),
  );
  const hasMore = found.length > offset + limit;
  const items = found.slice(offset, offset + limit).map((chat) => recentItem(call, chat));
  return new PagedResult(
    {
      items,
      hasMorePages: hasMore,
      hasMore,
      copilot: { chats: null, messages: null, roles: [], recommendedRoles: [] },
      messagesAutoDeleteConfigs: [],
    },
    -1,
  );
});

const recentGet = read("im.recent.get", "im", (call) => {
  const { world, params, userId } = call;
  const since = parseDate(params.LAST_UPDATE) ?? parseDate(params.LAST_SYNC_DATE);
  const oldest = isPresent(params, "LAST_SYNC_DATE") ? world.now() - 7 * day : 0;
  return recentChats(world, userId)
    .filter((chat) => wanted(call, chat) && chat.lastActivityAt >= Math.max(since ?? 0, oldest))
    .map((chat) => recentItem(call, chat));
});

const countersGet = read("im.counters.get", "im", ({ world, userId }) => {
  const lines: Record<string, number> = {};
  const groups: Record<string, number> = {};
  const muted: Record<string, number> = {};
  const marked: number[] = [];
  for (const chat of recentChats(world, userId)) {
    const count = unreadCount(world, chat, userId);
    if (chat.markedUnreadBy.has(userId)) marked.push(chat.id);
    if (count === 0) continue;
    if (chat.members.get(userId)?.muted) muted[chat.id] = count;
    else if (chat.kind === "lines") lines[chat.id] = count;
    else groups[chat.id] = count;
  }
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, count) => all + count, 0);
  return {
    TYPE: {
      ALL: sum(lines) + sum(groups),
      NOTIFY: 0,
      CHAT: sum(groups),
      LINES: sum(lines),
      DIALOG: 0,
      MESSENGER: sum(groups),
    },
    CHAT: phpMap(groups),
    CHAT_MUTED: phpMap(muted),
    CHAT_UNREAD: marked,
    LINES: phpMap(lines),
    DIALOG: [],
    DIALOG_UNREAD: [],
  };
});

export const recentMethods: readonly Method[] = [recentList, recentGet, countersGet];
