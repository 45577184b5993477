import { useQuery } from "@apollo/client/react";
import { useReadAgain } from "../gateway/use-read-again.ts";
import { SearchChatsDocument } from "../graphql.ts";
import { Avatar } from "../parts/avatar.tsx";
import { Failure } from "../parts/failure.tsx";
import { useSettled } from "../parts/use-settled.ts";
import { Waiting } from "../parts/waiting.tsx";
import { inboxAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { customerName } from "./customer-name.ts";

/** So many letters the portal wants at least. */
export const SHORTEST_SEARCH = 2;

interface FoundChatsProps {
  readonly text: string;
  readonly openChatId: string | undefined;
}

/** Conversations whose title or people begin with what was typed, open and finished ones. */
export function FoundChats({ text, openChatId }: FoundChatsProps) {
  const words = useWords();
  const { data, error, refetch } = useQuery(SearchChatsDocument, { variables: { text: useSettled(text, 250) } });
  const found = data?.chatSearch?.nodes ?? [];
  const readAgain = useReadAgain(SearchChatsDocument, { error, refetch });
  if (error !== undefined) return <Failure text={problemText(error, words)} onRetry={readAgain} />;
  if (data === undefined) return <Waiting onRetry={readAgain} />;
  if (found.length === 0) return <p className="nothing">{words.nothingFound}</p>;
  return (
    <ul className="found">
      {found.map(({ id, title, avatarUrl, state, connector, operator }) => (
        <li key={id}>
          <a className="dialog-row" href={inboxAddress(id)} aria-current={id === openChatId}>
            <Avatar name={customerName(title ?? "")} url={avatarUrl} />
            <span className="who">
              <bdi>{customerName(title ?? words.untitled)}</bdi>
            </span>
            <span className="where">
              {[words.states[state ?? "UNKNOWN"], connector?.title ?? connector?.id, operator?.name]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
