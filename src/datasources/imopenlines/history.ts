import type { Call, ResultRef } from "../bitrix24/calls.ts";
import { decodeLater, type LaterDecoding, laterDecoding, noteLeftOut } from "../bitrix24/decoding.ts";
import {
  chatId,
  flag,
  id,
  isCanonicalId,
  isPlainObject,
  object,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  WireError,
  type WireObject,
} from "../bitrix24/wire.ts";
import { keptEntries, ornamental, ornamentalList, readable } from "../bitrix24/wire-lists.ts";
import { instantMs } from "../bitrix24/wire-times.ts";
import type { FileRecord } from "../domain/file.ts";
import { inIdOrder } from "../domain/id-order.ts";
import type { Id } from "../domain/ids.ts";
import type { MessageRecord } from "../domain/message.ts";
import type { SessionHistory } from "../domain/session.ts";
import type { UserRecord } from "../domain/user.ts";
import { decodeChat } from "../im/chat-fields.ts";
import { describedFiles } from "../im/file-fields.ts";
import { authorOrSystem, messageChat } from "../im/message-params.ts";
import { type MessageAnswer, StoredMessage } from "../im/stored-message.ts";
import { decodeMutedUsers, usersBeside } from "../im/user-fields.ts";
import { idParam } from "../rest-params.ts";
import { supervisorRatingOf } from "./statistics/words.ts";

/** By chat the portal takes the newest session of the chat. Older portals know only `sessionId`. */
export type HistoryLookup = { readonly sessionId: Id | ResultRef } | { readonly chatId: Id | ResultRef };

/**
 * Downloads one whole session: messages, files, users and the chat, without joining it (`imopenlines.session.history.get`). There is no
 * paging. Refusals: `INVALID_SESSION_ID` when the chat has no session, `ACCESS_DENIED` for an unknown session and for missing rights.
 */
export function sessionHistoryGet(by: HistoryLookup): Call<SessionHistory> {
  return {
    method: "imopenlines.session.history.get",
    params: "sessionId" in by ? { SESSION_ID: idParam(by.sessionId) } : { CHAT_ID: idParam(by.chatId) },
    decode: decodeHistory,
  };
}

function decodeHistory(result: unknown): SessionHistory {
  return new DecodedHistory(object(result, ""));
}

/** One session: what few operations ask for beside its messages is decoded when it is read. */
class DecodedHistory implements SessionHistory {
  readonly sessionId: Id;
  readonly chatId: Id;
  readonly messages: readonly MessageRecord[];
  readonly rowCount: number;
  readonly users: ReadonlyMap<Id, UserRecord>;
  readonly participantIds: readonly Id[];
  readonly chat: SessionHistory["chat"];
  /** All but the messages, which are thousands. */
  readonly #rest: WireObject;
  readonly #filesById: () => ReadonlyMap<Id, FileRecord>;
  readonly #later: LaterDecoding;
  #files: readonly FileRecord[] | undefined;

  constructor({ message, usersMessage: _unread, ...rest }: WireObject) {
    this.chatId = (readable(chatId, rest.chatId, "chatId") ?? { value: chatId(rest.userId, "chatId") }).value;
    this.sessionId = id(rest.sessionId, "sessionId");
    this.#rest = rest;
    this.#later = laterDecoding();
    this.#filesById = describedFiles(rest.files);
    const read = decodeMessages(message, this.chatId, { files: this.#filesById, later: this.#later });
    this.messages = read.messages;
    this.rowCount = read.rowCount;
    this.users = new Map(usersBeside(rest.users, "users").map((user) => [user.id, user]));
    const members = ornamental(optionalObject, rest.userInChat, "userInChat")?.[this.chatId];
    this.participantIds = ornamentalList(members, "userInChat", id);
    this.chat = decodeHistoryChat(rest.chat, this.chatId, this.participantIds);
  }

  get viewerCanJoin() {
    return this.#read(({ canJoin }) => ornamental(optionalFlag, canJoin, "canJoin"));
  }
  get viewerCanRate() {
    return this.#read(({ canVoteHead }) => ornamental(optionalFlag, canVoteHead, "canVoteHead"));
  }
  get supervisorRating() {
    // The portal does not check what it stores.
    return this.#read(({ sessionVoteHead }) => supervisorRatingOf(sessionVoteHead, "sessionVoteHead"));
  }
  get supervisorComment() {
    return this.#read(({ sessionCommentHead }) => ornamental(optionalText, sessionCommentHead, "sessionCommentHead"));
  }
  get files() {
    this.#files ??= inIdOrder([...this.#filesById().values()]);
    return this.#files;
  }
  get rateableLines() {
    return this.#read(({ openlines }) => decodeRateableLines(openlines));
  }
  get departments() {
    return this.#read(({ userInGroup }) => decodeDepartments(userInGroup));
  }
  get userIdsWithoutDepartment() {
    return this.#read(({ woUserInGroup }) => ornamentalList(woUserInGroup, "woUserInGroup", id));
  }
  get mutedUserIds() {
    const path = "userBlockChat";
    return this.#read(
      ({ userBlockChat }) =>
        decodeMutedUsers(ornamental(optionalObject, userBlockChat, path)?.[this.chatId] ?? [], path) ?? [],
    );
  }

  #read<T>(decode: (rest: WireObject) => T): T {
    return decodeLater(this.#later, () => decode(this.#rest));
  }
}

/** Oldest first, without those that cannot be read. */
function decodeMessages(
  value: unknown,
  ofChat: Id,
  answer: MessageAnswer,
): Pick<SessionHistory, "messages" | "rowCount"> {
  if (value === undefined || value === null || value === false || value === "") return { messages: [], rowCount: 0 };
  // By id, or a list: the order of neither means anything, and each message has its own id.
  const raw: object = Array.isArray(value) ? value : object(value, "message");
  const messages: MessageRecord[] = [];
  // Keys are asked for only to say which message is odd: making thousands of numeric keys into strings takes as long as decoding the messages.
  let keys: readonly string[] | undefined;
  let index = 0;
  for (const entry of Object.values(raw)) {
    try {
      messages.push(decodeMessage(entry, "message", ofChat, answer));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      keys ??= Object.keys(raw);
      const key = keys[index] ?? "";
      noteLeftOut(error.path.replace(/^message/, /^[0-9]+$/.test(key) ? `message.${key}` : "message"));
    }
    index += 1;
  }
  return { messages: inIdOrder(messages), rowCount: index };
}

/** Runs for each of thousands of messages, so paths are put together only where a value is unusual. */
function decodeMessage(value: unknown, path: string, ofChat: Id, answer: MessageAnswer): MessageRecord {
  const raw = object(value, path);
  const sender = raw.senderid ?? raw.senderId;
  const head = {
    id: isCanonicalId(raw.id) ? raw.id : id(raw.id, `${path}.id`),
    chatId: raw.chatid === ofChat ? ofChat : (messageChat(raw.chatid ?? raw.chatId, `${path}.chatid`) ?? ofChat),
    authorId: isCanonicalId(sender) ? sender : authorOrSystem(sender, `${path}.senderid`),
    sentAt: instantMs(raw.date, "message.date"),
    text: typeof raw.text === "string" ? raw.text : (ornamental(optionalText, raw.text, `${path}.text`) ?? ""),
  };
  return new StoredMessage(head, raw.params, null, answer);
}

function decodeHistoryChat(value: unknown, ofChat: Id, participantIds: readonly Id[]): SessionHistory["chat"] {
  const raw = ornamental(optionalObject, chatIn(value, ofChat), `chat.${ofChat}`);
  if (raw === null) return null;
  return { ...decodeChat({ ...raw, id: ofChat }, `chat.${ofChat}`), participantIds };
}

/** By id, or a list: then by its own id. */
function chatIn(value: unknown, ofChat: Id): unknown {
  if (!Array.isArray(value)) return ornamental(optionalObject, value, "chat")?.[ofChat];
  return value.find((each) => isPlainObject(each) && readable(chatId, each.id, "chat")?.value === ofChat);
}

function decodeRateableLines(value: unknown): Map<Id, boolean> {
  const lines = new Map<Id, boolean>();
  const path = "openlines.canvoteashead";
  const told = ornamental(optionalObject, value, "openlines")?.canvoteashead;
  for (const [key, canRate] of readable((map, at) => keptEntries(map, at, flag), told, path)?.value ?? []) {
    const lineId = ornamental(optionalId, key, path);
    if (lineId !== null) lines.set(lineId, canRate);
  }
  return lines;
}

function decodeDepartments(value: unknown): SessionHistory["departments"] {
  return ornamentalList(value, "userInGroup", (entry, path) => {
    const raw = object(entry, path);
    return { id: id(raw.id, `${path}.id`), userIds: ornamentalList(raw.users, `${path}.users`, id) };
  });
}
