import { ThumbsDown, ThumbsUp } from "lucide-react";
import { customerName } from "../dialogs/customer-name.ts";
import type { SessionRowFragment } from "../graphql.ts";
import { supervisorAddress } from "../route.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";
import { useLineNames } from "./use-line-names.ts";
import "./session-table.css";

interface SessionTableProps {
  readonly sessions: readonly SessionRowFragment[];
  readonly openSessionId: string | undefined;
}

export function SessionTable({ sessions, openSessionId }: SessionTableProps) {
  const words = useWords();
  const lineName = useLineNames();
  return (
    <div className="table-frame">
      <table className="session-table cards">
        <thead>
          <tr>
            <th scope="col">{words.customer}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.operator}</th>
            <th scope="col" className="further">
              {words.line}
            </th>
            <th scope="col">{words.begun}</th>
            <th scope="col" className="number further figure">
              {words.waited}
            </th>
            <th scope="col" className="number further figure">
              {words.messageCount}
            </th>
            <th scope="col" className="further figure">
              {words.vote}
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <SessionLine
              key={session.id}
              session={session}
              line={lineName(session.line?.id)}
              isOpen={session.id === openSessionId}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface SessionLineProps {
  readonly session: SessionRowFragment;
  readonly line: string;
  readonly isOpen: boolean;
}

function SessionLine({ session, line, isOpen }: SessionLineProps) {
  const words = useWords();
  const formats = useFormats();
  const { id, state, startedAt, operator, chat, customer, waitedForAnswerSeconds, messageCount } = session;
  const name = customer?.name ?? customerName(chat?.title ?? words.untitled);
  return (
    <tr aria-selected={isOpen}>
      <th scope="row">
        <a href={supervisorAddress("sessions", id)} dir="auto">
          {name}
        </a>
      </th>
      <td className="standing">
        <span className="state" data-state={state}>
          {words.sessionStates[state ?? "UNKNOWN"]}
        </span>
      </td>
      <td className="operator" dir="auto">
        {operator?.name ?? (isOver(state) ? words.noOperator : words.nobody)}
      </td>
      <td className="further" dir="auto">
        {line}
      </td>
      <td className="when">{startedAt !== null && <When at={new Date(startedAt)} />}</td>
      <td className="number further figure">
        {waitedForAnswerSeconds === null ? "" : formats.seconds(waitedForAnswerSeconds)}
      </td>
      <td className="number further figure">{messageCount}</td>
      <td className="further figure">
        <Vote rating={session.customerRating} />
      </td>
    </tr>
  );
}

/** To the minute; where there is little room, shorter. */
function When({ at }: { readonly at: Date }) {
  const { full, moment } = useFormats();
  return (
    <time dateTime={at.toISOString()} title={full(at)}>
      <span className="full">{full(at)}</span>
      <span className="short">{moment(at)}</span>
    </time>
  );
}

function isOver(state: SessionRowFragment["state"]): boolean {
  return state === "CLOSED" || state === "SPAM";
}

function Vote({ rating }: { readonly rating: SessionRowFragment["customerRating"] }) {
  const words = useWords();
  if (rating === "LIKE") return <ThumbsUp className="good" aria-label={words.liked} />;
  return rating === "DISLIKE" ? <ThumbsDown className="bad" aria-label={words.disliked} /> : null;
}
