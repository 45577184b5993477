import { phpMap } from "../php-value.ts";
import { firstUnreadId, unreadCount } from "../world/members.ts";
import type { Chat } from "../world/records.ts";
import type { WorldState } from "../world/state.ts";
import { fullName } from "../world/state.ts";
import { isoDate } from "./wire-date.ts";

const flag = (value: boolean): string => (value ? "Y" : "N");

/** entity_data_1: session data by position; chats from before the extension have six parts only. */
export function entityData1(chat: Chat): string {
  if (chat.kind !== "lines") return "";
  const { data, crm } = chat;
  const six = [flag(crm.saved), crm.type, crm.id, flag(data.pause), flag(data.waitAction), data.sessionId];
  if (data.short) return six.join("|");
  return [...six, Math.floor(data.createdAt / 1000), data.lineId, 0, 0].join("|");
}

/** entity_data_2: CRM bindings as name/value pairs; empty while nothing is bound. */
export function entityData2(chat: Chat): string {
  if (chat.crm.links.length === 0) return "";
  const idOf = (type: string): number => chat.crm.links.find((link) => link.type === type)?.id ?? 0;
  return ["LEAD", "COMPANY", "CONTACT", "DEAL"].map((type) => `${type}|${idOf(type)}`).join("|");
}

export const restrictions = {
  avatar: true,
  rename: true,
  extend: true,
  call: true,
  mute: true,
  leave: true,
  leave_owner: true,
  send: true,
  user_list: true,
} as const;

export const permissions = {
  manage_users_add: "member",
  manage_users_delete: "manager",
  manage_ui: "member",
  manage_settings: "owner",
  manage_messages: "member",
  can_post: "member",
} as const;

export function roleOf(chat: Chat, userId: number): "owner" | "manager" | "member" | "guest" {
  if (chat.ownerId === userId) return "owner";
  const member = chat.members.get(userId);
  if (!member) return "guest";
  return member.manager ? "manager" : "member";
}

export function managersOf(chat: Chat): number[] {
  return [...chat.members.values()].filter((member) => member.manager).map((member) => member.userId);
}

export function entityLink(chat: Chat): Record<string, string> {
  return { type: chat.kind === "lines" ? "LINES" : "", url: "", id: chat.userCode };
}

export function absolute(path: string, portalUrl: string): string {
  return path.startsWith("/") ? `${portalUrl}${path}` : path;
}

function readMarks(state: WorldState, chat: Chat, callerId: number): unknown[] {
  return [...chat.members.values()].flatMap((member) => {
    const user = state.users.get(member.userId);
    if (!user?.active || member.userId === callerId) return [];
    const date = member.lastReadAt === null ? null : isoDate(member.lastReadAt);
    return [{ user_id: member.userId, user_name: fullName(user), message_id: member.lastReadId, date }];
  });
}

function lastViews(state: WorldState, chat: Chat): Record<string, unknown> {
  const last = chat.messages.at(-1);
  if (!last) return { message_id: 0, first_viewers: [], count_of_viewers: 0 };
  const viewers = [...chat.members.values()].filter(
    (member) => member.userId !== last.authorId && member.lastReadId >= last.id && member.lastReadAt !== null,
  );
  const first = viewers.slice(0, 2).map((member) => ({
    user_id: member.userId,
    user_name: state.userName(member.userId),
    date: isoDate(member.lastReadAt ?? last.createdAt),
  }));
  return { message_id: last.id, first_viewers: first, count_of_viewers: viewers.length - first.length };
}

/** The chat record of imopenlines.dialog.get and im.dialog.get: snake_case, numbers as numbers. */
export function dialogRecord(
  state: WorldState,
  chat: Chat,
  callerId: number,
  portalUrl: string,
): Record<string, unknown> {
  const lastId = chat.messages.at(-1)?.id ?? 0;
  return {
    id: chat.id,
    parent_chat_id: 0,
    parent_message_id: 0,
    name: chat.title,
    description: null,
    owner: chat.ownerId,
    extranet: false,
    avatar: absolute(chat.avatar, portalUrl),
    color: chat.color,
    type: chat.kind === "lines" ? "lines" : "chat",
    counter: unreadCount(state, chat, callerId),
    user_counter: chat.members.size,
    message_count: chat.messages.length,
    unread_id: firstUnreadId(chat, callerId),
    restrictions,
    last_message_id: lastId,
    last_id: chat.members.get(callerId)?.lastReadId ?? 0,
    marked_id: 0,
    disk_folder_id: chat.diskFolderId,
    entity_type: chat.kind === "lines" ? "LINES" : "",
    entity_id: chat.userCode,
    entity_data_1: entityData1(chat),
    entity_data_2: entityData2(chat),
    entity_data_3: chat.silent,
    mute_list: chat.members.get(callerId)?.muted ? [callerId] : [],
    date_create: isoDate(chat.createdAt),
    message_type: chat.kind === "lines" ? "L" : "C",
    public: "",
    role: roleOf(chat, callerId),
    entity_link: entityLink(chat),
    text_field_enabled: true,
    background_id: null,
    permissions,
    is_new: false,
    readed_list: readMarks(state, chat, callerId),
    manager_list: managersOf(chat),
    last_message_views: lastViews(state, chat),
    dialog_id: `chat${chat.id}`,
  };
}

/** The chat block of a recent-list item: role in upper case, muted users as a map. */
export function recentChat(chat: Chat, callerId: number, portalUrl: string): Record<string, unknown> {
  const muted = [...chat.members.values()].filter((member) => member.muted);
  return {
    id: chat.id,
    parent_chat_id: 0,
    parent_message_id: 0,
    name: chat.title,
    owner: chat.ownerId,
    extranet: false,
    contains_collaber: false,
    avatar: absolute(chat.avatar, portalUrl),
    color: chat.color,
    type: chat.kind === "lines" ? "lines" : "chat",
    entity_type: chat.kind === "lines" ? "LINES" : "",
    entity_id: chat.userCode,
    entity_data_1: entityData1(chat),
    entity_data_2: entityData2(chat),
    entity_data_3: chat.silent,
    mute_list: phpMap(Object.fromEntries(muted.map((member) => [String(member.userId), true]))),
    manager_list: managersOf(chat),
    date_create: isoDate(chat.createdAt),
    message_type: chat.kind === "lines" ? "L" : "C",
    user_counter: chat.members.size,
    restrictions,
    role: roleOf(chat, callerId).toUpperCase(),
    text_field_enabled: true,
    background_id: null,
    entity_link: entityLink(chat),
    permissions,
    public: "",
  };
}
