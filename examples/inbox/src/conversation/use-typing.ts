import { useMutation } from "@apollo/client/react";
import { useRef } from "react";
import { type ChatFactsFragment, ShowTypingDocument } from "../graphql.ts";

/** What was told fades after some seconds, and each telling costs a call. */
const TELL_AGAIN_MS = 10_000;

/** Returns what is called at each key: it lets the customer and the colleagues in Bitrix24 see that one writes. */
export function useTyping({ id, viewerCanSend, isSilent }: ChatFactsFragment): () => void {
  const [showTyping] = useMutation(ShowTypingDocument);
  const toldAt = useRef(Number.NEGATIVE_INFINITY);
  return () => {
    // Of notes among colleagues the customer must notice nothing.
    if (viewerCanSend !== true || isSilent === true || performance.now() - toldAt.current < TELL_AGAIN_MS) return;
    toldAt.current = performance.now();
    showTyping({ variables: { chatId: id } }).catch(() => undefined);
  };
}
