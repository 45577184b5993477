import { MessagesSquare } from "lucide-react";
import type { Person } from "../gateway/settings.ts";
import { useWords } from "../words/language.tsx";
import { ConnectionMark } from "./connection-mark.tsx";
import "./top-bar.css";

interface TopBarProps {
  readonly people: readonly Person[];
  readonly person: Person | undefined;
  readonly onPerson: (person: Person) => void;
}

/** Who one is, whether news comes in, and the way to the other pages. */
export function TopBar({ people, person, onPerson }: TopBarProps) {
  const words = useWords();
  return (
    <header className="top-bar">
      <a className="brand" href="/">
        <MessagesSquare aria-hidden />
        <span>Open Channels</span>
      </a>
      <ConnectionMark />
      <label className="person">
        <span>{words.actingAs}</span>
        <select
          value={person?.key}
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
    </header>
  );
}
