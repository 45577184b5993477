import type { SessionFilter } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { ExportButton } from "./export-button.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { type Filters, sessionFilter } from "./filters.ts";
import { SessionTable } from "./session-table.tsx";
import { Transcript } from "./transcript.tsx";
import { useSessions } from "./use-sessions.ts";
import "./sessions-view.css";

interface SessionsViewProps {
  readonly filters: Filters;
  readonly onFilters: (filters: Filters) => void;
  readonly sessionId: string | undefined;
}

/** All sessions of the portal, and one of them beside, read without joining it. */
export function SessionsView({ filters, onFilters, sessionId }: SessionsViewProps) {
  const words = useWords();
  const filter = sessionFilter(filters);
  return (
    <div className="sessions-view" data-open={sessionId !== undefined}>
      <div className="view">
        <div className="toolbar">
          <FilterBar filters={filters} onChange={onFilters} isForSessions />
          {filter !== undefined && <ExportButton filter={filter} />}
        </div>
        {filter === undefined ? (
          <p className="none">{words.noPeriod}</p>
        ) : (
          <SessionList key={JSON.stringify(filter)} filter={filter} openSessionId={sessionId} />
        )}
      </div>
      {sessionId !== undefined && <Transcript key={sessionId} sessionId={sessionId} />}
    </div>
  );
}

interface SessionListProps {
  readonly filter: SessionFilter;
  readonly openSessionId: string | undefined;
}

function SessionList({ filter, openSessionId }: SessionListProps) {
  const words = useWords();
  const { sessions, isComplete, hasMore, isLoading, error, moreProblem, loadMore, readAgain } = useSessions(filter);
  return (
    <>
      {error !== undefined && !isLoading && <Failure text={problemText(error, words)} onRetry={readAgain} />}
      {sessions.length > 0 && <SessionTable sessions={sessions} openSessionId={openSessionId} />}
      {sessions.length === 0 && !isLoading && error === undefined && <p className="none">{words.noSessions}</p>}
      {isLoading && <Waiting onRetry={readAgain} />}
      {!isComplete && !isLoading && <p className="none">{words.notComplete}</p>}
      {moreProblem !== undefined && <Failure text={problemText(moreProblem, words)} onRetry={loadMore} />}
      {hasMore && !isLoading && moreProblem === undefined && (
        <p className="more">
          <button type="button" onClick={loadMore}>
            {words.more}
          </button>
        </p>
      )}
    </>
  );
}
