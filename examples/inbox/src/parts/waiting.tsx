import { useConnection } from "bitrix24-open-channels-client/react";
import { type ReactNode, useEffect, useState } from "react";
import { useWords } from "../words/language.tsx";
import "./waiting.css";

/** So long an answer takes without a word. */
const USUAL_MS = 3_000;
/** So long one waits before asking once more may help. */
const PATIENT_MS = 12_000;

interface WaitingProps {
  /** Asks once more. */
  readonly onRetry?: (() => void) | undefined;
  /** What stands for what comes; words where there is nothing. */
  readonly children?: ReactNode;
}

/** In place of what has not come yet: says after a moment who is slow, and later lets one ask once more. */
export function Waiting({ onRetry, children }: WaitingProps) {
  const words = useWords();
  const { phase } = useConnection();
  const [asked, setAsked] = useState(0);
  const isSlow = useAfter(USUAL_MS, asked);
  const isVerySlow = useAfter(PATIENT_MS, asked);
  // Without a connection it is not the portal that is waited for; the top bar says so.
  const isThePortal = phase === "connected" || phase === "idle";
  return (
    <div className="waiting" role="status" aria-label={words.loading}>
      {isSlow && isThePortal ? (
        <p>
          {words.slow}{" "}
          {isVerySlow && onRetry !== undefined && (
            <button
              type="button"
              className="link"
              onClick={() => {
                setAsked(asked + 1);
                onRetry();
              }}
            >
              {words.retry}
            </button>
          )}
        </p>
      ) : (
        children === undefined && <p>{words.loading}</p>
      )}
      {children}
    </div>
  );
}

/** Whether so many milliseconds have passed since this was shown, or since the other value changed. */
function useAfter(ms: number, since: unknown): boolean {
  const [passed, setPassed] = useState<unknown>();
  useEffect(() => {
    const timer = setTimeout(() => setPassed(since), ms);
    return () => clearTimeout(timer);
  }, [ms, since]);
  return passed === since;
}
