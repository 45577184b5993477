import { type UsedChat, useChat } from "bitrix24-open-channels-client/react";
import { selectionOf } from "../gateway/selection.ts";
import { type ChatMessageFragment, ChatMessageFragmentDoc } from "../graphql.ts";

export interface Messages extends Omit<UsedChat, "messages"> {
  readonly messages: readonly ChatMessageFragment[];
}

const MESSAGE_FIELDS = selectionOf(ChatMessageFragmentDoc);

/** The messages of a chat, alive, and one's own on their way. */
export function useMessages(chatId: string): Messages {
  const { messages, ...chat } = useChat(chatId, { messageFields: MESSAGE_FIELDS, pageSize: 50 });
  // What the fragment selects.
  return { ...chat, messages: messages as readonly unknown[] as readonly ChatMessageFragment[] };
}
