import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";
import type { Statistics } from "./statistics-view.tsx";

/** The figures that one looks at first. */
export function StatisticsTiles({ statistics }: { readonly statistics: Statistics }) {
  const words = useWords();
  const formats = useFormats();
  const inTime = statistics.answeredInTimeCount ?? 0;
  const answered = inTime + (statistics.answeredLateCount ?? 0);
  const tiles: readonly (readonly [string, string])[] = [
    [words.sessions, formats.number(statistics.sessionCount)],
    [words.closed, formats.number(statistics.closedSessionCount)],
    [words.averageWait, formats.seconds(statistics.averageWaitForAnswerSeconds)],
    [words.averageDuration, formats.seconds(statistics.averageDurationSeconds)],
    [words.inTime, formats.share(answered === 0 ? null : inTime / answered)],
    [words.positive, formats.share(statistics.positiveRate)],
    [words.spam, formats.number(statistics.spamSessionCount)],
  ];
  return (
    <dl className="tiles">
      {tiles.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
