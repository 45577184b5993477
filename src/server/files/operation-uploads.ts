import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import { PortalRateLimited, PortalTimeout } from "../../datasources/bitrix24/errors.ts";
import type { TakenUpload, Uploads } from "../../resolvers/files/uploads.ts";
import { claimOf } from "../identity/holders.ts";
import type { Identity } from "../identity/identity.ts";
import { createAdmission } from "../operations/admission.ts";
import { type SpooledUpload, UPLOAD_LIFETIME_MS, type UploadSpool } from "./upload-spool.ts";
import type { TicketSeals } from "./upload-ticket.ts";

export interface OperationUploadsOptions {
  readonly seals: TicketSeals;
  readonly spool: UploadSpool;
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
  const { seals, spool, credentials, publicUrl, path, maxBytes, patienceMs } = options;
  const turns = createAdmission({ places: IN_MEMORY, waiting: WAITING, patienceMs });
  const inSteps = new LRUCache<string, true>({ max: MAX_PORTALS, ttl: IN_STEPS_MS });

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
      sizeOf(uploadId) {
        const ticket = spool.find(uploadId)?.ticket;
        return ticket?.owner === identity.name ? ticket.size : undefined;
      },
      take(uploadId, chatId, idempotencyKey) {
        const found = spool.find(uploadId);
        const ticket = found?.ticket;
        if (found === undefined || found.state === "removing" || ticket?.owner !== identity.name) return "absent";
        if (ticket.portal !== portal || ticket.chatId !== chatId || ticket.expiresAt <= Date.now()) return "absent";
        if (found.state === "receiving") return "incomplete";
        if (found.state === "sending") return "used";
        if (found.state === "handed-on" && (idempotencyKey === null || found.idempotencyKey !== idempotencyKey)) {
          return "used";
        }
        return taken(found, idempotencyKey);
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

function taken(upload: SpooledUpload, idempotencyKey: string | null): TakenUpload {
  upload.state = "sending";
  upload.idempotencyKey = idempotencyKey;
  return {
    name: upload.ticket.name,
    size: upload.ticket.size,
    async read() {
      return (await upload.read()).toString("base64");
    },
    sent: () => upload.remove(),
    giveBack() {
      upload.state = "ready";
    },
    unclear() {
      upload.state = "handed-on";
    },
  };
}
