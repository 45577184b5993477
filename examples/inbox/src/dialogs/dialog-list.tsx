import { useState } from "react";
import { useViewerId } from "../gateway/use-viewer.ts";
import { Failure } from "../parts/failure.tsx";
import { supervisorAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { FoundChats, SHORTEST_SEARCH } from "./chat-search.tsx";
import { DialogRows } from "./dialog-rows.tsx";
import { GroupTabs } from "./group-tabs.tsx";
import { countsOf, GROUPS, type Group, groupOf } from "./groups.ts";
import { type Dialog, type Dialogs, useDialogs } from "./use-dialogs.ts";
import "./dialog-list.css";

const FINISHED = ["NO_OPEN_SESSION"] as const;

interface DialogListProps {
  /** The conversations that are not finished. */
  readonly open: Dialogs;
  readonly openChatId: string | undefined;
}

/** The viewer's conversations by what is to be done with them. */
export function DialogList({ open: { dialogs, isLoading, problem }, openChatId }: DialogListProps) {
  const words = useWords();
  const viewerId = useViewerId();
  const [group, setGroup] = useState<Group>("mine");
  const [search, setSearch] = useState("");
  const isSearching = search.trim().length >= SHORTEST_SEARCH;
  const byGroup = Map.groupBy(dialogs, (dialog) => groupOf(dialog, viewerId));
  const counts = GROUPS.flatMap((each) =>
    each === "finished" ? [] : [[each, countsOf(byGroup.get(each) ?? [])] as const],
  );
  return (
    <section className="dialog-list" aria-label={words.dialogs}>
      <input
        type="search"
        className="search"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
        placeholder={words.search}
        aria-label={words.search}
      />
      {!isSearching && <GroupTabs chosen={group} counts={new Map(counts)} onChoose={setGroup} />}
      {problem !== undefined && <Failure text={problemText(problem, words)} />}
      {isSearching ? (
        <div className="panel">
          <FoundChats text={search.trim()} openChatId={openChatId} />
        </div>
      ) : (
        <div className="panel" role="tabpanel" id="dialogs" aria-labelledby={`group-${group}`}>
          {group === "finished" ? (
            <FinishedDialogs openChatId={openChatId} />
          ) : (
            <Rows {...{ group, isLoading, openChatId }} dialogs={byGroup.get(group) ?? []} />
          )}
        </div>
      )}
    </section>
  );
}

function FinishedDialogs({ openChatId }: { readonly openChatId: string | undefined }) {
  const { dialogs, isLoading } = useDialogs(FINISHED);
  return <Rows group="finished" {...{ dialogs, isLoading, openChatId }} />;
}

interface RowsProps {
  readonly group: Group;
  readonly dialogs: readonly Dialog[];
  readonly isLoading: boolean;
  readonly openChatId: string | undefined;
}

function Rows({ group, dialogs, isLoading, openChatId }: RowsProps) {
  const words = useWords();
  if (dialogs.length > 0) return <DialogRows dialogs={dialogs} openChatId={openChatId} />;
  if (isLoading) return <SkeletonRows />;
  return (
    <div className="nothing">
      <p>{words.nothing[group]}</p>
      {group === "mine" && <a href={supervisorAddress("sessions")}>{words.toAllSessions}</a>}
    </div>
  );
}

function SkeletonRows() {
  const words = useWords();
  return (
    <div className="skeletons" role="status" aria-label={words.loading}>
      {["a", "b", "c", "d", "e", "f"].map((each) => (
        <div key={each} className="skeleton" />
      ))}
    </div>
  );
}
