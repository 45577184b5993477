import { FileText } from "lucide-react";
import { Failure } from "../parts/failure.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import type { OutgoingFiles } from "./use-files.ts";

/** Files on their way, each with what became of it. */
export function OutgoingFileList({ files, retry, discard }: Omit<OutgoingFiles, "sendFiles">) {
  const words = useWords();
  if (files.length === 0) return null;
  return (
    <ul className="outgoing-files" aria-label={words.filesOnTheirWay}>
      {files.map(({ key, file, progress, problem }) => (
        <li key={key}>
          <p className="file">
            <FileText aria-hidden />
            <span className="name" dir="auto">
              {file.name}
            </span>
            {problem === undefined ? (
              <progress value={progress} aria-label={words.outgoing.sending} />
            ) : (
              <button type="button" className="link" onClick={() => discard(key)}>
                {words.discard}
              </button>
            )}
          </p>
          {problem !== undefined && <Failure text={problemText(problem, words)} onRetry={() => retry(key)} />}
        </li>
      ))}
    </ul>
  );
}
