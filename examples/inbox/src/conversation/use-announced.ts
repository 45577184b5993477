import { useSubscription } from "@apollo/client/react";
import { useMemo, useRef, useState } from "react";
import { type ChatMessageFragment, IncomingWordsDocument } from "../graphql.ts";

/** What a customer's message says, before its record came. */
export interface Announced {
  readonly key: string;
  readonly text: string;
  readonly name: string;
  readonly at: Date;
  /** The newest message when it came. */
  readonly afterId: string | undefined;
}

/**
 * Words of the customer as the events themselves carry them, which costs no question to the portal and comes half a second before the stored
 * message, with which they are gone again.
 */
export function useAnnounced(chatId: string, messages: readonly ChatMessageFragment[]): readonly Announced[] {
  const newestId = messages.at(-1)?.id;
  const newest = useRef(newestId);
  newest.current = newestId;
  const [announced, setAnnounced] = useState<readonly Announced[]>([]);
  useSubscription(IncomingWordsDocument, {
    variables: { chatId },
    ignoreResults: true,
    onData: ({ data: { data } }) => {
      const { cursor, receivedAt, content } = data?.messageAdded ?? {};
      if (cursor === undefined || receivedAt === undefined || content?.text == null) return;
      const { text, author } = content;
      const next = { key: cursor, text, name: author?.name ?? "", at: new Date(receivedAt), afterId: newest.current };
      setAnnounced((all) => [...all.filter(({ afterId }) => afterId === next.afterId), next]);
    },
  });
  return useMemo(() => announced.filter(({ afterId }) => afterId === newestId), [announced, newestId]);
}
