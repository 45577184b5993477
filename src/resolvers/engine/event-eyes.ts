import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import type { UserRecord } from "../../datasources/domain/user.ts";

/**
 * What the execution of a live event knows beside the viewer's own credential. Everything that is selected is read with that, but for the few
 * things that are listed here: they are the event's own, and are read once for all who may see it.
 */
export interface EventEyes {
  /** The event's chat; null when it cannot be told. Rejects with `EventWithheld` when it is not told in time. */
  chatId(): Id | null | Promise<Id | null>;
  /** Undefined where no application reads for everybody. */
  readonly shared: SharedReads | undefined;
}

/** Reads with the application's credential; what they bring of anything else is taken away. Null: ask with the viewer's own. */
export interface SharedReads {
  /** The chat of the event, without CRM and without what concerns its reader. Only for that chat. */
  chat(): Promise<SharedChat | null>;
  /** Name and picture of anybody. */
  person(id: Id): Promise<SharedPerson | null>;
  /** Name of the event's line, or of its chat's. */
  lineName(id: Id): Promise<string | null>;
  /** The chat's newest session, which is that of the event unless it is told otherwise; `undefined` message: not in it. */
  newestSession(): Promise<SharedSession | null>;
}

const CHAT_KEYS = [
  "id",
  "source",
  "title",
  "description",
  "avatarUrl",
  "color",
  "createdAt",
  "userCode",
  "operatorId",
  "session",
  "isSilent",
  "isExtranet",
  "isNew",
  "messageCount",
  "participantCount",
  "managerIds",
  // Never told by the record that is read for everybody: its read marks then stand for it.
  "participantIds",
  "lastMessageId",
  "restrictions",
  "permissions",
  "readMarks",
  "lastMessageViews",
  "parentChatId",
  "parentMessageId",
  "diskFolderId",
  "backgroundId",
  "isTextFieldEnabled",
] as const satisfies readonly (keyof ChatRecord)[];

const PERSON_KEYS = [
  "id",
  "kind",
  "name",
  "firstName",
  "lastName",
  "avatarUrl",
  "avatarId",
  "color",
  "isConnector",
  "isBot",
] as const satisfies readonly (keyof UserRecord)[];

export type SharedChat = Pick<ChatRecord, (typeof CHAT_KEYS)[number]>;
export type SharedPerson = Pick<UserRecord, (typeof PERSON_KEYS)[number]>;
export interface SharedSession {
  readonly sessionId: Id;
  /** Oldest first; of these only the event's own message may be shown. */
  readonly messages: readonly MessageRecord[];
}

const chatKeys: ReadonlySet<string> = new Set(CHAT_KEYS);
const personKeys: ReadonlySet<string> = new Set(PERSON_KEYS);

/** What everybody who may see the chat may know of its record. */
export function forEverybody(record: ChatRecord): SharedChat {
  const chat = pick(record, CHAT_KEYS);
  if (!chat.session) return chat;
  return { ...chat, session: { ...chat.session, isSavedInCrm: null, crmEntity: null } };
}

export function nameAndPicture(user: UserRecord): SharedPerson {
  return pick(user, PERSON_KEYS);
}

function pick<T extends object, Key extends keyof T>(from: T, keys: readonly Key[]): Pick<T, Key> {
  const picked: Partial<Pick<T, Key>> = {};
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  // Keys that are left out are those that may be undefined in T as well.
  return picked as Pick<T, Key>;
}

/** A context that may be that of a live event. */
interface MaybeOfEvent {
  readonly event?: EventEyes;
}

/** The shared record of a chat where it tells all of `keys`: of the event's chat only. Null: to be read with the viewer's own credential. */
export async function sharedChat(
  { event }: MaybeOfEvent,
  chatId: Id,
  keys: readonly (keyof ChatRecord)[],
): Promise<SharedChat | null> {
  if (event?.shared === undefined || !keys.every((key) => chatKeys.has(key))) return null;
  return (await event.chatId()) === chatId ? await event.shared.chat() : null;
}

/** Name and picture of a person, read for everybody. Null: to be read with the viewer's own credential. */
export async function sharedPerson(
  { event }: MaybeOfEvent,
  userId: Id,
  keys: readonly (keyof UserRecord)[],
): Promise<SharedPerson | null> {
  return event?.shared === undefined || !keys.every((key) => personKeys.has(key))
    ? null
    : await event.shared.person(userId);
}
