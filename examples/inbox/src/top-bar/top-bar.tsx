import { ChartColumn, Inbox, MessagesSquare } from "lucide-react";
import type { Person } from "../gateway/settings.ts";
import { inboxAddress, type Route, supervisorAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { ConnectionMark } from "./connection-mark.tsx";
import { Settings } from "./settings.tsx";
import "./top-bar.css";

interface TopBarProps {
  readonly page: Route["page"];
  readonly people: readonly Person[];
  readonly person: Person;
  readonly onPerson: (person: Person) => void;
}

/** Who one is, whether news comes in, and the way to the other pages. */
export function TopBar({ page, people, person, onPerson }: TopBarProps) {
  const words = useWords();
  return (
    <header className="top-bar">
      <a className="brand" href="/" aria-label="Open Channels">
        <MessagesSquare aria-hidden />
        <span>Open Channels</span>
      </a>
      <nav aria-label={words.pages}>
        <a href={inboxAddress()} aria-label={words.inbox} aria-current={page === "inbox" ? "page" : undefined}>
          <Inbox aria-hidden />
          <span>{words.inbox}</span>
        </a>
        <a
          href={supervisorAddress("sessions")}
          aria-label={words.supervisor}
          aria-current={page === "supervisor" ? "page" : undefined}
        >
          <ChartColumn aria-hidden />
          <span>{words.supervisor}</span>
        </a>
      </nav>
      <ConnectionMark />
      <label className="person">
        <span>{words.actingAs}</span>
        <select
          aria-label={words.actingAs}
          value={person.key}
          onChange={({ target }) => {
            const chosen = people.find(({ key }) => key === target.value);
            if (chosen !== undefined) onPerson(chosen);
          }}
        >
          {people.map(({ name, key }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Settings />
    </header>
  );
}
