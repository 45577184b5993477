import { z } from "zod";
import { derivedKey, sealEqually, unseal } from "../../installation/sealed-text.ts";
import type { Claim } from "../identity/holders.ts";

const id = z.string().regex(/^[0-9]+$/);
const path = z.string().startsWith("/");

export const claim: z.ZodType<Claim> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("key"), name: z.string() }),
  z.object({ kind: z.literal("open") }),
  z.object({ kind: z.literal("token"), portal: z.string(), accessToken: z.string() }),
  z.object({ kind: z.literal("subject"), name: z.string(), credential: z.string() }),
  z.object({ kind: z.literal("listeners"), credential: z.string() }),
]);

const target = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("file"),
    chatId: id.nullable(),
    fileId: id,
    name: z.string(),
    /** Not to be shown, whatever it is. */
    isDownload: z.boolean(),
    /** Places on the portal: the view's own, and the file's. */
    viewPath: path.nullable(),
    filePath: path.nullable(),
  }),
  z.object({ kind: z.literal("picture"), path }),
  z.object({ kind: z.literal("content"), path, name: z.string(), isDownload: z.boolean() }),
]);

const link = z.object({
  claim,
  /** Who asks the portal: the claim's holder, or the application that is installed in it. */
  reader: z.enum(["holder", "application"]),
  /** Host of the portal. */
  portal: z.string(),
  target,
  /** Milliseconds of `Date.now()`. */
  expiresAt: z.number(),
});

/** What a link to contents says, which nobody but the gateway can read or write. */
export type Link = z.infer<typeof link>;
export type FileTarget = Extract<Link["target"], { readonly kind: "file" }>;

export interface LinkSeals {
  /** Equal links have equal seals, so that browsers keep what they have fetched. */
  seal(link: Link): string;
  /** Undefined for what this gateway, or another with its key, has not sealed. */
  open(sealed: string): Link | undefined;
}

const PURPOSE = "a link to contents";

/** @param encryptionKey 32 bytes */
export function createLinkSeals(encryptionKey: Buffer): LinkSeals {
  const key = derivedKey(encryptionKey, PURPOSE);
  return {
    seal: (content) => sealEqually(key, PURPOSE, JSON.stringify(content)),
    open(sealed) {
      const text = unseal(key, PURPOSE, sealed);
      if (text === undefined) return undefined;
      const read = link.safeParse(JSON.parse(text));
      // A version that wrote links otherwise.
      return read.success ? read.data : undefined;
    },
  };
}
