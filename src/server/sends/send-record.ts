import { z } from "zod";
import { type SendOutcome, sendOutcome } from "../../resolvers/sends/sends.ts";

/** What is kept of a send with a key: before it leaves, and once its outcome is known. */
export type SendRecord =
  | {
      readonly state: "owed";
      readonly body: string;
      readonly after: string | null;
      readonly mark?: string | undefined;
    }
  | { readonly state: "done"; readonly body: string; readonly outcome: SendOutcome };

const recordSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("owed"),
    /** Hash of the arguments. */
    body: z.string(),
    /** The chat's newest message before the first attempt; null where it could not be told. */
    after: z.string().nullable(),
    /** What else the message is known by. */
    mark: z.string().optional(),
  }),
  z.object({ state: z.literal("done"), body: z.string(), outcome: sendOutcome }),
]);

export function encodeRecord(record: SendRecord): string {
  return JSON.stringify(record);
}

/** Throws for a text that no version wrote: better to refuse a send than to repeat it. */
export function decodeRecord(text: string): SendRecord {
  return recordSchema.parse(JSON.parse(text));
}
