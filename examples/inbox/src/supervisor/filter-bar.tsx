import { useQuery } from "@apollo/client/react";
import type { ReactNode } from "react";
import { SELDOM_MS, useReadAgain } from "../gateway/use-read-again.ts";
import { FilterChoicesDocument } from "../graphql.ts";
import { useWords } from "../words/language.tsx";
import { type Filters, STATES } from "./filters.ts";
import "./filter-bar.css";

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
  /** Whether sessions are narrowed by more than period and line. */
  readonly isForSessions: boolean;
  readonly children?: ReactNode;
}

/** Which sessions are meant. */
export function FilterBar({ filters, onChange, isForSessions, children }: FilterBarProps) {
  const words = useWords();
  const { data, error, refetch } = useQuery(FilterChoicesDocument);
  useReadAgain(FilterChoicesDocument, { error, refetch }, { afterMs: SELDOM_MS });
  const lines = data?.openLines?.nodes ?? [];
  const operators = data?.operators?.nodes ?? [];
  const set = (how: Partial<Filters>) => onChange({ ...filters, ...how });
  return (
    <form className="filter-bar" aria-label={words.filters} onSubmit={(event) => event.preventDefault()}>
      <label>
        {words.from}
        <input
          type="date"
          value={filters.from}
          max={filters.to}
          onChange={({ target }) => set({ from: target.value })}
        />
      </label>
      <label>
        {words.to}
        <input type="date" value={filters.to} min={filters.from} onChange={({ target }) => set({ to: target.value })} />
      </label>
      <Choice label={words.line} value={filters.lineId} choices={lines} onChoose={(lineId) => set({ lineId })} />
      {isForSessions && (
        <>
          <Choice
            label={words.operator}
            value={filters.operatorId}
            choices={operators}
            onChoose={(operatorId) => set({ operatorId })}
          />
          <Choice
            label={words.state}
            value={filters.state}
            choices={STATES.map((id) => ({ id, name: words.sessionStates[id] }))}
            onChoose={(chosen) => set({ state: STATES.find((each) => each === chosen) ?? "" })}
          />
        </>
      )}
      {children}
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly id: string; readonly name: string | null }[];
  readonly onChoose: (id: string) => void;
}

function Choice({ label, value, choices, onChoose }: ChoiceProps) {
  const words = useWords();
  return (
    <label>
      {label}
      <select value={value} onChange={({ target }) => onChoose(target.value)}>
        <option value="">{words.all}</option>
        {choices.map(({ id, name }) => (
          <option key={id} value={id}>
            {name ?? id}
          </option>
        ))}
      </select>
    </label>
  );
}
