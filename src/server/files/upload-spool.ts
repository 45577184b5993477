import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import { guard } from "../../process/guard.ts";
import type { UploadTicket } from "./upload-ticket.ts";

/** A file of the spool while its bytes come. */
export interface Receiving {
  readonly path: string;
  /** All bytes are there. */
  received(): void;
  /** What has come is removed; once it is, the address may be used again. */
  failed(): Promise<void>;
  /** The bytes of this upload are another gateway's: they stay. */
  isAnothers(): void;
}

/** `begun`: bytes of this upload are coming, have come, or were sent on. */
export type Reservation = Receiving | "begun" | "full";

/** What waits on disk to be sent on; bounded, and gone when its time is over. */
export interface UploadSpool {
  /** Takes room for a whole file before its first byte comes. */
  reserve(ticket: UploadTicket): Reservation;
  find(uploadId: string): SpooledUpload | undefined;
  /** The bytes of an upload that came to another gateway which shares the folder; undefined where they are not here. */
  beside(uploadId: string): Promise<SpooledBytes | undefined>;
  close(): void;
}

export interface SpooledBytes {
  read(): Promise<Buffer>;
  remove(): Promise<void>;
}

export interface SpooledUpload extends Pick<SpooledBytes, "read"> {
  readonly ticket: UploadTicket;
  /** It was sent on: its bytes are removed, and its address takes no others. */
  sent(): Promise<void>;
  /** `handed-on`: it may have been sent. */
  state: "receiving" | "ready" | "sending" | "handed-on" | "removing";
  /** With which it was handed on. */
  idempotencyKey: string | null;
}

export interface UploadSpoolOptions {
  readonly directory: string;
  /** Bytes of all files together. */
  readonly maxBytes: number;
  /** Others write to the directory too: what may be theirs stays at the start. */
  readonly isShared: boolean;
}

export const UPLOAD_LIFETIME_MS = 60 * 60_000;
const MAX_SENT = 20_000;
const SWEEP_MS = 30_000;
/** What a file counts at the least: a million of one byte each fill a disk's tables, not its room. */
const LEAST_COUNTED = 64 * 1024;
/** Of the room, for one identity. */
const SHARE_OF_IDENTITY = 0.25;

export function openUploadSpool({ directory, maxBytes, isShared }: UploadSpoolOptions): UploadSpool {
  const kept = new Map<string, SpooledUpload>();
  const sent = new LRUCache<string, true>({ ...atMost(MAX_SENT), ttl: UPLOAD_LIFETIME_MS });
  let bytes = 0;
  const ofIdentity = new Map<string, number>();
  cleanUp(directory, isShared);

  function count(ticket: UploadTicket, sign: 1 | -1): void {
    const { owner } = ticket;
    const room = sign * roomOf(ticket);
    bytes += room;
    const left = (ofIdentity.get(owner) ?? 0) + room;
    if (left > 0) ofIdentity.set(owner, left);
    else ofIdentity.delete(owner);
  }

  async function remove(ticket: UploadTicket): Promise<void> {
    const entry = kept.get(ticket.uploadId);
    if (entry === undefined || entry.state === "removing") return;
    entry.state = "removing";
    count(ticket, -1);
    // Its address is not free before: whoever sends again at once would write what is being removed.
    await rm(join(directory, ticket.uploadId), { force: true });
    kept.delete(ticket.uploadId);
  }

  async function sweep(): Promise<void> {
    for (const { ticket, state } of [...kept.values()]) {
      if (state === "sending" || state === "receiving") continue;
      // Another gateway that shares the folder may have sent it.
      if (ticket.expiresAt <= Date.now() || (isShared && !(await isThere(ticket.uploadId)))) await remove(ticket);
    }
    if (isShared) cleanUp(directory, isShared);
  }

  async function isThere(uploadId: string): Promise<boolean> {
    const found = await stat(join(directory, uploadId)).catch(() => undefined);
    return found?.isFile() === true;
  }

  const sweeping = setInterval(guard("the removal of uploads that are over", sweep), SWEEP_MS);
  sweeping.unref();

  return {
    reserve(ticket) {
      const { uploadId, owner } = ticket;
      if (kept.has(uploadId) || sent.has(uploadId)) return "begun";
      const room = roomOf(ticket);
      const own = (ofIdentity.get(owner) ?? 0) + room;
      if (bytes + room > maxBytes || own > Math.max(maxBytes * SHARE_OF_IDENTITY, room)) return "full";
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, uploadId);
      const entry: SpooledUpload = {
        ticket,
        state: "receiving",
        idempotencyKey: null,
        read: () => readFile(path),
        async sent() {
          sent.set(uploadId, true);
          await remove(ticket);
        },
      };
      kept.set(uploadId, entry);
      count(ticket, 1);
      return {
        path,
        received() {
          entry.state = "ready";
        },
        failed: () => remove(ticket),
        isAnothers() {
          kept.delete(uploadId);
          count(ticket, -1);
        },
      };
    },
    find: (uploadId) => kept.get(uploadId),
    async beside(uploadId) {
      const path = join(directory, uploadId);
      if (!isShared || !(await isThere(uploadId))) return undefined;
      return { read: () => readFile(path), remove: () => rm(path, { force: true }) };
    },
    close() {
      clearInterval(sweeping);
      for (const { ticket, state } of kept.values()) {
        // Another gateway that shares the folder may send it.
        if (!isShared || state !== "ready") rmSync(join(directory, ticket.uploadId), { force: true });
      }
      kept.clear();
    },
  };
}

function roomOf({ size }: UploadTicket): number {
  return Math.max(size, LEAST_COUNTED);
}

/** What an earlier life left, or a gateway that shared the folder: nobody can send it any more. */
function cleanUp(directory: string, isShared: boolean): void {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return;
  }
  for (const name of names) {
    const path = join(directory, name);
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (!isShared || changedAt < Date.now() - UPLOAD_LIFETIME_MS) rmSync(path, { force: true });
  }
}
