import { createContext, useContext, useSyncExternalStore } from "react";
import type { FileOutbox, OutgoingFile } from "./file-outbox.ts";

export interface OutgoingFiles extends Pick<FileOutbox, "retry" | "discard"> {
  readonly files: readonly OutgoingFile[];
  readonly sendFiles: (files: Iterable<File>) => void;
}

const Context = createContext<FileOutbox | undefined>(undefined);

/** Gives an outbox of files to all below. */
export const FileOutboxProvider = Context.Provider;

/** The files that are on their way into a chat. */
export function useFiles(chatId: string): OutgoingFiles {
  const outbox = useContext(Context);
  if (outbox === undefined) throw new Error("Put a <FileOutboxProvider> around this component.");
  const all = useSyncExternalStore(outbox.subscribe, outbox.get);
  const { retry, discard } = outbox;
  return {
    files: all.filter((each) => each.chatId === chatId),
    sendFiles: (files) => outbox.send(chatId, files),
    retry,
    discard,
  };
}
