import { useApolloClient } from "@apollo/client/react";
import { Download } from "lucide-react";
import { useState } from "react";
import type { SessionFilter } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { csvOf } from "./csv.ts";
import { readAllSessions } from "./read-all-sessions.ts";

/** Saves all sessions of the filter as a table. */
export function ExportButton({ filter }: { readonly filter: SessionFilter }) {
  const words = useWords();
  const apollo = useApolloClient();
  const [count, setCount] = useState<number>();
  const [problem, setProblem] = useState<Error>();
  const save = async () => {
    setProblem(undefined);
    setCount(0);
    try {
      download(csvOf(await readAllSessions(apollo, filter, setCount)), "sessions.csv");
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setCount(undefined);
    }
  };
  return (
    <div>
      <button type="button" disabled={count !== undefined} onClick={() => void save()}>
        <Download aria-hidden />
        {count === undefined ? words.exportAll : words.exported(count)}
      </button>
      {problem !== undefined && <Failure text={problemText(problem, words)} onRetry={() => void save()} />}
    </div>
  );
}

function download(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
