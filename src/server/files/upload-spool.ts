import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { guard } from "../../process/guard.ts";
import type { UploadTicket } from "./upload-ticket.ts";

/** A file of the spool while its bytes come. */
export interface Receiving {
  readonly path: string;
  /** All bytes are there. */
  received(): void;
  /** What has come is removed; once it is, the address may be used again. */
  failed(): Promise<void>;
}

/** `begun`: bytes of this upload are coming or have come. */
export type Reservation = Receiving | "begun" | "full";

/** What waits on disk to be sent on; bounded, and gone when its time is over. */
export interface UploadSpool {
  /** Takes room for a whole file before its first byte comes. */
  reserve(ticket: UploadTicket): Reservation;
  find(uploadId: string): SpooledUpload | undefined;
  close(): void;
}

export interface SpooledUpload {
  readonly ticket: UploadTicket;
  /** `handed-on`: it may have been sent. */
  state: "receiving" | "ready" | "sending" | "handed-on" | "removing";
  /** With which it was handed on. */
  idempotencyKey: string | null;
  read(): Promise<Buffer>;
  remove(): Promise<void>;
}

export interface UploadSpoolOptions {
  readonly directory: string;
  /** Bytes of all files together. */
  readonly maxBytes: number;
  /** Others write to the directory too: what may be theirs stays at the start. */
  readonly isShared: boolean;
}

export const UPLOAD_LIFETIME_MS = 60 * 60_000;
const SWEEP_MS = 30_000;
/** What a file counts at the least: a million of one byte each fill a disk's tables, not its room. */
const LEAST_COUNTED = 64 * 1024;
/** Of the room, for one identity. */
const SHARE_OF_IDENTITY = 0.25;

export function openUploadSpool({ directory, maxBytes, isShared }: UploadSpoolOptions): UploadSpool {
  const kept = new Map<string, SpooledUpload>();
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
      if (ticket.expiresAt <= Date.now() && state !== "sending" && state !== "receiving") await remove(ticket);
    }
  }

  const sweeping = setInterval(guard("the removal of uploads that are over", sweep), SWEEP_MS);
  sweeping.unref();

  return {
    reserve(ticket) {
      const { uploadId, owner } = ticket;
      if (kept.has(uploadId)) return "begun";
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
        remove: () => remove(ticket),
      };
      kept.set(uploadId, entry);
      count(ticket, 1);
      return {
        path,
        received() {
          entry.state = "ready";
        },
        failed: () => remove(ticket),
      };
    },
    find: (uploadId) => kept.get(uploadId),
    close() {
      clearInterval(sweeping);
      for (const { ticket } of kept.values()) rmSync(join(directory, ticket.uploadId), { force: true });
      kept.clear();
    },
  };
}

function roomOf({ size }: UploadTicket): number {
  return Math.max(size, LEAST_COUNTED);
}

/** What an earlier life left: nobody can send it any more. */
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
