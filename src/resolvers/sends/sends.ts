import { z } from "zod";
import type { Id } from "../../datasources/domain/ids.ts";
import type { LightSignal } from "../../process/light-signal.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";

/** What a send came to, as it is kept. */
export const sendOutcome = z.object({
  /** null where the portal tells none. */
  messageId: z.string().nullable(),
  /** Empty when it was done. */
  userErrors: z.array(
    z.object({
      code: z.enum(UserErrorCode),
      message: z.string(),
      field: z.array(z.string()).nullable(),
      bitrixCode: z.string().nullable(),
      portalMessage: z.string().nullable(),
    }),
  ),
});

export type SendOutcome = z.infer<typeof sendOutcome>;

/** What one try came to. */
export interface SendTry extends SendOutcome {
  /** Nothing was asked of the portal, so that this is no outcome to be kept: whoever repeats it tries again. */
  readonly neverLeft?: true;
}

/** How a message is found again whose sending had an unknown outcome. */
export interface SentSearch {
  /** The newest message's id, asked for before the message leaves: "0" where there is none, null where it cannot be told. */
  newestId(): Promise<Id | null>;
  /** What else it is known by, to be kept for whoever asks again when nobody else knows it any more. */
  readonly mark?: string | undefined;
  /** Messages beyond that id by this author with exactly this text. `mark`: as it was kept with the first attempt. */
  sentSince(id: Id, mark: string | undefined): Promise<"none" | "unclear" | { readonly messageId: Id }>;
}

/** A send with a client's key. */
export interface KeyedSend {
  readonly mutation: string;
  readonly idempotencyKey: string;
  /** What the mutation was asked for, in its own form: an equal key with other arguments is a mistake. */
  readonly body: readonly unknown[];
  /** The REST method that sends. */
  readonly method: string;
  readonly signal: LightSignal;
  readonly search: SentSearch;
}

/** Sends that clients may repeat, of one identity on one portal. */
export interface Sends {
  /**
   * What `run` came to, run at most once for each key within a day; `key-reused` when the key came with another body. Rejects with
   * `OutcomeUnknown` while nobody can tell whether an earlier attempt arrived, and with `StorageUnavailable` before anything is sent.
   */
  once(send: KeyedSend, run: () => Promise<SendTry>): Promise<SendOutcome | "key-reused">;
}
