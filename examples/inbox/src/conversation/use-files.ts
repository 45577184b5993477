import { useApolloClient } from "@apollo/client/react";
import { userErrorsOf } from "bitrix24-open-channels-client";
import { useState } from "react";
import type { Problem } from "../actions/use-action.ts";
import { SendFileDocument, StartUploadDocument } from "../graphql.ts";
import { putFile } from "./put-file.ts";

/** A file on its way. */
export interface OutgoingFile {
  /** Its idempotency key: sent again with it, it is never sent twice. */
  readonly key: string;
  readonly file: File;
  /** Between 0 and 1. */
  readonly progress: number;
  readonly problem: Problem | undefined;
  /** Where its bytes are, once they arrived. */
  readonly uploadId: string | undefined;
}

export interface OutgoingFiles {
  readonly files: readonly OutgoingFile[];
  readonly sendFiles: (files: Iterable<File>) => void;
  readonly retryFile: (key: string) => void;
  readonly discardFile: (key: string) => void;
}

/** Sends files into a chat: the bytes to the gateway, then the file by its name there. */
export function useFiles(chatId: string): OutgoingFiles {
  const apollo = useApolloClient();
  const [files, setFiles] = useState<readonly OutgoingFile[]>([]);
  const change = (key: string, how: Partial<OutgoingFile>) =>
    setFiles((all) => all.map((each) => (each.key === key ? { ...each, ...how } : each)));
  const discardFile = (key: string) => setFiles((all) => all.filter((each) => each.key !== key));

  async function upload({ key, file }: OutgoingFile): Promise<string> {
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
    const { key } = outgoing;
    try {
      const uploadId = outgoing.uploadId ?? (await upload(outgoing));
      const variables = { chatId, uploadId, idempotencyKey: key };
      const { data, error } = await apollo.mutate({ mutation: SendFileDocument, variables });
      const problem = userErrorsOf({ data })[0] ?? error;
      if (problem === undefined) discardFile(key);
      else change(key, { problem });
    } catch (problem) {
      change(key, { problem: isProblem(problem) ? problem : new Error(String(problem)) });
    }
  }
  return {
    files,
    sendFiles(added) {
      const begun = [...added].map((file) => ({
        key: newKey(),
        file,
        progress: 0,
        problem: undefined,
        uploadId: undefined,
      }));
      setFiles((all) => [...all, ...begun]);
      for (const each of begun) void send(each);
    },
    retryFile(key) {
      const found = files.find((each) => each.key === key);
      if (found === undefined) return;
      change(key, { problem: undefined });
      void send(found);
    },
    discardFile,
  };
}

function isProblem(thrown: unknown): thrown is Problem {
  return thrown instanceof Error || (typeof thrown === "object" && thrown !== null && "code" in thrown);
}

/** `crypto.randomUUID` is missing on pages without https. */
function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(16)).reduce((key, byte) => key + byte.toString(16).padStart(2, "0"), "");
}
