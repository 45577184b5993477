import { useEffect, useRef } from "react";
import type { Dialog } from "../dialogs/use-dialogs.ts";
import type { ChatFactsFragment } from "../graphql.ts";
import type { Messages } from "./use-messages.ts";

/** An event mostly tells the same a moment later. */
const EVENT_MS = 1_500;

interface Shown extends Pick<Messages, "messages" | "readAgain"> {
  readonly chat: ChatFactsFragment | undefined;
  readonly readFacts: () => void;
}

/** Reads again what the list knows and the conversation does not: not everything that happens in a chat comes as an event of it. */
export function useListNews(dialog: Dialog | undefined, { messages, readAgain, chat, readFacts }: Shown): void {
  const newestId = dialog?.preview?.messageId ?? undefined;
  const isMissing = newestId !== undefined && messages.length > 0 && !messages.some(({ id }) => id === newestId);
  const read = useRef(readAgain);
  read.current = readAgain;
  useEffect(() => {
    if (!isMissing || newestId === undefined) return;
    const timer = setTimeout(() => void read.current(), EVENT_MS);
    return () => clearTimeout(timer);
  }, [isMissing, newestId]);

  const isChanged =
    dialog !== undefined &&
    chat !== undefined &&
    (dialog.chat.state !== chat.state || dialog.chat.operator?.id !== chat.operator?.id);
  useEffect(() => {
    if (isChanged) readFacts();
  }, [isChanged, readFacts]);
}
