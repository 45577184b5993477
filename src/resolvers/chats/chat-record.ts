import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Chat } from "../../schema/chat.ts";
import { sharedChat } from "../engine/event-eyes.ts";
import { toldFields } from "../engine/told-fields.ts";

/**
 * What a chat's record answers: from what the operation knows of the chat, if that tells it; otherwise from the full record, read once for all
 * fields of the operation. What an earlier operation read stands between the two, where it may still be shown. The full record tells all that any call tells. Refusals are those of `dialog.get`.
 */
export const chatRecord = toldFields<Chat, ChatRecord>({
  atHand: [(chat, { loaders }) => loaders.chats.known(chat.id), (chat, { loaders }) => loaders.chats.kept(chat.id)],
  isWhole: (record) => record.source === "full",
  read: (chat, { loaders }) => loaders.chats.load(chat.id),
  readForAll: (chat, context, keys) => sharedChat(context, chat.id, keys),
});
