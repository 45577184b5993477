import { z } from "zod";
import { derivedKey, seal, unseal } from "../../installation/sealed-text.ts";
import type { KeyValueStore, NamespaceBounds } from "../../storage/key-value-store.ts";
import type { UploadTicket } from "./upload-ticket.ts";

const NAMESPACE = "uploads";
const PURPOSE = "an upload that waits";
/** Bounds for `openStorage`: an upload that is forgotten has to be begun anew. */
export const UPLOAD_NAMESPACES: NamespaceBounds = { [NAMESPACE]: { maxEntries: 20_000, whenFull: "dropOldest" } };

const record = z.object({
  owner: z.string(),
  portal: z.string(),
  chatId: z.string(),
  name: z.string(),
  size: z.number(),
  expiresAt: z.number(),
  state: z.enum(["ready", "sending", "handed-on", "sent"]),
  idempotencyKey: z.string().nullable(),
});

/** An upload whose bytes have come to one of several gateways. */
export type SharedUpload = z.infer<typeof record>;

export interface FoundUpload {
  readonly upload: SharedUpload;
  /** False when another gateway was quicker: nothing was changed. */
  change(to: Pick<SharedUpload, "state" | "idempotencyKey">): Promise<boolean>;
}

/** What several gateways know of each other's uploads. The bytes lie where they came. All methods reject with `StorageUnavailable`. */
export interface SharedUploads {
  received(ticket: UploadTicket): Promise<void>;
  find(uploadId: string): Promise<FoundUpload | undefined>;
}

/** @param encryptionKey 32 bytes, the same for all gateways */
export function createSharedUploads(keyValues: KeyValueStore, encryptionKey: Buffer): SharedUploads {
  const key = derivedKey(encryptionKey, PURPOSE);

  function sealed(uploadId: string, upload: SharedUpload): string {
    return seal(key, `${PURPOSE} ${uploadId}`, JSON.stringify(upload));
  }

  function lifeOf({ expiresAt }: Pick<SharedUpload, "expiresAt">): { readonly ttlMs: number } {
    return { ttlMs: Math.max(1, expiresAt - Date.now()) };
  }

  return {
    async received({ uploadId, owner, portal, chatId, name, size, expiresAt }) {
      const upload = { owner, portal, chatId, name, size, expiresAt, state: "ready", idempotencyKey: null } as const;
      // What is known stays: bytes that came to another gateway once more must not free an upload that is being sent, or was.
      await keyValues.setIfAbsent(NAMESPACE, uploadId, sealed(uploadId, upload), lifeOf(upload));
    },
    async find(uploadId) {
      const text = await keyValues.get(NAMESPACE, uploadId);
      if (text === null) return undefined;
      const upload = decoded(unseal(key, `${PURPOSE} ${uploadId}`, text));
      if (upload === undefined) return undefined;
      return {
        upload,
        change: (to) =>
          keyValues.compareAndSet(NAMESPACE, uploadId, text, sealed(uploadId, { ...upload, ...to }), lifeOf(upload)),
      };
    },
  };
}

/** Undefined for what another version wrote otherwise, or under another key. */
function decoded(text: string | undefined): SharedUpload | undefined {
  if (text === undefined) return undefined;
  const read = record.safeParse(JSON.parse(text));
  return read.success ? read.data : undefined;
}
