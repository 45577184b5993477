import { useApolloClient } from "@apollo/client/react";
import { useEffect } from "react";
import { ChatLookDocument } from "../graphql.ts";
import { createLookPace } from "./look-pace.ts";

const LOOK_EVERY_MS = 8_000;

/**
 * Looks at the conversation that one has before one's eyes: pins, silent mode and who has read are told by no event when they happen in Bitrix24
 * itself, answers and hand-overs not always. A look costs one call, so only the window that one works in makes them.
 */
export function useLooks(chatId: string): void {
  const apollo = useApolloClient();
  useEffect(() => {
    const pace = createLookPace();
    const look = async () => {
      if (document.visibilityState !== "visible" || !document.hasFocus() || !pace.isDue()) return;
      // What comes goes through the cache to all who show the chat.
      const { data } = await apollo
        .query({ query: ChatLookDocument, variables: { chatId }, fetchPolicy: "network-only" })
        .catch(() => ({ data: undefined }));
      pace.told(data?.upstream);
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [apollo, chatId]);
}
