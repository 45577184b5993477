import { type KeyboardEvent, useRef } from "react";
import { useWords } from "../words/language.tsx";
import { GROUPS, type Group, type GroupCounts } from "./groups.ts";
import "./group-tabs.css";

interface GroupTabsProps {
  readonly chosen: Group;
  /** Of the groups whose conversations are known. */
  readonly counts: ReadonlyMap<Group, GroupCounts>;
  readonly onChoose: (group: Group) => void;
}

export function GroupTabs({ chosen, counts, onChoose }: GroupTabsProps) {
  const words = useWords();
  const list = useRef<HTMLDivElement>(null);
  const move = ({ key }: KeyboardEvent) => {
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    const next = GROUPS[(GROUPS.indexOf(chosen) + step + GROUPS.length) % GROUPS.length];
    if (step === 0 || next === undefined) return;
    onChoose(next);
    list.current?.querySelector<HTMLElement>(`#group-${next}`)?.focus();
  };
  return (
    <div className="group-tabs" role="tablist" aria-label={words.dialogs} ref={list} onKeyDown={move}>
      {GROUPS.map((group) => (
        <button
          key={group}
          type="button"
          role="tab"
          id={`group-${group}`}
          aria-controls="dialogs"
          aria-selected={group === chosen}
          tabIndex={group === chosen ? 0 : -1}
          onClick={() => onChoose(group)}
        >
          {words.groups[group]}
          <Counts counts={counts.get(group)} />
        </button>
      ))}
    </div>
  );
}

function Counts({ counts }: { readonly counts: GroupCounts | undefined }) {
  const words = useWords();
  if (counts === undefined || counts.dialogs === 0) return null;
  return (
    <>
      <span className="count">{counts.dialogs}</span>
      {counts.unread > 0 && <span className="unread-dot" role="img" aria-label={words.unread(counts.unread)} />}
    </>
  );
}
