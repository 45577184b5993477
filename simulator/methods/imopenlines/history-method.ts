import { phpMap } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import type { Chat, Message, Session } from "../../world/records.ts";
import type { World } from "../../world/world.ts";
import { mayReadChatCrm } from "../dialog-access.ts";
import { localisedError } from "../localised-errors.ts";
import { type Call, type Method, read } from "../method.ts";
import { intParam, isPresent } from "../param-reading.ts";
import { entityData1, entityData2, entityLink, managersOf, permissions } from "../wire-chat.ts";
import { isoDate } from "../wire-date.ts";
import { flatFile } from "../wire-file.ts";
import { bbCodeToHtml } from "../wire-text.ts";
import { historyUser } from "../wire-user.ts";

const yesNo = (value: boolean): string => (value ? "Y" : "N");

const camelNames = new Map<string, string>();

/** The encoder's way with a key: lower case first, then a hump at each underscore. */
function camelKey(key: string): string {
  const known = camelNames.get(key);
  if (known !== undefined) return known;
  const name = key.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (camelNames.size < 1000) camelNames.set(key, name);
  return name;
}

/** Message parameters as this method shows them: keys camelised at every depth, `[]` when there are none. */
function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== "object" || value === null) return value;
  return phpMap(Object.fromEntries(Object.entries(value).map(([key, item]) => [camelKey(key), camelKeys(item)])));
}

function findSession(world: World, call: Call): Session {
  const { params } = call;
  const unknown = (): RestError => localisedError("ACCESS_DENIED", call.portal.language);
  if (isPresent(params, "SESSION_ID")) {
    const id = intParam(params, "SESSION_ID");
    if (id <= 0) throw new RestError("INVALID_SESSION_ID", "Invalid session ID");
    const session = world.sessions.get(id);
    if (!session) throw unknown();
    return session;
  }
  if (!isPresent(params, "CHAT_ID")) {
    throw new RestError("MISSING_REQUIRED_PARAM", "Required parameter SESSION_ID or CHAT_ID is missing");
  }
  const session = world.lastSession(intParam(params, "CHAT_ID"));
  if (!session) throw new RestError("INVALID_SESSION_ID", "Invalid session ID");
  return session;
}

function messagesOf(chat: Chat, session: Session): Message[] {
  const from = chat.messages.findIndex((message) => message.id >= session.startId);
  if (from < 0) return [];
  if (session.endId === 0) return chat.messages.slice(from);
  return chat.messages.slice(from).filter((message) => message.id <= session.endId);
}

function wireMessage(message: Message): Record<string, unknown> {
  return {
    id: String(message.id),
    chatid: String(message.chatId),
    senderid: String(message.authorId),
    recipientid: `chat${message.chatId}`,
    date: isoDate(message.createdAt),
    text: message.text,
    textlegacy: bbCodeToHtml(message.text),
    params: camelKeys(message.params),
  };
}

function wireChat(chat: Chat): Record<string, unknown> {
  const muted = [...chat.members.values()].map((member) => [String(member.userId), member.muted]);
  return {
    id: String(chat.id),
    parentChatId: 0,
    parentMessageId: 0,
    name: chat.title,
    owner: String(chat.ownerId),
    color: chat.color,
    extranet: false,
    avatar: chat.avatar === "" ? "/bitrix/js/im/images/blank.gif" : chat.avatar,
    call: "0",
    callNumber: "",
    entityType: "LINES",
    entityId: chat.userCode,
    entityData1: entityData1(chat),
    entityData2: entityData2(chat),
    entityData3: chat.silent,
    messageCount: chat.messages.length,
    public: "",
    muteList: phpMap(Object.fromEntries(muted)),
    managerList: managersOf(chat),
    dateCreate: isoDate(chat.createdAt),
    type: "lines",
    entityLink: entityLink(chat),
    permissions: Object.fromEntries(Object.entries(permissions).map(([key, value]) => [camelKey(key), value])),
    textFieldEnabled: true,
    backgroundId: null,
    messageType: "L",
    isNew: false,
  };
}

/** People the answer describes: members of the chat, authors of the messages, the session's operator and customer. */
function peopleOf(chat: Chat, session: Session, messages: readonly Message[]): number[] {
  const ids = new Set([...chat.members.keys(), session.operatorId, session.customerId]);
  for (const message of messages) ids.add(message.authorId);
  ids.delete(0);
  return [...ids].sort((a, b) => a - b);
}

function groupsOf(world: World, userIds: readonly number[]): unknown {
  const groups: Record<string, { id: number; users: string[] }> = {};
  for (const userId of userIds) {
    for (const department of world.users.get(userId)?.departments ?? []) {
      const group = groups[department] ?? { id: department, users: [] };
      group.users.push(String(userId));
      groups[department] = group;
    }
  }
  return phpMap(groups);
}

function filesOf(world: World, messages: readonly Message[], portalUrl: string): unknown {
  const files: Record<string, unknown> = {};
  for (const message of messages) {
    const ids = Array.isArray(message.params.FILE_ID) ? message.params.FILE_ID : [];
    for (const id of ids) {
      const file = world.files.get(Number(id));
      if (file) files[file.id] = flatFile(file, world.userName(file.authorId), portalUrl);
    }
  }
  return phpMap(files);
}

function mayReadHistory(world: World, userId: number, chat: Chat, session: Session): boolean {
  return (
    session.operatorId === userId ||
    world.rights.has(userId, "HISTORY", session.lineId) ||
    mayReadChatCrm(world, userId, chat)
  );
}

const historyGet = read("imopenlines.session.history.get", "imopenlines", (call) => {
  const { world, userId, portal } = call;
  const session = findSession(world, call);
  const chat = world.chats.get(session.chatId);
  if (!chat || !mayReadHistory(world, userId, chat, session)) throw localisedError("ACCESS_DENIED", portal.language);
  const messages = messagesOf(chat, session);
  const people = peopleOf(chat, session, messages);
  const dialogId = `chat${chat.id}`;
  const newestFirst = messages.map((message) => String(message.id)).reverse();
  const users = people.flatMap((id) => {
    const user = world.users.get(id);
    return user ? [[String(id), historyUser(user)] as const] : [];
  });
  const blocked = [...chat.members.values()].map((member) => [String(member.userId), member.muted]);
  const mayVote = world.rights.has(userId, "VOTE_HEAD", session.lineId);
  return {
    chatId: chat.id,
    canJoin: yesNo(chat.members.has(userId) || world.rights.has(userId, "JOIN", session.lineId)),
    canVoteHead: yesNo(mayVote),
    sessionId: session.id,
    sessionVoteHead: session.voteHead,
    sessionCommentHead: session.commentHead,
    userId: dialogId,
    message: phpMap(Object.fromEntries(messages.map((message) => [String(message.id), wireMessage(message)]))),
    usersMessage: { [dialogId]: newestFirst.length === 0 ? null : newestFirst },
    users: phpMap(Object.fromEntries(users)),
    openlines: { canvoteashead: { [session.lineId]: mayVote } },
    userInGroup: groupsOf(world, people),
    woUserInGroup: [],
    chat: { [chat.id]: wireChat(chat) },
    userBlockChat: blocked.length === 0 ? [] : { [chat.id]: Object.fromEntries(blocked) },
    userInChat: chat.members.size === 0 ? [] : { [chat.id]: [...chat.members.keys()] },
    files: filesOf(world, messages, portal.url),
  };
});

export const historyMethods: readonly Method[] = [historyGet];
