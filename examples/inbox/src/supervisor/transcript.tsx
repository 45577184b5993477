import { useQuery } from "@apollo/client/react";
import { X } from "lucide-react";
import { ChatActions } from "../actions/chat-actions.tsx";
import { useDeeds } from "../actions/use-deeds.ts";
import { MessageList } from "../conversation/message-list.tsx";
import { useLiveChat } from "../conversation/use-live-chat.ts";
import { useMessages } from "../conversation/use-messages.ts";
import { SessionTranscriptDocument, type SessionTranscriptQuery } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { useAskedAgain } from "../parts/use-asked-again.ts";
import { supervisorAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";

type Session = NonNullable<SessionTranscriptQuery["session"]>;

/** A session, read without joining it: live while it is open. */
export function Transcript({ sessionId }: { readonly sessionId: string }) {
  const words = useWords();
  const { data, error, refetch } = useQuery(SessionTranscriptDocument, { variables: { sessionId } });
  const readAgain = () => void refetch().catch(() => undefined);
  useAskedAgain(error, refetch);
  const session = data?.session ?? undefined;
  const title = session?.chat?.title ?? "";
  return (
    <section className="transcript" aria-label={title === "" ? words.loading : title}>
      <header>
        <h2 dir="auto">{title}</h2>
        {session?.chat != null && session.isCurrent === true && <Actions chatId={session.chat.id} />}
        <a className="icon" href={supervisorAddress("sessions")} aria-label={words.close}>
          <X aria-hidden />
        </a>
      </header>
      {error !== undefined && <Failure text={problemText(error, words)} onRetry={readAgain} />}
      {session?.chat != null && session.isCurrent === true ? (
        <LiveMessages chatId={session.chat.id} title={title} />
      ) : (
        <PastMessages
          session={session}
          title={title}
          isLoading={data === undefined && error === undefined}
          onRetry={readAgain}
        />
      )}
    </section>
  );
}

function Actions({ chatId }: { readonly chatId: string }) {
  const words = useWords();
  const { chat } = useLiveChat(chatId);
  const deeds = useDeeds(chatId);
  if (chat === undefined) return null;
  return (
    <>
      {deeds.problem !== undefined && <Failure text={problemText(deeds.problem, words)} />}
      <ChatActions chat={chat} deeds={deeds} />
    </>
  );
}

function LiveMessages({ chatId, title }: { readonly chatId: string; readonly title: string }) {
  const words = useWords();
  const { problem, ...messages } = useMessages(chatId);
  return (
    <>
      {problem !== undefined && (
        <Failure text={problemText(problem, words)} onRetry={() => void messages.readAgain()} />
      )}
      <MessageList {...messages} title={title} isEmpty={problem === undefined} announced={[]} readMarks={[]} />
    </>
  );
}

interface PastMessagesProps {
  readonly session: Session | undefined;
  readonly title: string;
  readonly isLoading: boolean;
  readonly onRetry: () => void;
}

const NOTHING = async () => undefined;

function PastMessages({ session, title, isLoading, onRetry }: PastMessagesProps) {
  return (
    <MessageList
      messages={session?.messages?.nodes ?? []}
      outgoing={[]}
      hasEarlier={false}
      isLoading={isLoading}
      loadEarlier={NOTHING}
      readAgain={async () => onRetry()}
      retry={NOTHING}
      discard={NOTHING}
      title={title}
      isEmpty={session !== undefined}
      announced={[]}
      readMarks={[]}
    />
  );
}
