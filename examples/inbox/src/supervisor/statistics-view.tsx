import { useQuery } from "@apollo/client/react";
import { SELDOM_MS, useReadAgain } from "../gateway/use-read-again.ts";
import { type PeriodInput, StatisticsDocument, type StatisticsQuery } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { Bar } from "./bar.tsx";
import { FilterBar } from "./filter-bar.tsx";
import type { Filters } from "./filters.ts";
import { HourChart } from "./hour-chart.tsx";
import { instantsOf } from "./period.ts";
import { StatisticsTiles } from "./statistics-tiles.tsx";
import "./statistics-view.css";

export type Statistics = NonNullable<StatisticsQuery["lineStatistics"]>;

interface StatisticsViewProps {
  readonly filters: Filters;
  readonly onFilters: (filters: Filters) => void;
}

/** How it went in a period. */
export function StatisticsView({ filters, onFilters }: StatisticsViewProps) {
  const words = useWords();
  const period = instantsOf(filters);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard.
    <section className="view statistics-view" aria-label={words.views.statistics} tabIndex={0}>
      <div className="toolbar">
        <FilterBar filters={filters} onChange={onFilters} isForSessions={false} />
      </div>
      {period === undefined ? (
        <p className="none">{words.noPeriod}</p>
      ) : (
        <Figures period={period} lineId={filters.lineId} />
      )}
    </section>
  );
}

function Figures({ period, lineId }: { readonly period: PeriodInput; readonly lineId: string }) {
  const words = useWords();
  const variables = { period, lineIds: lineId === "" ? null : [lineId] };
  const { data, error, refetch } = useQuery(StatisticsDocument, { variables });
  const readAgain = useReadAgain(StatisticsDocument, { error, refetch }, { afterMs: SELDOM_MS });
  const statistics = data?.lineStatistics;
  if (error !== undefined) return <Failure text={problemText(error, words)} onRetry={readAgain} />;
  if (statistics == null) return <Waiting onRetry={readAgain} />;
  if (statistics.sessionCount === 0) return <p className="none">{words.noSessions}</p>;
  return (
    <>
      <StatisticsTiles statistics={statistics} />
      <div className="charts">
        <HourChart counts={statistics.byHour.map((count) => count ?? 0)} />
        <Sources sources={statistics.bySource} />
      </div>
      <Operators operators={statistics.byOperator} />
    </>
  );
}

function Sources({ sources }: { readonly sources: Statistics["bySource"] }) {
  const words = useWords();
  const most = Math.max(1, ...sources.map(({ sessionCount }) => sessionCount ?? 0));
  const sorted = sources.toSorted((one, other) => (other.sessionCount ?? 0) - (one.sessionCount ?? 0));
  return (
    <section className="chart sources">
      <h2>{words.bySource}</h2>
      <table>
        <tbody>
          {sorted.map(({ sourceCode, sessionCount }) => (
            <tr key={sourceCode}>
              <th scope="row">{sourceCode}</th>
              <td className="number">
                <Bar part={(sessionCount ?? 0) / most} />
                {sessionCount}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Operators({ operators }: { readonly operators: Statistics["byOperator"] }) {
  const words = useWords();
  const formats = useFormats();
  const most = Math.max(1, ...operators.map(({ sessionCount }) => sessionCount ?? 0));
  const sorted = operators.toSorted((one, other) => (other.sessionCount ?? 0) - (one.sessionCount ?? 0));
  return (
    <div className="table-frame">
      <table className="cards operators">
        <thead>
          <tr>
            <th scope="col">{words.operator}</th>
            <th scope="col" className="number">
              {words.sessions}
            </th>
            <th scope="col" className="number">
              {words.averageWait}
            </th>
            <th scope="col" className="number">
              {words.positive}
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ operator, sessionCount, averageWaitForAnswerSeconds, positiveRate }) => (
            <tr key={operator.id}>
              <th scope="row" dir="auto">
                {operator.name ?? words.untitled}
              </th>
              <td className="number" data-name={words.sessions}>
                <Bar part={(sessionCount ?? 0) / most} />
                {sessionCount}
              </td>
              <td className="number" data-name={words.averageWait}>
                {formats.seconds(averageWaitForAnswerSeconds)}
              </td>
              <td className="number" data-name={words.positive}>
                {formats.share(positiveRate)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
