import { useApolloClient } from "@apollo/client/react";
import { useEffect } from "react";
import { ChatLookDocument } from "../graphql.ts";

const LOOK_EVERY_MS = 8_000;
/** The others come first: where more than this part of the portal's allowance is used, nothing is looked at. */
const BUSY = 0.25;

/**
 * Looks at the conversation that one has before one's eyes: pins, silent mode and who has read are told by no event when they happen in Bitrix24
 * itself, answers and hand-overs not always. A look costs one call, so only the window that one works in makes them.
 */
export function useLooks(chatId: string): void {
  const apollo = useApolloClient();
  useEffect(() => {
    let isBusy = false;
    const look = async () => {
      const wasBusy = isBusy;
      isBusy = false;
      if (wasBusy || document.visibilityState !== "visible" || !document.hasFocus()) return;
      // What comes goes through the cache to all who show the chat.
      const { data } = await apollo.query({
        query: ChatLookDocument,
        variables: { chatId },
        fetchPolicy: "network-only",
      });
      const { level, capacity } = data?.upstream ?? {};
      isBusy = level !== undefined && capacity != null && level > capacity * BUSY;
    };
    const timer = setInterval(() => look().catch(() => undefined), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [apollo, chatId]);
}
