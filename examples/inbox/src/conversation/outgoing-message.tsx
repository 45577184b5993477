import type { Outgoing } from "bitrix24-open-channels-client/desk";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";

interface OutgoingMessageProps {
  readonly outgoing: Outgoing;
  readonly onRetry: (key: string) => void;
  readonly onDiscard: (key: string) => void;
}

/** A message of one's own on its way: shown at once, and what became of it at its place. */
export function OutgoingMessage({ outgoing, onRetry, onDiscard }: OutgoingMessageProps) {
  const words = useWords();
  const { key, text, state, userErrors, error } = outgoing;
  const isStuck = state === "failed" || state === "refused" || state === "unknown";
  const reasons = [...userErrors, ...(error === undefined ? [] : [error])];
  return (
    <article className="message" data-by="colleague" data-outgoing={state}>
      <div className="bubble">
        <p className="plain" dir="auto">
          {text}
        </p>
        <p className="at" role={isStuck ? "alert" : undefined}>
          <span>{[words.outgoing[state], ...reasons.map((reason) => problemText(reason, words))].join(" ")}</span>
          {(state === "failed" || state === "unknown") && (
            <button type="button" className="link" onClick={() => onRetry(key)}>
              {words.retry}
            </button>
          )}
          {(state === "failed" || state === "refused") && (
            <button type="button" className="link" onClick={() => onDiscard(key)}>
              {words.discard}
            </button>
          )}
        </p>
      </div>
    </article>
  );
}
