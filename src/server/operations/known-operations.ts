import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";

/** The operations that clients may send where no others are allowed. */
export interface KnownOperations {
  has(source: string): boolean;
  /** Text of a document that the file holds, by its SHA-256 in hexadecimal. */
  textOf(hash: string): string | undefined;
}

/** The file of known operations cannot be used; the message says why. */
export class OperationsFileError extends Error {
  constructor(path: string, reason: string) {
    super(`${path} ${reason}`);
    this.name = "OperationsFileError";
  }
}

const HASH = /^[0-9a-f]{64}$/;
const fileShape = z.union([
  z.array(z.string().min(1)),
  z.object({ operations: z.array(z.object({ body: z.string().min(1) })) }),
]);

/**
 * Reads a list of documents or of their hashes, or a manifest of persisted queries as Apollo's tools write it. Documents are compared as
 * they are sent, blanks included. Throws `OperationsFileError`.
 */
export function readKnownOperations(path: string): KnownOperations {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new OperationsFileError(path, error instanceof SyntaxError ? "is not JSON" : "cannot be read");
  }
  const file = fileShape.safeParse(content);
  if (!file.success) {
    throw new OperationsFileError(path, "is neither a list of documents or of their SHA-256, nor a manifest of them");
  }
  const entries = Array.isArray(file.data) ? file.data : file.data.operations.map(({ body }) => body);
  const texts = new Map<string, string | undefined>(
    entries.map((entry) => (HASH.test(entry) ? [entry, undefined] : [sha256(entry), entry])),
  );
  return { has: (source) => texts.has(sha256(source)), textOf: (hash) => texts.get(hash) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
