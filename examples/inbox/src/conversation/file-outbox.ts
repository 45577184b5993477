import type { ApolloClient } from "@apollo/client";
import { userErrorsOf } from "bitrix24-open-channels-client";
import type { Watched } from "bitrix24-open-channels-client/desk";
import type { Problem } from "../actions/use-action.ts";
import { SendFileDocument, StartUploadDocument } from "../graphql.ts";
import { putFile } from "./put-file.ts";

/** A file on its way. */
export interface OutgoingFile {
  /** Its idempotency key: sent again with it, it is never sent twice. */
  readonly key: string;
  readonly chatId: string;
  readonly file: File;
  /** Between 0 and 1. */
  readonly progress: number;
  readonly problem: Problem | undefined;
  /** Where its bytes are, once they arrived. */
  readonly uploadId: string | undefined;
}

/** Files on their way, whichever conversation is open: one that fails is still there when one comes back to its own. */
export interface FileOutbox extends Watched<readonly OutgoingFile[]> {
  /** Sends the bytes to the gateway, then the file into the chat by its name there. */
  readonly send: (chatId: string, files: Iterable<File>) => void;
  readonly retry: (key: string) => void;
  readonly discard: (key: string) => void;
}

export function createFileOutbox(apollo: ApolloClient): FileOutbox {
  let all: readonly OutgoingFile[] = [];
  const listeners = new Set<() => void>();
  const set = (next: readonly OutgoingFile[]) => {
    all = next;
    for (const listener of listeners) listener();
  };
  const change = (key: string, how: Partial<OutgoingFile>) =>
    set(all.map((each) => (each.key === key ? { ...each, ...how } : each)));
  const discard = (key: string) => set(all.filter((each) => each.key !== key));

  async function upload({ key, chatId, file }: OutgoingFile): Promise<string> {
    const contentType = file.type || "application/octet-stream";
    const variables = { chatId, name: file.name, size: file.size, contentType };
    const { data, error } = await apollo.mutate({ mutation: StartUploadDocument, variables });
    const { uploadId, uploadUrl } = data?.fileUploadStart ?? {};
    if (uploadId == null || uploadUrl == null) throw userErrorsOf({ data })[0] ?? error ?? new Error("No address.");
    await putFile(uploadUrl, file, contentType, (progress) => change(key, { progress }));
    change(key, { uploadId });
    return uploadId;
  }
  async function send(outgoing: OutgoingFile): Promise<void> {
    const { key, chatId } = outgoing;
    try {
      const uploadId = outgoing.uploadId ?? (await upload(outgoing));
      const variables = { chatId, uploadId, idempotencyKey: key };
      const { data, error } = await apollo.mutate({ mutation: SendFileDocument, variables });
      const problem = userErrorsOf({ data })[0] ?? error;
      if (problem === undefined) discard(key);
      else change(key, { problem });
    } catch (problem) {
      change(key, { problem: isProblem(problem) ? problem : new Error(String(problem)) });
    }
  }
  return {
    get: () => all,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send(chatId, files) {
      const begun = Array.from(files, (file) => ({
        key: newKey(),
        chatId,
        file,
        progress: 0,
        problem: undefined,
        uploadId: undefined,
      }));
      set([...all, ...begun]);
      for (const each of begun) void send(each);
    },
    retry(key) {
      const found = all.find((each) => each.key === key);
      if (found === undefined) return;
      change(key, { problem: undefined });
      void send(found);
    },
    discard,
  };
}

function isProblem(thrown: unknown): thrown is Problem {
  return thrown instanceof Error || (typeof thrown === "object" && thrown !== null && "code" in thrown);
}

/** `crypto.randomUUID` is missing on pages without https. */
function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(16)).reduce((key, byte) => key + byte.toString(16).padStart(2, "0"), "");
}
