import { useRef, useState } from "react";
import { ChatActions } from "../actions/chat-actions.tsx";
import { useDeeds } from "../actions/use-deeds.ts";
import { useKeptFocus } from "../actions/use-kept-focus.ts";
import type { Dialog } from "../dialogs/use-dialogs.ts";
import type { ChatMessageFragment } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { ChatHeader } from "./chat-header.tsx";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import { useAnnounced } from "./use-announced.ts";
import { useFileDrop } from "./use-file-drop.ts";
import { useFiles } from "./use-files.ts";
import { useListNews } from "./use-list-news.ts";
import { useLiveChat } from "./use-live-chat.ts";
import { useMessages } from "./use-messages.ts";
import { useReactions } from "./use-reactions.ts";
import { useReading } from "./use-reading.ts";
import "./conversation.css";

interface ConversationProps {
  readonly chatId: string;
  /** Its row in the list, where it is there. */
  readonly dialog: Dialog | undefined;
}

/** One chat: who it is, what was said, what one can do, and where to write. */
export function Conversation({ chatId, dialog }: ConversationProps) {
  const words = useWords();
  const { problem, ...messages } = useMessages(chatId);
  const { chat, error = problem, readFacts, readAgain: readFactsAgain } = useLiveChat(chatId);
  const deeds = useDeeds(chatId);
  const reactions = useReactions();
  const [answered, setAnswered] = useState<ChatMessageFragment>();
  const announced = useAnnounced(chatId, messages.messages);
  useListNews(dialog, { chat, readFacts, ...messages });
  useReading(chat, messages.messages.at(-1)?.id);
  const readAgain = async () => {
    readFactsAgain();
    await messages.readAgain();
  };
  const place = useRef<HTMLElement>(null);
  const keepFocus = useKeptFocus(place);
  const files = useFiles(chatId);
  const { sendFiles } = files;
  useFileDrop(place, (dropped) => {
    if (chat?.viewerCanSend !== false) sendFiles(dropped);
  });
  const title = chat?.title ?? dialog?.chat.title ?? "";
  return (
    <section className="conversation" ref={place} aria-label={title || words.loading}>
      <ChatHeader chat={chat} title={title}>
        {chat !== undefined && <ChatActions chat={chat} deeds={deeds} keepFocus={keepFocus} />}
      </ChatHeader>
      {deeds.problem !== undefined && <Failure text={problemText(deeds.problem, words)} />}
      {reactions.problem !== undefined && <Failure text={problemText(reactions.problem, words)} />}
      {error !== undefined && <Failure text={problemText(error, words)} onRetry={() => void readAgain()} />}
      <MessageList
        {...messages}
        readAgain={readAgain}
        isLoading={messages.isLoading && problem === undefined}
        isEmpty={error === undefined}
        title={title}
        announced={announced}
        readMarks={chat?.readMarks ?? []}
        deeds={chat?.viewerCanSend === true ? { ...reactions, onReply: setAnswered } : undefined}
      />
      {chat !== undefined && (
        <Composer
          chat={chat}
          files={files}
          answered={answered}
          onAnswered={() => setAnswered(undefined)}
          {...messages}
        />
      )}
    </section>
  );
}
