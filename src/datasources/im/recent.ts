import type { Call } from "../bitrix24/calls.ts";
import {
  chatId,
  flag,
  object,
  optionalCount,
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalObject,
  optionalText,
  type WireObject,
} from "../bitrix24/wire.ts";
import { kept, ornamental, readable } from "../bitrix24/wire-lists.ts";
import { optionalInstant } from "../bitrix24/wire-times.ts";
import type { MessagePreviewRecord } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";
import type { InboxItemRecord } from "../domain/inbox-item.ts";
import type { UserRecord } from "../domain/user.ts";
import { flagParam, timeParam } from "../rest-params.ts";
import { decodeChat, isOpenLineChat, type WritableChat } from "./chat-fields.ts";
import { sessionStatus } from "./session-status.ts";
import { decodeUser, pictureUrl } from "./user-fields.ts";

/** A page of the caller's recent dialogs, reduced to open-line chats, each once. */
export interface RecentPage {
  /** In the portal's order: pinned ones first, then the last changed. */
  readonly items: readonly InboxItemRecord[];
  /** Authors of the last messages. */
  readonly users: readonly UserRecord[];
  /** How many dialogs of any kind the page held. */
  readonly itemCount: number;
  readonly hasMore: boolean;
}

/** `offset` grows by `limit` from page to page, not by the number of items; pages may overlap. */
export interface RecentQuery {
  /** At most 200. */
  readonly limit: number;
  readonly offset: number;
  readonly unreadOnly?: boolean | undefined;
  /** Leave out dialogs that wait in a queue and are not the caller's yet. */
  readonly skipUndistributed?: boolean | undefined;
  /** Only dialogs whose last message is older. */
  readonly lastMessageBefore?: Date | undefined;
}

/** The caller's open-line dialogs, page by page (`im.recent.list`). Private and group chats are left out by the portal. */
export function recentList(query: RecentQuery): Call<RecentPage> {
  return {
    method: "im.recent.list",
    params: {
      SKIP_DIALOG: "Y",
      SKIP_CHAT: "Y",
      UNREAD_ONLY: query.unreadOnly === undefined ? undefined : flagParam(query.unreadOnly),
      SKIP_UNDISTRIBUTED_OPENLINES:
        query.skipUndistributed === undefined ? undefined : flagParam(query.skipUndistributed),
      LAST_MESSAGE_DATE: query.lastMessageBefore === undefined ? undefined : timeParam(query.lastMessageBefore),
      OFFSET: query.offset,
      LIMIT: query.limit,
    },
    decode: decodeList,
  };
}

/** All of the caller's open-line dialogs at once, without paging (`im.recent.get`); for portals that do not know `im.recent.list`. */
export function recentGet(query: { readonly changedSince?: Date | undefined } = {}): Call<RecentPage> {
  return {
    method: "im.recent.get",
    params: {
      ONLY_OPENLINES: "Y",
      LAST_SYNC_DATE: query.changedSince === undefined ? undefined : timeParam(query.changedSince),
    },
    decode: decodeWhole,
  };
}

function decodeList(result: unknown): RecentPage {
  const raw = object(result, "");
  const page = decodePage(raw.items, "items", false);
  const told = raw.hasMore ?? raw.hasMorePages;
  // The next page is empty where there is none: looking for it loses nothing.
  const hasMore = told === undefined ? false : (readable(flag, told, "hasMore")?.value ?? page.itemCount > 0);
  return { ...page, hasMore };
}

function decodeWhole(result: unknown): RecentPage {
  return decodePage(result, "", false);
}

function decodePage(value: unknown, path: string, hasMore: boolean): RecentPage {
  const items = new Map<Id, InboxItemRecord>();
  const users = new Map<Id, UserRecord>();
  let itemCount = 0;
  kept(value, path, (entry, at) => {
    itemCount++;
    const item = object(entry, at);
    const chat = optionalObject(item.chat, `${at}.chat`);
    const lines = ornamental(optionalObject, item.lines, `${at}.lines`);
    if (chat === null || !(lines !== null || isOpenLineChat(chat))) return;
    const decoded = decodeItem(item, chat, lines, at);
    if (!items.has(decoded.id)) items.set(decoded.id, decoded);
    const author = ornamental(decodeAuthor, item.user, `${at}.user`);
    if (author !== null) users.set(author.id, author);
  });
  return { items: [...items.values()], users: [...users.values()], itemCount, hasMore };
}

/** Nobody for system messages, whose author has the id 0 or none. */
function decodeAuthor(value: unknown, path: string): UserRecord | null {
  const user = optionalObject(value, path);
  return user === null || optionalId(user.id, `${path}.id`) === null ? null : decodeUser(user, path);
}

function decodeItem(item: WireObject, chat: WireObject, lines: WireObject | null, path: string): InboxItemRecord {
  const id = chatId(item.chat_id ?? chat.id ?? item.id, `${path}.chat_id`);
  const record: WritableChat = decodeChat({ ...chat, id }, `${path}.chat`);
  record.isListed = true;
  if (record.title === undefined && item.title !== undefined)
    record.title = ornamental(optionalText, item.title, `${path}.title`);
  if (record.avatarUrl === undefined) record.avatarUrl = itemAvatar(item.avatar, `${path}.avatar`);
  if (item.counter !== undefined) record.unreadCount = ornamental(optionalCount, item.counter, `${path}.counter`);
  if (item.last_id !== undefined) record.lastReadMessageId = ornamental(optionalId, item.last_id, `${path}.last_id`);
  const preview = decodePreview(item.message, `${path}.message`);
  if (preview !== null && preview.messageId !== null) record.lastMessageId = preview.messageId;
  const statusCode = ornamental(optionalInteger, lines?.status, `${path}.lines.status`);
  return {
    id,
    record,
    preview,
    status: statusCode === null ? null : sessionStatus(statusCode),
    statusCode,
    isPinned: ornamental(optionalFlag, item.pinned, `${path}.pinned`),
    isMarkedAsUnread: ornamental(optionalFlag, item.unread, `${path}.unread`),
    changedAt: ornamental(optionalInstant, item.date_update ?? item.date_last_activity, `${path}.date_update`),
  };
}

function itemAvatar(value: unknown, path: string): string | null {
  return pictureUrl(typeof value === "string" ? value : ornamental(optionalObject, value, path)?.url, path);
}

function decodePreview(value: unknown, path: string): MessagePreviewRecord | null {
  const raw = ornamental(optionalObject, value, path);
  if (raw === null) return null;
  return {
    messageId: ornamental(optionalId, raw.id, `${path}.id`),
    text: ornamental(optionalText, raw.text, `${path}.text`),
    sentAt: ornamental(optionalInstant, raw.date, `${path}.date`),
    authorId: ornamental(optionalId, raw.author_id, `${path}.author_id`),
    hasFile: ornamental(isPresent, raw.file, `${path}.file`),
    hasAttachment: ornamental(isPresent, raw.attach, `${path}.attach`),
  };
}

/** Older portals describe the file here, newer ones say true or false. */
function isPresent(value: unknown, path: string): boolean | null {
  if (value === undefined || value === null || value === "") return null;
  return typeof value === "object" ? Object.keys(value).length > 0 : flag(value, path);
}
