import type { Call, ResultRef } from "../bitrix24/calls.ts";
import { noteLeftOut } from "../bitrix24/decoding.ts";
import {
  chatId,
  flag,
  id,
  isCanonicalId,
  object,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  WireError,
} from "../bitrix24/wire.ts";
import { keptEntries, ornamental, ornamentalList, readable } from "../bitrix24/wire-lists.ts";
import { instant } from "../bitrix24/wire-times.ts";
import type { FileRecord } from "../domain/file.ts";
import { inIdOrder } from "../domain/id-order.ts";
import type { Id } from "../domain/ids.ts";
import type { MessageRecord } from "../domain/message.ts";
import type { SessionHistory } from "../domain/session.ts";
import type { UserRecord } from "../domain/user.ts";
import { decodeChat } from "../im/chat-fields.ts";
import { decodeFiles } from "../im/file-fields.ts";
import { authorOrSystem, decodeMessageParams } from "../im/message-params.ts";
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
  const raw = object(result, "");
  const ofChat = chatId(raw.chatId ?? raw.userId, "chatId");
  const filesById = new Map(decodeFiles(raw.files).map((file) => [file.id, file]));
  const users = new Map<Id, UserRecord>();
  for (const user of usersBeside(raw.users, "users")) users.set(user.id, user);
  const participantIds = ornamentalList(
    ornamental(optionalObject, raw.userInChat, "userInChat")?.[ofChat],
    "userInChat",
    id,
  );
  const mutedUserIds = decodeMutedUsers(
    ornamental(optionalObject, raw.userBlockChat, "userBlockChat")?.[ofChat] ?? [],
    "userBlockChat",
  );
  return {
    sessionId: id(raw.sessionId, "sessionId"),
    chatId: ofChat,
    viewerCanJoin: ornamental(optionalFlag, raw.canJoin, "canJoin"),
    viewerCanRate: ornamental(optionalFlag, raw.canVoteHead, "canVoteHead"),
    // The portal does not check what it stores.
    supervisorRating: supervisorRatingOf(raw.sessionVoteHead, "sessionVoteHead"),
    supervisorComment: ornamental(optionalText, raw.sessionCommentHead, "sessionCommentHead"),
    messages: decodeMessages(raw.message, ofChat, filesById),
    files: inIdOrder([...filesById.values()]),
    users,
    participantIds,
    chat: decodeHistoryChat(raw.chat, ofChat, participantIds),
    rateableLines: decodeRateableLines(raw.openlines),
    departments: decodeDepartments(raw.userInGroup),
    userIdsWithoutDepartment: ornamentalList(raw.woUserInGroup, "woUserInGroup", id),
    mutedUserIds: mutedUserIds ?? [],
  };
}

/** Oldest first, without those that cannot be read. */
function decodeMessages(value: unknown, ofChat: Id, files: ReadonlyMap<Id, FileRecord>): MessageRecord[] {
  if (value === undefined || value === null || value === false || value === "") return [];
  // By id, or a list: the order of neither means anything, and each message has its own id.
  const raw: object = Array.isArray(value) ? value : object(value, "message");
  const messages: MessageRecord[] = [];
  // Keys are not asked for: making thousands of numeric keys into strings takes as long as decoding the messages.
  for (const entry of Object.values(raw)) {
    try {
      messages.push(decodeMessage(entry, "message", ofChat, files));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      noteLeftOut(error.path);
    }
  }
  return inIdOrder(messages);
}

/** Runs for each of thousands of messages, so paths are put together only where a value is unusual. */
function decodeMessage(value: unknown, path: string, ofChat: Id, files: ReadonlyMap<Id, FileRecord>): MessageRecord {
  const raw = object(value, path);
  const sender = raw.senderid;
  const authorId = isCanonicalId(sender) ? sender : authorOrSystem(sender, `${path}.senderid`);
  const params = decodeMessageParams(raw.params, `${path}.params`, files);
  return {
    id: isCanonicalId(raw.id) ? raw.id : id(raw.id, `${path}.id`),
    chatId: raw.chatid === ofChat ? ofChat : id(raw.chatid ?? ofChat, `${path}.chatid`),
    authorId,
    isSystem: authorId === null,
    sentAt: instant(raw.date, `${path}.date`),
    text: typeof raw.text === "string" ? raw.text : (ornamental(optionalText, raw.text, `${path}.text`) ?? ""),
    files: params.files,
    attachments: params.attachments,
    externalIds: params.externalIds,
    params: params.params,
  };
}

function decodeHistoryChat(value: unknown, ofChat: Id, participantIds: readonly Id[]): SessionHistory["chat"] {
  const chats = ornamental(optionalObject, value, "chat");
  const raw = ornamental(optionalObject, chats?.[ofChat], `chat.${ofChat}`);
  if (raw === null) return null;
  return { ...decodeChat({ ...raw, id: ofChat }, `chat.${ofChat}`), participantIds };
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
