import { useQuery } from "@apollo/client/react";
import { ChatDocument } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { ChatHeader } from "./chat-header.tsx";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import { useMessages } from "./use-messages.ts";
import "./conversation.css";

/** One chat: who it is, what was said, and where to write. */
export function Conversation({ chatId }: { readonly chatId: string }) {
  const words = useWords();
  const { data, error } = useQuery(ChatDocument, { variables: { chatId } });
  const messages = useMessages(chatId);
  const chat = data?.chat ?? undefined;
  const problem = messages.problem ?? error;
  return (
    <section className="conversation" aria-label={chat?.title ?? words.dialogs}>
      <ChatHeader chat={chat} />
      {problem !== undefined && <Failure text={problemText(problem, words)} />}
      <MessageList {...messages} title={chat?.title ?? words.untitled} />
      <Composer chat={chat} {...messages} />
    </section>
  );
}
