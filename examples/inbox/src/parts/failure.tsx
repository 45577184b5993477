import { CircleAlert } from "lucide-react";
import { useWords } from "../words/language.tsx";
import "./failure.css";

interface FailureProps {
  readonly text: string;
  readonly onRetry?: (() => void) | undefined;
}

/** What failed, at the place where it failed. */
export function Failure({ text, onRetry }: FailureProps) {
  const words = useWords();
  return (
    <p className="failure" role="alert">
      <CircleAlert aria-hidden />
      <span>{text}</span>
      {onRetry !== undefined && (
        <button type="button" className="link" onClick={onRetry}>
          {words.retry}
        </button>
      )}
    </p>
  );
}
