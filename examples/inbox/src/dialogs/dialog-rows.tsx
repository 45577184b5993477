import { VList } from "virtua";
import { DialogRow } from "./dialog-row.tsx";
import type { Dialog } from "./use-dialogs.ts";

interface DialogRowsProps {
  readonly dialogs: readonly Dialog[];
  readonly openChatId: string | undefined;
}

export function DialogRows({ dialogs, openChatId }: DialogRowsProps) {
  return (
    <VList className="dialog-rows" data={dialogs}>
      {(dialog) => <DialogRow key={dialog.id} dialog={dialog} isOpen={dialog.id === openChatId} />}
    </VList>
  );
}
