import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { useReadAgain } from "../gateway/use-read-again.ts";
import { useViewerId } from "../gateway/use-viewer.ts";
import {
  type ChatFactsFragment,
  TransferChatDocument,
  TransferLinesDocument,
  TransferPeopleDocument,
  type TransferTarget,
} from "../graphql.ts";
import { Avatar } from "../parts/avatar.tsx";
import { Failure } from "../parts/failure.tsx";
import { Modal } from "../parts/modal.tsx";
import { useSettled } from "../parts/use-settled.ts";
import { Waiting } from "../parts/waiting.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { useAction } from "./use-action.ts";
import { useLoads } from "./use-loads.ts";
import "./transfer-dialog.css";

interface TransferDialogProps {
  readonly chat: ChatFactsFragment;
  readonly onClose: () => void;
}

/** To whom the conversation goes: a colleague, with what he has to do at the moment, or the queue of a line. */
export function TransferDialog({ chat, onClose }: TransferDialogProps) {
  const words = useWords();
  const transfer = useAction(TransferChatDocument);
  const [search, setSearch] = useState("");
  const hand = async (to: TransferTarget) => {
    if (await transfer.run({ chatId: chat.id, to })) onClose();
  };
  return (
    <Modal title={words.transferTo} onClose={onClose}>
      <input
        type="search"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
        placeholder={words.searchPeople}
        aria-label={words.searchPeople}
      />
      {transfer.problem !== undefined && <Failure text={problemText(transfer.problem, words)} />}
      <div className="targets">
        <People chat={chat} search={useSettled(search.trim(), 250)} isBusy={transfer.isRunning} onChoose={hand} />
        {search.trim() === "" && <Lines chat={chat} isBusy={transfer.isRunning} onChoose={hand} />}
      </div>
    </Modal>
  );
}

interface TargetsProps {
  readonly chat: ChatFactsFragment;
  readonly isBusy: boolean;
  readonly onChoose: (to: TransferTarget) => void;
}

function People({ chat, search, isBusy, onChoose }: TargetsProps & { readonly search: string }) {
  const words = useWords();
  const viewerId = useViewerId();
  const { loadOf } = useLoads();
  // The queue of the line first; a name is looked for among all.
  const variables = search === "" ? { lineId: chat.line?.id ?? null } : { search };
  const { data, previousData, error, refetch } = useQuery(TransferPeopleDocument, { variables });
  const readAgain = useReadAgain(TransferPeopleDocument, { error, refetch });
  const people = ((data ?? previousData)?.operators?.nodes ?? []).filter(
    ({ id }) => id !== viewerId && id !== chat.operator?.id,
  );
  return (
    <section aria-label={words.colleagues}>
      <h3>{words.colleagues}</h3>
      {error !== undefined && <Failure text={problemText(error, words)} onRetry={readAgain} />}
      {data === undefined && error === undefined && <Waiting onRetry={readAgain} />}
      {data !== undefined && error === undefined && people.length === 0 && <p className="none">{words.nobodyFound}</p>}
      <ul>
        {people.map(({ id, name, position, avatarUrl }) => {
          const load = loadOf(id);
          return (
            <li key={id}>
              <button type="button" disabled={isBusy} onClick={() => onChoose({ userId: id })}>
                <Avatar name={name ?? ""} url={avatarUrl} />
                <span className="name" dir="auto">
                  {name ?? words.untitled}
                  {position !== null && <small dir="auto">{position}</small>}
                </span>
                {load !== undefined && (
                  <span className="load" data-presence={load.presence}>
                    {words.presences[load.presence]} · {words.openDialogs(load.active)}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Lines({ chat, isBusy, onChoose }: TargetsProps) {
  const words = useWords();
  const { data, error, refetch } = useQuery(TransferLinesDocument);
  const readAgain = useReadAgain(TransferLinesDocument, { error, refetch });
  const lines = (data?.openLines?.nodes ?? []).filter(({ id, isActive }) => id !== chat.line?.id && isActive !== false);
  return (
    <section aria-label={words.lines}>
      <h3>{words.lines}</h3>
      {error !== undefined && <Failure text={problemText(error, words)} onRetry={readAgain} />}
      {data === undefined && error === undefined && <Waiting onRetry={readAgain} />}
      <ul>
        {lines.map(({ id, name }) => (
          <li key={id}>
            <button type="button" disabled={isBusy} onClick={() => onChoose({ lineId: id })}>
              <Avatar name={name ?? ""} />
              <span className="name" dir="auto">
                {name ?? words.untitled}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
