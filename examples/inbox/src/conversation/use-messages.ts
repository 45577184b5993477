import { type UsedChat, useChat } from "bitrix24-open-channels-client/react";
import { selectionOf } from "../gateway/selection.ts";
import { type ChatMessageFragment, ChatMessageFragmentDoc } from "../graphql.ts";

export type Messages = UsedChat<ChatMessageFragment>;

const MESSAGE_FIELDS = selectionOf(ChatMessageFragmentDoc);

/** The messages of a chat, alive, and one's own on their way. */
export function useMessages(chatId: string): Messages {
  return useChat(chatId, { messageFields: MESSAGE_FIELDS, pageSize: 50 });
}
