import { useApolloClient } from "@apollo/client/react";
import { Download } from "lucide-react";
import { useState } from "react";
import type { SessionFilter } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { csvOf } from "./csv.ts";
import { readAllSessions } from "./read-all-sessions.ts";

/** A table that a browser can hold at once and a spreadsheet opens. */
const MOST = 5_000;

/** Saves the sessions of the filter as tables, one after another where there are very many. */
export function ExportButton({ filter }: { readonly filter: SessionFilter }) {
  return <Export key={JSON.stringify(filter)} filter={filter} />;
}

interface Rest {
  readonly after: string;
  /** Of the table that comes next. */
  readonly number: number;
}

function Export({ filter }: { readonly filter: SessionFilter }) {
  const words = useWords();
  const apollo = useApolloClient();
  const [count, setCount] = useState<number>();
  const [problem, setProblem] = useState<Error>();
  const [rest, setRest] = useState<Rest>();
  const save = async () => {
    setProblem(undefined);
    setCount(0);
    try {
      const { after, number } = rest ?? { after: null, number: 1 };
      const { sessions, next } = await readAllSessions(apollo, { filter, after, most: MOST }, setCount);
      download(csvOf(sessions), number === 1 ? "sessions.csv" : `sessions-${number}.csv`);
      setRest(next === null ? undefined : { after: next, number: number + 1 });
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
        {count === undefined ? (rest === undefined ? words.exportAll : words.exportRest) : words.exported(count)}
      </button>
      {rest !== undefined && (
        <p className="rest" role="status">
          {words.moreToExport} <code>npm run sessions -- export</code>
        </p>
      )}
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
