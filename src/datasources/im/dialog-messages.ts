import type { Call, ResultRef } from "../bitrix24/calls.ts";
import { laterDecoding } from "../bitrix24/decoding.ts";
import { chatId, id, object, optionalText, type WireObject } from "../bitrix24/wire.ts";
import { keptRows, ornamental, ornamentalList, readable } from "../bitrix24/wire-lists.ts";
import { instantMs } from "../bitrix24/wire-times.ts";
import type { MessagePage } from "../domain/chat.ts";
import { inIdOrder } from "../domain/id-order.ts";
import type { Id } from "../domain/ids.ts";
import type { MessageRecord } from "../domain/message.ts";
import type { UserRecord } from "../domain/user.ts";
import { dialogIdParam, idParam } from "../rest-params.ts";
import { describedFiles } from "./file-fields.ts";
import { authorOrSystem, messageChat } from "./message-params.ts";
import { type MessageAnswer, StoredMessage } from "./stored-message.ts";
import { usersBeside } from "./user-fields.ts";

/** A page of a chat's messages, oldest first, with the users it mentions. */
export interface DialogMessages extends MessagePage {
  readonly users: readonly UserRecord[];
  /** How many messages the portal gave, readable or not. */
  readonly rowCount: number;
}

/** Without a key the newest messages; `beforeId` the newest of those older than it; `afterId` the oldest of those newer than it. */
export interface DialogMessagesQuery {
  readonly chatId: Id;
  /** At most 50. The portal may send more when there are unread messages. */
  readonly limit: number;
  readonly beforeId?: Id | undefined;
  readonly afterId?: Id | ResultRef | undefined;
}

/**
 * Messages of all sessions of a chat, for its participants (`im.dialog.messages.get`). Refusal: `ACCESS_ERROR`. A key that the chat does not
 * have gives an empty page.
 */
export function dialogMessagesGet(query: DialogMessagesQuery): Call<DialogMessages> {
  return {
    method: "im.dialog.messages.get",
    params: {
      DIALOG_ID: dialogIdParam(query.chatId),
      LAST_ID: query.beforeId === undefined ? undefined : idParam(query.beforeId),
      FIRST_ID: query.afterId === undefined ? undefined : idParam(query.afterId),
      LIMIT: query.limit,
    },
    decode: decodeMessages,
  };
}

function decodeMessages(result: unknown): DialogMessages {
  const raw = object(result, "");
  const ofChat = chatOf(raw);
  const answer: MessageAnswer = { files: describedFiles(raw.files), later: laterDecoding() };
  const rows = keptRows(raw.messages, "messages", (entry, path) => decodeMessage(entry, path, ofChat, answer));
  return {
    chatId: ofChat,
    messages: inIdOrder([...rows.items]),
    users: usersBeside(raw.users, "users"),
    rowCount: rows.count,
  };
}

/** The chat of the page, or of the messages in it. */
function chatOf(raw: WireObject): Id {
  const told = readable(chatId, raw.chat_id, "chat_id");
  if (told !== undefined) return told.value;
  const ofMessages = ornamentalList(raw.messages, "messages", (entry, path) => object(entry, path).chat_id);
  return chatId(ofMessages.find((each) => each !== undefined && each !== null) ?? raw.chat_id, "chat_id");
}

function decodeMessage(value: unknown, path: string, ofChat: Id, answer: MessageAnswer): MessageRecord {
  const raw: WireObject = object(value, path);
  const head = {
    id: id(raw.id, `${path}.id`),
    chatId: messageChat(raw.chat_id, `${path}.chat_id`) ?? ofChat,
    authorId: authorOrSystem(raw.author_id, `${path}.author_id`),
    sentAt: instantMs(raw.date, `${path}.date`),
    text: ornamental(optionalText, raw.text, `${path}.text`) ?? "",
  };
  return new StoredMessage(head, raw.params, path, answer);
}
