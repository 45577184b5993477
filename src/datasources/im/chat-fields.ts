import {
  chatId,
  id,
  object,
  optionalCount,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  WireError,
  type WireObject,
} from "../bitrix24/wire.ts";
import { ornamental, ornamentalList, readable } from "../bitrix24/wire-lists.ts";
import { optionalInstant } from "../bitrix24/wire-times.ts";
import type {
  ChatPermissions,
  ChatRecord,
  ChatRestrictions,
  ChatRole,
  ChatSessionData,
  LastMessageViewsRecord,
  ReadMarkRecord,
  UserCode,
} from "../domain/chat.ts";
import { parseUserCode } from "../domain/user-code.ts";
import { parseCrmBindings, parseSessionData, parseSilentMode } from "./packed-fields.ts";
import { decodeMutedUsers, field, ornamentalUrl, pictureUrl } from "./user-fields.ts";

export type WritableChat = { -readonly [K in keyof ChatRecord]: ChatRecord[K] };

/**
 * The part of a chat that `dialog.get`, recent lists (`entity_data_1`) and a session's history (`entityData1`) share. Only what the answer
 * tells is set.
 */
export function decodeChat(raw: WireObject, path: string): WritableChat {
  const chat: WritableChat = { id: chatId(raw.id, `${path}.id`), source: "partial" };

  if (raw.name !== undefined) chat.title = ornamental(optionalText, raw.name, `${path}.name`);
  if (raw.description !== undefined)
    chat.description = ornamental(optionalText, raw.description, `${path}.description`);
  if (raw.avatar !== undefined) chat.avatarUrl = pictureUrl(raw.avatar, `${path}.avatar`);
  if (raw.color !== undefined) chat.color = ornamental(optionalText, raw.color, `${path}.color`);
  const createdAt = field(raw, "date_create", "dateCreate");
  if (createdAt !== undefined) chat.createdAt = ornamental(optionalInstant, createdAt, `${path}.date_create`);
  // "Nobody" would be a wrong answer for an owner who cannot be read.
  const owner = raw.owner === undefined ? undefined : readable(optionalId, raw.owner, `${path}.owner`);
  if (owner !== undefined) chat.operatorId = owner.value;
  decodeOpenLineFields(chat, raw, path);

  if (raw.extranet !== undefined) chat.isExtranet = ornamental(optionalFlag, raw.extranet, `${path}.extranet`);
  const isNew = field(raw, "is_new", "isNew");
  if (isNew !== undefined) chat.isNew = ornamental(optionalFlag, isNew, `${path}.is_new`);
  const messageCount = field(raw, "message_count", "messageCount");
  if (messageCount !== undefined) chat.messageCount = ornamental(optionalCount, messageCount, `${path}.message_count`);
  const userCount = field(raw, "user_counter", "userCounter");
  if (userCount !== undefined) chat.participantCount = ornamental(optionalCount, userCount, `${path}.user_counter`);
  const managers = field(raw, "manager_list", "managerList");
  if (managers !== undefined) chat.managerIds = ornamentalList(managers, `${path}.manager_list`, id);
  const muted = field(raw, "mute_list", "muteList");
  const mutedIds = muted === undefined ? undefined : decodeMutedUsers(muted, `${path}.mute_list`);
  if (mutedIds !== undefined) chat.mutedUserIds = mutedIds;

  if (raw.role !== undefined) chat.viewerRole = decodeRole(raw.role);
  if (raw.restrictions !== undefined) chat.restrictions = decodeRestrictions(raw.restrictions, `${path}.restrictions`);
  if (raw.permissions !== undefined) chat.permissions = decodePermissions(raw.permissions, `${path}.permissions`);

  const parentChat = field(raw, "parent_chat_id", "parentChatId");
  if (parentChat !== undefined) chat.parentChatId = ornamental(optionalId, parentChat, `${path}.parent_chat_id`);
  const parentMessage = field(raw, "parent_message_id", "parentMessageId");
  if (parentMessage !== undefined)
    chat.parentMessageId = ornamental(optionalId, parentMessage, `${path}.parent_message_id`);
  const background = field(raw, "background_id", "backgroundId");
  if (background !== undefined) chat.backgroundId = ornamental(optionalText, background, `${path}.background_id`);
  const textField = field(raw, "text_field_enabled", "textFieldEnabled");
  if (textField !== undefined)
    chat.isTextFieldEnabled = ornamental(optionalFlag, textField, `${path}.text_field_enabled`);
  if (raw.public !== undefined) chat.publicLink = decodePublicLink(raw.public, `${path}.public`);
  const link = field(raw, "entity_link", "entityLink");
  if (link !== undefined) chat.entityUrl = decodeLink(link, `${path}.entity_link`);
  const callNumber = field(raw, "call_number", "callNumber") ?? raw.call;
  if (callNumber !== undefined) chat.callNumber = decodeCallNumber(raw, path);
  return chat;
}

/** True for a chat of an open line, as far as the answer tells it. */
export function isOpenLineChat(raw: WireObject): boolean {
  const type = field(raw, "entity_type", "entityType");
  return isOfOpenLines(type ?? raw.type);
}

/** The portal's word for open lines: `LINES` as a kind of entity, `lines` as a kind of chat. */
export function isOfOpenLines(type: unknown): boolean {
  return typeof type === "string" && type.toUpperCase() === "LINES";
}

/** The packed fields, each for itself: one that cannot be read costs no other. */
function decodeOpenLineFields(chat: WritableChat, raw: WireObject, path: string): void {
  const userCode = field(raw, "entity_id", "entityId");
  if (userCode !== undefined)
    chat.userCode = isOpenLineChat(raw) ? ornamental(userCodeOrNone, userCode, `${path}.entity_id`) : null;
  const sessionData = field(raw, "entity_data_1", "entityData1");
  if (sessionData !== undefined) chat.session = ornamental(decodeSessionData, sessionData, `${path}.entity_data_1`);
  const bindings = field(raw, "entity_data_2", "entityData2");
  if (bindings !== undefined)
    chat.crmBindings = parseCrmBindings(
      ornamental(optionalText, bindings, `${path}.entity_data_2`) ?? "",
      `${path}.entity_data_2`,
    );
  const silent = field(raw, "entity_data_3", "entityData3");
  if (silent !== undefined)
    chat.isSilent = ornamental((each, at) => parseSilentMode(packed(each, at)), silent, `${path}.entity_data_3`);
}

/** A customer's code; null for the spellings of "none". */
export function userCodeOrNone(value: unknown, path: string): UserCode | null {
  const told = optionalText(value, path);
  const code = told === null ? null : parseUserCode(told);
  if (told !== null && code === null) throw new WireError(path, "a user code", value);
  return code;
}

function decodeSessionData(value: unknown, path: string): ChatSessionData {
  return parseSessionData(packed(value, path), path);
}

/** A packed field; a chat that has nothing in it has it empty, in whichever of PHP's spellings. */
function packed(value: unknown, path: string): string {
  return optionalText(value, path)?.trim() ?? "";
}

const ROLES: Readonly<Record<string, ChatRole>> = {
  OWNER: "OWNER",
  MANAGER: "MANAGER",
  MEMBER: "MEMBER",
  GUEST: "GUEST",
  NONE: "NONE",
};

/** Roles come in lower case or upper case, by method; a word that is not known is UNKNOWN. */
function decodeRole(value: unknown): ChatRole | null {
  if (value === undefined || value === null || value === "" || value === false) return null;
  return typeof value === "string" ? (ROLES[value.toUpperCase()] ?? "UNKNOWN") : "UNKNOWN";
}

function decodeRestrictions(value: unknown, path: string): ChatRestrictions | null {
  const raw = ornamental(optionalObject, value, path);
  if (raw === null) return null;
  return {
    avatar: ornamental(optionalFlag, raw.avatar, `${path}.avatar`),
    rename: ornamental(optionalFlag, raw.rename, `${path}.rename`),
    extend: ornamental(optionalFlag, raw.extend, `${path}.extend`),
    call: ornamental(optionalFlag, raw.call, `${path}.call`),
    mute: ornamental(optionalFlag, raw.mute, `${path}.mute`),
    leave: ornamental(optionalFlag, raw.leave, `${path}.leave`),
    leaveOwner: ornamental(optionalFlag, field(raw, "leave_owner", "leaveOwner"), `${path}.leave_owner`),
    send: ornamental(optionalFlag, raw.send, `${path}.send`),
    userList: ornamental(optionalFlag, field(raw, "user_list", "userList"), `${path}.user_list`),
  };
}

function decodePermissions(value: unknown, path: string): ChatPermissions | null {
  const raw = ornamental(optionalObject, value, path);
  if (raw === null) return null;
  return {
    manageUsersAdd: decodeRole(field(raw, "manage_users_add", "manageUsersAdd")),
    manageUsersDelete: decodeRole(field(raw, "manage_users_delete", "manageUsersDelete")),
    manageUi: decodeRole(field(raw, "manage_ui", "manageUi")),
    manageSettings: decodeRole(field(raw, "manage_settings", "manageSettings")),
    manageMessages: decodeRole(field(raw, "manage_messages", "manageMessages")),
    canPost: decodeRole(field(raw, "can_post", "canPost")),
  };
}

/** `""` when the chat is not public, else `{code, link}`. */
function decodePublicLink(value: unknown, path: string): ChatRecord["publicLink"] & (object | null) {
  const raw = ornamental(optionalObject, value, path);
  if (raw === null) return null;
  return { code: ornamental(optionalText, raw.code, `${path}.code`), url: ornamentalUrl(raw.link, `${path}.link`) };
}

function decodeLink(value: unknown, path: string): string | null {
  return ornamentalUrl(ornamental(optionalObject, value, path)?.url, `${path}.url`);
}

/** The number if there is one, else the call's id; `"0"` and `""` are none. */
function decodeCallNumber(raw: WireObject, path: string): string | null {
  const number = ornamental(optionalText, field(raw, "call_number", "callNumber"), `${path}.call_number`);
  const call = ornamental(optionalText, raw.call, `${path}.call`);
  return number ?? (call === "0" ? null : call);
}

/** A participant's read mark (`readed_list`). */
export function decodeReadMark(value: unknown, path: string): ReadMarkRecord {
  const raw = object(value, path);
  return {
    userId: id(field(raw, "user_id", "userId"), `${path}.user_id`),
    userName: ornamental(optionalText, field(raw, "user_name", "userName"), `${path}.user_name`),
    messageId: ornamental(optionalId, field(raw, "message_id", "messageId"), `${path}.message_id`),
    readAt: ornamental(optionalInstant, raw.date, `${path}.date`),
  };
}

/** Who saw the last message (`last_message_views`). */
export function decodeLastMessageViews(value: unknown, path: string): LastMessageViewsRecord | null {
  const raw = ornamental(optionalObject, value, path);
  if (raw === null) return null;
  return {
    messageId: ornamental(optionalId, field(raw, "message_id", "messageId"), `${path}.message_id`),
    firstViewers: ornamentalList(field(raw, "first_viewers", "firstViewers"), `${path}.first_viewers`, (entry, at) => {
      const viewer = object(entry, at);
      return {
        userId: id(field(viewer, "user_id", "userId"), `${at}.user_id`),
        userName: ornamental(optionalText, field(viewer, "user_name", "userName"), `${at}.user_name`),
        viewedAt: ornamental(optionalInstant, viewer.date, `${at}.date`),
      };
    }),
    otherViewerCount: ornamental(
      optionalCount,
      field(raw, "count_of_viewers", "countOfViewers"),
      `${path}.count_of_viewers`,
    ),
  };
}
