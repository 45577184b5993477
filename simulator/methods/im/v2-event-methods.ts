import { phpMap } from "../../php-value.ts";
import type { Happening } from "../../world/happenings.ts";
import { createMessengerQueues, type MessengerEventType, type MessengerQueues } from "../../world/messenger-queues.ts";
import type { Chat, Message, User } from "../../world/records.ts";
import { fullName } from "../../world/state.ts";
import type { World } from "../../world/world.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { intParam, isPresent } from "../param-reading.ts";
import { absolute, entityData1, entityData2, entityLink, permissions } from "../wire-chat.ts";
import { isoDate } from "../wire-date.ts";

const defaultLimit = 100;
const maxLimit = 1000;

const queuesByWorld = new WeakMap<World, MessengerQueues>();

/** The queues of the caller's world, made at the first call: nothing before it can be asked for. */
function queuesOf({ world, portal }: Call): MessengerQueues {
  const made =
    queuesByWorld.get(world) ??
    createMessengerQueues(world, (type, happening) => eventData(world, type, happening, portal.url, portal.language));
  queuesByWorld.set(world, made);
  return made;
}

function eventData(
  world: World,
  type: MessengerEventType,
  happening: Happening,
  portalUrl: string,
  language: string,
): Record<string, unknown> {
  const chat = world.chat(happening.chatId);
  const chatData = eventChat(chat, portalUrl);
  if (type === "ONIMV2JOINCHAT") {
    const joined = happening.kind === "membersChanged" ? world.users.get(happening.userIds[0] ?? 0) : undefined;
    return { dialogId: `chat${chat.id}`, chat: chatData, user: eventUser(joined, portalUrl), language };
  }
  const message = "messageId" in happening ? world.message(happening.messageId) : undefined;
  const user = eventUser(message ? world.users.get(message.authorId) : undefined, portalUrl);
  if (type === "ONIMV2MESSAGEDELETE" || !message) {
    return { messageId: message?.id ?? 0, chat: chatData, user, language };
  }
  if (happening.kind === "reactionChanged") {
    const reacting = eventUser(world.users.get(happening.userId), portalUrl);
    const shown = eventMessage(chat, message);
    return { reaction: "like", action: happening.action, message: shown, chat: chatData, user: reacting, language };
  }
  return { message: eventMessage(chat, message), chat: chatData, user, language };
}

function eventMessage(chat: Chat, message: Message): Record<string, unknown> {
  return {
    id: message.id,
    chatId: message.chatId,
    authorId: message.authorId,
    date: isoDate(message.createdAt),
    text: message.text,
    isSystem: message.authorId === 0,
    uuid: message.uuid ?? "",
    forward: null,
    params: phpMap({ ...message.params }),
    viewedByOthers: [...chat.members.values()].some(
      (member) => member.userId !== message.authorId && member.lastReadId >= message.id,
    ),
  };
}

/** The shortened chat of an event: nothing in it depends on who reads it. */
function eventChat(chat: Chat, portalUrl: string): Record<string, unknown> {
  return {
    id: chat.id,
    dialogId: `chat${chat.id}`,
    name: chat.title,
    type: chat.kind === "lines" ? "lines" : "chat",
    messageType: chat.kind === "lines" ? "L" : "C",
    owner: chat.ownerId,
    color: chat.color,
    avatar: absolute(chat.avatar, portalUrl),
    description: "",
    extranet: false,
    containsCollaber: false,
    entityType: chat.kind === "lines" ? "LINES" : "",
    entityId: chat.userCode,
    entityData1: entityData1(chat),
    entityData2: entityData2(chat),
    entityData3: chat.silent,
    entityLink: entityLink(chat),
    diskFolderId: chat.diskFolderId,
    permissions: {
      manageUsersAdd: permissions.manage_users_add,
      manageUsersDelete: permissions.manage_users_delete,
      manageUi: permissions.manage_ui,
      manageSettings: permissions.manage_settings,
      manageMessages: permissions.manage_messages,
      canPost: permissions.can_post,
    },
    parentChatId: 0,
    parentMessageId: 0,
    isNew: false,
    textFieldEnabled: "Y",
    backgroundId: null,
  };
}

/** The shortened user of an event; system messages have none. */
function eventUser(user: User | undefined, portalUrl: string): Record<string, unknown> {
  if (!user) return { id: 0 };
  return {
    id: user.id,
    active: user.active,
    name: fullName(user),
    firstName: user.firstName,
    lastName: user.lastName,
    workPosition: user.workPosition,
    color: user.color,
    avatar: absolute(user.avatar, portalUrl),
    gender: user.gender === "" ? "M" : user.gender,
    birthday: user.birthday,
    extranet: user.extranet,
    bot: user.kind === "bot",
    connector: user.kind === "customer",
    externalAuthId: user.externalAuthId,
    status: "online",
    idle: false,
    lastActivityDate: false,
    mobileLastDate: false,
    desktopLastDate: false,
    absent: false,
    departments: user.departments,
    phones: user.phones === false ? false : phpMap(user.phones),
    website: user.website,
    email: user.email,
    type: user.kind === "bot" ? "bot" : user.extranet ? "extranet" : "employee",
  };
}

const eventSubscribe = write("im.v2.Event.subscribe", "im", (call) => {
  queuesOf(call).subscribe(call.userId);
  return true;
});

const eventUnsubscribe = write("im.v2.Event.unsubscribe", "im", (call) => {
  queuesOf(call).unsubscribe(call.userId);
  return true;
});

const eventGet = read("im.v2.Event.get", "im", (call) => {
  const { params, userId } = call;
  const offset = isPresent(params, "offset") ? intParam(params, "offset") : undefined;
  const asked = isPresent(params, "limit") ? intParam(params, "limit") : defaultLimit;
  const limit = Math.min(Math.max(asked, 1), maxLimit);
  const { events, hasMore } = queuesOf(call).take(userId, offset, limit);
  return {
    events: events.map(({ id, type, at, data }) => ({ eventId: id, type, date: isoDate(at), data })),
    nextOffset: (events.at(-1)?.id ?? (offset ?? 1) - 1) + 1,
    hasMore,
  };
});

export const v2EventMethods: readonly Method[] = [eventSubscribe, eventUnsubscribe, eventGet];
