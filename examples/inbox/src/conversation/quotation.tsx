import type { ChatMessageFragment } from "../graphql.ts";
import { useWords } from "../words/language.tsx";
import "./quotation.css";

interface QuotationProps {
  /** Undefined where it is not among the messages that are there. */
  readonly message: ChatMessageFragment | undefined;
}

/** What a message answers. */
export function Quotation({ message }: QuotationProps) {
  const words = useWords();
  return (
    <blockquote className="quotation" dir="auto">
      {message === undefined ? (
        <p>{words.anEarlierMessage}</p>
      ) : (
        <>
          <p className="author">{message.author?.name ?? words.untitled}</p>
          <p className="said">{message.isDeleted ? words.deleted : message.plainText || message.files[0]?.name}</p>
        </>
      )}
    </blockquote>
  );
}
