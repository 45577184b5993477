import { useState } from "react";
import { useViewer } from "../gateway/use-viewer.ts";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { supervisorAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { FoundChats, SHORTEST_SEARCH } from "./chat-search.tsx";
import { DialogRows } from "./dialog-rows.tsx";
import { GroupTabs } from "./group-tabs.tsx";
import { countsOf, GROUPS, type Group, groupOf } from "./groups.ts";
import { type Dialog, type Dialogs, MOST_DIALOGS, useDialogs } from "./use-dialogs.ts";
import "./dialog-list.css";

const FINISHED = ["NO_OPEN_SESSION"] as const;

interface DialogListProps {
  /** The conversations that are not finished. */
  readonly open: Dialogs;
  readonly openChatId: string | undefined;
}

/** The viewer's conversations by what is to be done with them. */
export function DialogList({ open, openChatId }: DialogListProps) {
  const words = useWords();
  const { viewerId, isKnown, error, readAgain } = useViewer();
  const { dialogs, isLoading, problem = error } = open;
  const readAll = () => {
    if (!isKnown) readAgain();
    open.readAgain();
  };
  const [group, setGroup] = useState<Group>("mine");
  const [search, setSearch] = useState("");
  const isSearching = search.trim().length >= SHORTEST_SEARCH;
  const byGroup = Map.groupBy(dialogs, (dialog) => groupOf(dialog, viewerId));
  // Whose the taken ones are is not known before it is known who one is.
  const counted = GROUPS.filter((each) => each === "waiting" || (isKnown && each !== "finished"));
  const counts = counted.map((each) => [each, countsOf(byGroup.get(each) ?? [])] as const);
  return (
    <section className="dialog-list" aria-label={words.dialogs}>
      {openChatId === undefined && <h1 className="visually-hidden">{words.dialogs}</h1>}
      <input
        type="search"
        className="search"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
        placeholder={words.search}
        aria-label={words.search}
      />
      {!isSearching && <GroupTabs chosen={group} counts={new Map(counts)} onChoose={setGroup} />}
      {problem !== undefined && group !== "finished" && (
        <Failure text={problemText(problem, words)} onRetry={readAll} />
      )}
      {isSearching ? (
        <div className="panel">
          <FoundChats text={search.trim()} openChatId={openChatId} />
        </div>
      ) : (
        <div className="panel" role="tabpanel" id="dialogs" aria-labelledby={`group-${group}`}>
          {group === "finished" ? (
            <FinishedDialogs openChatId={openChatId} />
          ) : (
            <Rows
              {...{ group, openChatId, problem }}
              dialogs={counted.includes(group) ? (byGroup.get(group) ?? []) : []}
              isLoading={isLoading || !isKnown}
              onRetry={readAll}
            />
          )}
          {open.isFull && group !== "finished" && <NewestOnly />}
        </div>
      )}
    </section>
  );
}

function FinishedDialogs({ openChatId }: { readonly openChatId: string | undefined }) {
  const words = useWords();
  const { problem, readAgain, isFull, ...finished } = useDialogs(FINISHED);
  return (
    <>
      {problem !== undefined && <Failure text={problemText(problem, words)} onRetry={readAgain} />}
      <Rows group="finished" {...finished} {...{ problem, openChatId }} onRetry={readAgain} />
      {isFull && <NewestOnly />}
    </>
  );
}

function NewestOnly() {
  const words = useWords();
  return <p className="newest-only">{words.newestOnly(MOST_DIALOGS)}</p>;
}

interface RowsProps {
  readonly group: Group;
  readonly dialogs: readonly Dialog[];
  readonly isLoading: boolean;
  readonly problem: Dialogs["problem"];
  readonly openChatId: string | undefined;
  readonly onRetry: () => void;
}

function Rows({ group, dialogs, isLoading, problem, openChatId, onRetry }: RowsProps) {
  const words = useWords();
  if (dialogs.length > 0) return <DialogRows dialogs={dialogs} openChatId={openChatId} />;
  // Where they could not be read nobody knows whether there are none.
  if (problem !== undefined) return null;
  if (isLoading) return <SkeletonRows onRetry={onRetry} />;
  return (
    <div className="nothing">
      <p>{words.nothing[group]}</p>
      {group === "mine" && <a href={supervisorAddress("sessions")}>{words.toAllSessions}</a>}
    </div>
  );
}

function SkeletonRows({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <Waiting onRetry={onRetry}>
      {["a", "b", "c", "d", "e", "f"].map((each) => (
        <div key={each} className="skeleton" />
      ))}
    </Waiting>
  );
}
