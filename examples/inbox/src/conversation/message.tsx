import { EyeOff } from "lucide-react";
import type { ChatMessageFragment } from "../graphql.ts";
import { Avatar } from "../parts/avatar.tsx";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";
import { Attachments } from "./attachments.tsx";
import { Files } from "./files.tsx";
import { FormattedText } from "./formatted-text.tsx";
import { type MessageDeeds, MessageFoot } from "./message-foot.tsx";
import { Quotation } from "./quotation.tsx";
import "./message.css";

interface MessageProps {
  readonly message: ChatMessageFragment;
  readonly day: Date | undefined;
  readonly isFollowing: boolean;
  /** Names of those who have read so far. */
  readonly readers: readonly string[];
  /** What it answers, where that is among the messages that are there. */
  readonly answered: ChatMessageFragment | undefined;
  readonly deeds: MessageDeeds | undefined;
}

/** What somebody said: customers on one side, colleagues on the other, and what the portal says of itself in the middle. */
export function Message({ message, day, isFollowing, readers, answered, deeds }: MessageProps) {
  return (
    <>
      {day !== undefined && <DayLine day={day} />}
      {message.isSystem ? (
        <SystemMessage message={message} />
      ) : (
        <Said message={message} isFollowing={isFollowing} answered={answered} deeds={deeds} />
      )}
      {readers.length > 0 && <Readers names={readers} />}
    </>
  );
}

function Readers({ names }: { readonly names: readonly string[] }) {
  const words = useWords();
  return <p className="readers">{words.readBy(names.join(", "))}</p>;
}

function DayLine({ day }: { readonly day: Date }) {
  const formats = useFormats();
  return <p className="day-line">{formats.day(day)}</p>;
}

function SystemMessage({ message }: Pick<MessageProps, "message">) {
  return (
    <article className="message" data-by="system">
      <FormattedText html={message.html} />
      <Attachments attachments={message.attachments} />
    </article>
  );
}

function Said({ message, isFollowing, answered, deeds }: Omit<MessageProps, "day" | "readers">) {
  const words = useWords();
  const formats = useFormats();
  const { author, isHidden, isEdited, isDeleted, sentAt, html, files, attachments } = message;
  const name = author?.name ?? words.untitled;
  return (
    <article
      className="message"
      data-by={author?.kind === "CUSTOMER" ? "customer" : "colleague"}
      data-hidden={isHidden === true}
      data-following={isFollowing}
    >
      {!isFollowing && <Avatar name={name} url={author?.avatarUrl} />}
      <div className="bubble">
        <p className={isFollowing ? "visually-hidden" : "author"} dir="auto">
          {name}
        </p>
        {isHidden === true && (
          <p className="hidden-note">
            <EyeOff aria-hidden /> {words.hidden}
          </p>
        )}
        {message.replyTo !== null && <Quotation message={answered} />}
        {isDeleted ? <p className="deleted">{words.deleted}</p> : <FormattedText html={html} />}
        <Files files={files} />
        <Attachments attachments={attachments} />
        <p className="at">
          {isEdited && !isDeleted && <span>{words.edited}</span>}
          <time dateTime={sentAt} title={formats.full(new Date(sentAt))}>
            {formats.time(new Date(sentAt))}
          </time>
        </p>
      </div>
      {!isDeleted && <MessageFoot message={message} deeds={deeds} />}
    </article>
  );
}
