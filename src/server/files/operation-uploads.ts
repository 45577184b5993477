import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import { PortalRateLimited, PortalTimeout, PortalUnavailable } from "../../datasources/bitrix24/errors.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { atMost } from "../../process/growing-cache.ts";
import type { MissingUpload, TakenUpload, Uploads } from "../../resolvers/files/uploads.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import { claimOf } from "../identity/holders.ts";
import type { Identity } from "../identity/identity.ts";
import { createAdmission } from "../operations/admission.ts";
import type { SharedUpload, SharedUploads } from "./shared-uploads.ts";
import { type SpooledUpload, UPLOAD_LIFETIME_MS, type UploadSpool } from "./upload-spool.ts";
import type { TicketSeals } from "./upload-ticket.ts";

export interface OperationUploadsOptions {
  readonly seals: TicketSeals;
  readonly spool: UploadSpool;
  /** Undefined where no other gateway may have what is sent here. */
  readonly shared: SharedUploads | undefined;
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly publicUrl: string | undefined;
  /** Path to which uploads go. */
  readonly path: string;
  /** Bytes of one file. */
  readonly maxBytes: number;
  /** Milliseconds that an operation may wait for its turn. */
  readonly patienceMs: number;
}

export interface OperationUploads {
  /** `reachedAt`: the gateway's address as this identity used it. */
  forOperation(identity: Identity, portal: string, reachedAt: string | undefined): Uploads;
}

/** Files in memory at once: portals take them as base64 in one piece. */
const IN_MEMORY = 3;
const WAITING = 100;
/** A portal may be updated. */
const IN_STEPS_MS = 10 * 60_000;
const MAX_PORTALS = 10_000;

export function createOperationUploads(options: OperationUploadsOptions): OperationUploads {
  const { seals, spool, shared, credentials, publicUrl, path, maxBytes, patienceMs } = options;
  const turns = createAdmission({ places: IN_MEMORY, waiting: WAITING, patienceMs });
  const inSteps = new LRUCache<string, true>({ ...atMost(MAX_PORTALS), ttl: IN_STEPS_MS });

  /** Whose it is now the store tells: another gateway may have the same folder. */
  async function takeShared(
    store: SharedUploads,
    uploadId: string,
    wanted: Wanted,
  ): Promise<TakenUpload | MissingUpload> {
    const found = await store.find(uploadId).catch(storeIsAway);
    if (found === undefined || !isFor(found.upload, wanted)) return "absent";
    if (isUsed(found.upload.state, found.upload.idempotencyKey, wanted)) return "used";
    const bytes = await spool.beside(uploadId);
    if (bytes === undefined) return "elsewhere";
    const { idempotencyKey } = wanted;
    if (!(await found.change({ state: "sending", idempotencyKey }).catch(storeIsAway))) return "used";
    const become = async (state: SharedUpload["state"]): Promise<void> => {
      await (await store.find(uploadId))?.change({ state, idempotencyKey });
    };
    return {
      name: found.upload.name,
      size: found.upload.size,
      read: async () => (await bytes.read()).toString("base64"),
      async sent() {
        await bytes.remove();
        await spool.find(uploadId)?.sent();
        await quietly(() => become("sent"));
      },
      giveBack: () => quietly(() => become("ready")),
      unclear: () => quietly(() => become("handed-on")),
    };
  }

  return {
    forOperation: (identity, portal, reachedAt) => ({
      maxBytes,
      start(file) {
        const base = publicUrl ?? reachedAt;
        if (base === undefined) return undefined;
        const uploadId = randomBytes(18).toString("base64url");
        const expiresAt = Math.min(Date.now() + UPLOAD_LIFETIME_MS, identity.expiresAt ?? Number.POSITIVE_INFINITY);
        const claim = claimOf(identity, credentials);
        const sealed = seals.seal({ uploadId, owner: identity.name, claim, portal, expiresAt, ...file });
        return { uploadId, url: `${base}${path}/${sealed}`, expiresAt: new Date(expiresAt) };
      },
      async sizeOf(uploadId) {
        const upload = spool.find(uploadId)?.ticket ?? (await shared?.find(uploadId).catch(() => undefined))?.upload;
        return upload?.owner === identity.name ? upload.size : undefined;
      },
      async take(uploadId, chatId, idempotencyKey) {
        const here = spool.find(uploadId);
        const wanted = { owner: identity.name, portal, chatId, idempotencyKey };
        if (here?.state === "receiving") return isFor(here.ticket, wanted) ? "incomplete" : "absent";
        if (shared !== undefined) return await takeShared(shared, uploadId, wanted);
        if (here === undefined || here.state === "removing" || !isFor(here.ticket, wanted)) return "absent";
        return isUsed(here.state, here.idempotencyKey, wanted) ? "used" : taken(here, idempotencyKey);
      },
      async inTurn(signal, run) {
        const entry = await turns.enter("all", signal);
        if (entry.kind === "full")
          throw new PortalRateLimited("Too many files are being sent now. Nothing was sent.", 1_000);
        if (entry.kind === "gone") throw new PortalTimeout("The file had no turn in time. Nothing was sent.");
        try {
          return await run();
        } finally {
          entry.leave();
        }
      },
      isInSteps: () => inSteps.has(portal),
      noteInSteps: () => {
        inSteps.set(portal, true);
      },
    }),
  };
}

interface Wanted {
  readonly owner: string;
  readonly portal: string;
  readonly chatId: Id;
  readonly idempotencyKey: string | null;
}

function isFor(upload: Pick<SharedUpload, "owner" | "portal" | "chatId" | "expiresAt">, wanted: Wanted): boolean {
  const isOwn = upload.owner === wanted.owner && upload.portal === wanted.portal;
  return isOwn && upload.chatId === wanted.chatId && upload.expiresAt > Date.now();
}

function isUsed(state: SharedUpload["state"], sentWith: string | null, { idempotencyKey }: Wanted): boolean {
  return (
    state === "sending" ||
    state === "sent" ||
    (state === "handed-on" && (idempotencyKey === null || sentWith !== idempotencyKey))
  );
}

function taken(upload: SpooledUpload, idempotencyKey: string | null): TakenUpload {
  upload.state = "sending";
  upload.idempotencyKey = idempotencyKey;
  return {
    name: upload.ticket.name,
    size: upload.ticket.size,
    async read() {
      return (await upload.read()).toString("base64");
    },
    sent: () => upload.sent(),
    async giveBack() {
      upload.state = "ready";
    },
    async unclear() {
      upload.state = "handed-on";
    },
  };
}

function storeIsAway(error: unknown): never {
  if (error instanceof StorageUnavailable)
    throw new PortalUnavailable("The gateways' common store is away. Nothing was sent.");
  throw error;
}

/** The file is sent or not whatever becomes of the note about it, which ends by itself. */
async function quietly(note: () => Promise<void>): Promise<void> {
  try {
    await note();
  } catch (error) {
    if (!(error instanceof StorageUnavailable)) throw error;
  }
}
