import { useConnection } from "bitrix24-open-channels-client/react";
import { useWords } from "../words/language.tsx";

/** Whether news comes in. */
export function ConnectionMark() {
  const { phase } = useConnection();
  const words = useWords();
  // Nothing on the page waits for news.
  if (phase === "idle") return <span className="connection" />;
  return (
    <span className="connection" data-phase={phase} role="status">
      <span>{words.connection[phase]}</span>
    </span>
  );
}
