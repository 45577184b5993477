import { z } from "zod";
import { derivedKey, seal, unseal } from "../../installation/sealed-text.ts";
import { claim } from "./link.ts";

const ticket = z.object({
  uploadId: z.string(),
  /** Who began it, by name and as he is found again. */
  owner: z.string(),
  claim,
  /** Host of the portal. */
  portal: z.string(),
  chatId: z.string(),
  name: z.string(),
  size: z.number(),
  contentType: z.string(),
  /** Milliseconds of `Date.now()`. */
  expiresAt: z.number(),
});

/** What the address of an upload says, which nobody but the gateway can read or write. */
export type UploadTicket = z.infer<typeof ticket>;

export interface TicketSeals {
  seal(content: UploadTicket): string;
  open(sealed: string): UploadTicket | undefined;
}

const PURPOSE = "the address of an upload";

/** @param encryptionKey 32 bytes */
export function createTicketSeals(encryptionKey: Buffer): TicketSeals {
  const key = derivedKey(encryptionKey, PURPOSE);
  return {
    seal: (content) => seal(key, PURPOSE, JSON.stringify(content)),
    open(sealed) {
      const text = unseal(key, PURPOSE, sealed);
      const read = text === undefined ? undefined : ticket.safeParse(JSON.parse(text));
      return read?.success === true ? read.data : undefined;
    },
  };
}
