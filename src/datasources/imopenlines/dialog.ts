import type { Call } from "../bitrix24/calls.ts";
import { id, object, optionalCount, optionalId, WireError } from "../bitrix24/wire.ts";
import { ornamental, ornamentalList } from "../bitrix24/wire-lists.ts";
import type { ChatRecord } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";
import { decodeChat, decodeLastMessageViews, decodeReadMark } from "../im/chat-fields.ts";
import { idParam } from "../rest-params.ts";

/** One of the four keys of `imopenlines.dialog.get`. */
export type DialogLookup =
  | { readonly chatId: Id }
  | { readonly dialogId: string }
  | { readonly sessionId: Id }
  | { readonly userCode: string };

/**
 * Reads the whole chat record by one of four keys (`imopenlines.dialog.get`).
 * Refusals: `ACCESS_ERROR` for a chat that is absent, foreign or no open line alike, `IM_NOT_INSTALLED`.
 */
export function dialogGet(lookup: DialogLookup): Call<ChatRecord> {
  return { method: "imopenlines.dialog.get", params: lookupParams(lookup), decode: decodeDialog };
}

function lookupParams(lookup: DialogLookup): Call<ChatRecord>["params"] {
  if ("chatId" in lookup) return { CHAT_ID: idParam(lookup.chatId) };
  if ("sessionId" in lookup) return { SESSION_ID: idParam(lookup.sessionId) };
  if ("userCode" in lookup) return { USER_CODE: lookup.userCode };
  return { DIALOG_ID: lookup.dialogId };
}

function decodeDialog(result: unknown): ChatRecord {
  const raw = object(result, "");
  const chat = decodeChat(raw, "result");
  chat.source = "full";
  if (raw.counter !== undefined) chat.unreadCount = ornamental(optionalCount, raw.counter, "counter");
  if (raw.unread_id !== undefined) chat.firstUnreadMessageId = ornamental(optionalId, raw.unread_id, "unread_id");
  if (raw.last_message_id !== undefined)
    chat.lastMessageId = ornamental(optionalId, raw.last_message_id, "last_message_id");
  if (raw.last_id !== undefined) chat.lastReadMessageId = ornamental(optionalId, raw.last_id, "last_id");
  if (raw.marked_id !== undefined) chat.markedMessageId = ornamental(optionalId, raw.marked_id, "marked_id");
  if (raw.disk_folder_id !== undefined)
    chat.diskFolderId = ornamental(optionalId, raw.disk_folder_id, "disk_folder_id");
  if (raw.readed_list !== undefined) chat.readMarks = ornamentalList(raw.readed_list, "readed_list", decodeReadMark);
  if (raw.last_message_views !== undefined)
    chat.lastMessageViews = decodeLastMessageViews(raw.last_message_views, "last_message_views");
  return chat;
}

/**
 * The chat of a customer's user code (`imopenlines.session.open`); despite its name it opens nothing. Cheaper for the portal than
 * `dialogGet` where only the id is wanted. Refusals: `ACCESS_DENIED` for an unknown code and for missing rights, blank for extranet users.
 */
export function sessionOpen(userCode: string): Call<Id> {
  return { method: "imopenlines.session.open", params: { USER_CODE: userCode }, decode: decodeSessionOpen };
}

function decodeSessionOpen(result: unknown): Id {
  if (typeof result !== "object" || result === null || !("chatId" in result))
    throw new WireError("", "an object with chatId", result);
  return id(result.chatId, "chatId");
}
