import { useQuery, useSubscription } from "@apollo/client/react";
import { useCallback, useEffect } from "react";
import { useReadAgain } from "../gateway/use-read-again.ts";
import { ChatDocument, type ChatFactsFragment, ChatNewsDocument } from "../graphql.ts";
import { useLooks } from "./use-looks.ts";

interface LiveFacts {
  readonly chat: ChatFactsFragment | undefined;
  readonly error: Error | undefined;
  readonly readFacts: () => void;
  /** For whoever does not want to wait. */
  readonly readAgain: () => void;
}

/** Who a chat is with and where it stands; read again when somebody did something with it, and when one comes back to this window. */
export function useLiveChat(chatId: string): LiveFacts {
  const { data, previousData, error, refetch } = useQuery(ChatDocument, { variables: { chatId } });
  const readFacts = useCallback(() => void refetch().catch(() => undefined), [refetch]);
  useSubscription(ChatNewsDocument, {
    variables: { chatId },
    ignoreResults: true,
    onData: ({ data: { data: news } }) => {
      if (news?.openLineEvents?.__typename !== "StreamCheckpoint") readFacts();
    },
  });
  useLooks(chatId);
  const readAgain = useReadAgain(ChatDocument, { error, refetch });
  useEffect(() => {
    addEventListener("focus", readFacts);
    return () => removeEventListener("focus", readFacts);
  }, [readFacts]);
  // A question that failed takes nothing away that is known.
  return { chat: (data ?? previousData)?.chat ?? undefined, error, readFacts, readAgain };
}
