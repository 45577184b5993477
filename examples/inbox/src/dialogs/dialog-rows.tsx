import { VList } from "virtua";
import { Failure } from "../parts/failure.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { DialogRow } from "./dialog-row.tsx";
import type { Dialog } from "./use-dialogs.ts";
import { useRowDeeds } from "./use-row-deeds.ts";

interface DialogRowsProps {
  readonly dialogs: readonly Dialog[];
  readonly openChatId: string | undefined;
}

export function DialogRows({ dialogs, openChatId }: DialogRowsProps) {
  const words = useWords();
  const { carryOut, problem } = useRowDeeds();
  return (
    <>
      {problem !== undefined && <Failure text={problemText(problem, words)} />}
      <VList className="dialog-rows" data={dialogs}>
        {(dialog) => <DialogRow key={dialog.id} dialog={dialog} isOpen={dialog.id === openChatId} onDeed={carryOut} />}
      </VList>
    </>
  );
}
