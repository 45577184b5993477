import { useState } from "react";
import { supervisorAddress, VIEWS, type View } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { FIRST_FILTERS } from "./filters.ts";
import { LoadView } from "./load-view.tsx";
import { SessionsView } from "./sessions-view.tsx";
import { StatisticsView } from "./statistics-view.tsx";
import "./supervisor-page.css";

interface SupervisorPageProps {
  readonly view: View;
  readonly sessionId: string | undefined;
}

/** What whoever looks after a team wants to see: all sessions, who has how much to do, and how it went. */
export function SupervisorPage({ view, sessionId }: SupervisorPageProps) {
  const words = useWords();
  const [filters, setFilters] = useState(FIRST_FILTERS);
  return (
    <main className="supervisor-page">
      <h1 className="visually-hidden">{words.supervisor}</h1>
      <nav aria-label={words.supervisor}>
        {VIEWS.map((each) => (
          <a key={each} href={supervisorAddress(each)} aria-current={each === view ? "page" : undefined}>
            {words.views[each]}
          </a>
        ))}
      </nav>
      {view === "sessions" && <SessionsView filters={filters} onFilters={setFilters} sessionId={sessionId} />}
      {view === "load" && <LoadView />}
      {view === "statistics" && <StatisticsView filters={filters} onFilters={setFilters} />}
    </main>
  );
}
