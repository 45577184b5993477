import { randomBytes } from "node:crypto";

/** Secrets inside links to contents: they stand for a file, or for a folder that takes one, and need no session. */
export interface FileTokens {
  /** A link that can be used once. */
  issueOnce(kind: "download", fileId: number): string;
  issueOnce(kind: "upload", folderId: number): string;
  /** A link that works as long as the portal runs. */
  issueLasting(fileId: number): string;
  /** The file or folder behind the token; a token for one use is used up. */
  take(kind: "download" | "upload", token: string): number | undefined;
}

export function createFileTokens(): FileTokens {
  const tokens = new Map<string, { kind: "download" | "upload"; id: number; lasting: boolean }>();
  const issue = (kind: "download" | "upload", id: number, lasting: boolean): string => {
    const token = `${kind === "upload" || lasting ? "disk" : "im"}|${randomBytes(24).toString("base64url")}`;
    tokens.set(token, { kind, id, lasting });
    return token;
  };
  return {
    issueOnce: (kind: "download" | "upload", id: number) => issue(kind, id, false),
    issueLasting: (fileId) => issue("download", fileId, true),
    take(kind, token) {
      const known = tokens.get(token);
      if (known?.kind !== kind) return undefined;
      if (!known.lasting) tokens.delete(token);
      return known.id;
    },
  };
}
