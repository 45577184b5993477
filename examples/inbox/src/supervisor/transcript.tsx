import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { ChatActions } from "../actions/chat-actions.tsx";
import { useDeeds } from "../actions/use-deeds.ts";
import { useKeptFocus } from "../actions/use-kept-focus.ts";
import { MessageList } from "../conversation/message-list.tsx";
import { useLiveChat } from "../conversation/use-live-chat.ts";
import { useMessages } from "../conversation/use-messages.ts";
import { customerName } from "../dialogs/customer-name.ts";
import { Failure } from "../parts/failure.tsx";
import { supervisorAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { type TranscriptState, useTranscript } from "./use-transcript.ts";

/** A session, read without joining it: live while it is open. */
export function Transcript({ sessionId }: { readonly sessionId: string }) {
  const words = useWords();
  const transcript = useTranscript(sessionId);
  const { session } = transcript;
  const title = session?.chat?.title ?? "";
  const place = useRef<HTMLElement>(null);
  const keepFocus = useKeptFocus(place);
  return (
    <section className="transcript" ref={place} aria-label={title === "" ? words.loading : title}>
      {session?.chat != null && session.isCurrent === true ? (
        <LiveSession chatId={session.chat.id} title={title} keepFocus={keepFocus} />
      ) : (
        <PastSession transcript={transcript} title={title} />
      )}
    </section>
  );
}

function Header({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  const words = useWords();
  return (
    <header>
      <h2 title={title}>
        <bdi>{customerName(title)}</bdi>
      </h2>
      {children}
      <a className="icon" href={supervisorAddress("sessions")} aria-label={words.close}>
        <X aria-hidden />
      </a>
    </header>
  );
}

interface LiveSessionProps {
  readonly chatId: string;
  readonly title: string;
  readonly keepFocus: () => void;
}

function LiveSession({ chatId, title, keepFocus }: LiveSessionProps) {
  const words = useWords();
  const { chat } = useLiveChat(chatId);
  const deeds = useDeeds(chatId);
  const { problem, ...messages } = useMessages(chatId);
  return (
    <>
      <Header title={title}>
        {chat !== undefined && <ChatActions chat={chat} deeds={deeds} keepFocus={keepFocus} />}
      </Header>
      {deeds.problem !== undefined && <Failure text={problemText(deeds.problem, words)} />}
      {problem !== undefined && (
        <Failure text={problemText(problem, words)} onRetry={() => void messages.readAgain()} />
      )}
      <MessageList {...messages} title={title} isEmpty={problem === undefined} announced={[]} readMarks={[]} />
    </>
  );
}

const NOTHING = () => undefined;

function PastSession({ transcript, title }: { readonly transcript: TranscriptState; readonly title: string }) {
  const words = useWords();
  const { session, hasEarlier, isLoading, problem, loadEarlier, readAgain } = transcript;
  return (
    <>
      <Header title={title} />
      {problem !== undefined && <Failure text={problemText(problem, words)} onRetry={readAgain} />}
      <MessageList
        messages={session?.messages?.nodes ?? []}
        outgoing={[]}
        {...{ hasEarlier, isLoading, loadEarlier, title }}
        readAgain={async () => readAgain()}
        retry={NOTHING}
        discard={NOTHING}
        isEmpty={session !== undefined}
        announced={[]}
        readMarks={[]}
      />
    </>
  );
}
