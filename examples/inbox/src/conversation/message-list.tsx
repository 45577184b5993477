import { ArrowDown } from "lucide-react";
import { memo, useMemo, useRef } from "react";
import { Virtualizer } from "virtua";
import type { ChatMessageFragment } from "../graphql.ts";
import { Waiting } from "../parts/waiting.tsx";
import { useWords } from "../words/language.tsx";
import { AnnouncedMessage } from "./announced-message.tsx";
import { type Entry, entriesOf } from "./entries.ts";
import { Message } from "./message.tsx";
import type { MessageDeeds } from "./message-foot.tsx";
import { OutgoingMessage } from "./outgoing-message.tsx";
import { type ReadMarks, readersOf } from "./read-marks.ts";
import type { Announced } from "./use-announced.ts";
import type { Messages } from "./use-messages.ts";
import { useScrolling } from "./use-scrolling.ts";
import "./message-list.css";

interface MessageListProps
  extends Pick<
    Messages,
    "messages" | "outgoing" | "hasEarlier" | "isLoading" | "loadEarlier" | "readAgain" | "retry" | "discard"
  > {
  readonly title: string;
  /** Whether none are known to be there when there are none; not so where they could not be read. */
  readonly isEmpty: boolean;
  /** What was said of which the record is not there yet. */
  readonly announced: readonly Announced[];
  /** How far the others have read. */
  readonly readMarks: ReadMarks;
  /** What one can do with a message; not given to whoever takes no part. */
  readonly deeds?: MessageDeeds | undefined;
}

/** What was said, of which only what is near the view is on the page, however long the conversation is. */
export function MessageList({
  messages,
  outgoing,
  hasEarlier,
  isLoading,
  isEmpty,
  title,
  announced,
  readMarks,
  deeds,
  loadEarlier,
  readAgain,
  retry,
  discard,
}: MessageListProps) {
  const words = useWords();
  const entries = useMemo(() => entriesOf(messages, announced, outgoing), [messages, announced, outgoing]);
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);
  const scroller = useRef<HTMLElement>(null);
  const { list, isPrepending, isAtEnd, onScroll, onResize, toEnd } = useScrolling(entries, () => {
    if (hasEarlier && !isLoading) void loadEarlier();
  });
  return (
    <div className="message-list">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard. */}
      <section className="scroller" ref={scroller} aria-label={words.messagesOf(title)} tabIndex={0}>
        {isLoading && entries.length === 0 && (
          <Waiting onRetry={() => void readAgain()}>
            {["customer", "colleague", "customer"].map((by, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are always the same.
              <div key={index} className="skeleton" data-by={by} />
            ))}
          </Waiting>
        )}
        {isEmpty && !isLoading && entries.length === 0 && <p className="state-line">{words.noMessages}</p>}
        <Virtualizer
          as="ol"
          item="li"
          ref={list}
          scrollRef={scroller}
          data={entries}
          shift={isPrepending}
          onScroll={onScroll}
          onResize={onResize}
        >
          {(entry: Entry) => (
            <EntryLine
              key={entry.key}
              answered={entry.kind === "message" ? byId.get(entry.message.replyTo?.id ?? "") : undefined}
              {...{ entry, readMarks, deeds, retry, discard }}
            />
          )}
        </Virtualizer>
      </section>
      {isLoading && entries.length > 0 && (
        <p className="loading-earlier" role="status">
          {words.earlier}
        </p>
      )}
      {!isAtEnd && (
        <button type="button" className="to-newest" onClick={toEnd} aria-label={words.newest}>
          <ArrowDown aria-hidden />
        </button>
      )}
    </div>
  );
}

interface EntryLineProps extends Pick<Messages, "retry" | "discard"> {
  readonly entry: Entry;
  /** What it answers, where that is among the messages that are there. */
  readonly answered: ChatMessageFragment | undefined;
  readonly readMarks: ReadMarks;
  readonly deeds: MessageDeeds | undefined;
}

/** Rendered when something of it changes, not whenever the list is scrolled. */
const EntryLine = memo(({ entry, answered, readMarks, deeds, retry, discard }: EntryLineProps) => {
  switch (entry.kind) {
    case "message":
      return <Message {...entry} answered={answered} readers={readersOf(entry.message, readMarks)} deeds={deeds} />;
    case "announced":
      return <AnnouncedMessage announced={entry.announced} />;
    case "outgoing":
      return <OutgoingMessage outgoing={entry.outgoing} onRetry={retry} onDiscard={discard} />;
    default:
      return entry satisfies never;
  }
});
