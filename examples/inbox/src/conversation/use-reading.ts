import { useMutation } from "@apollo/client/react";
import { useEffect } from "react";
import { type ChatFactsFragment, MarkChatAsReadDocument } from "../graphql.ts";

/** Messages that come together are marked together. */
const SETTLE_MS = 800;

/** Marks what is on the screen as read, for whoever takes part in the conversation. */
export function useReading(chat: ChatFactsFragment | undefined, newestId: string | undefined): void {
  const [markAsRead] = useMutation(MarkChatAsReadDocument);
  const chatId = chat?.id;
  const takesPart = chat?.viewerRole === "OWNER" || chat?.viewerRole === "MANAGER" || chat?.viewerRole === "MEMBER";
  useEffect(() => {
    if (chatId === undefined || !takesPart || newestId === undefined) return;
    const mark = () => {
      // What did not succeed is marked with the next message.
      if (document.visibilityState === "visible") markAsRead({ variables: { chatId } }).catch(() => undefined);
    };
    const timer = setTimeout(mark, SETTLE_MS);
    document.addEventListener("visibilitychange", mark);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", mark);
    };
  }, [chatId, takesPart, newestId, markAsRead]);
}
