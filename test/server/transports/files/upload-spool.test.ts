import { existsSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { openUploadSpool, UPLOAD_LIFETIME_MS, type UploadSpool } from "../../../../src/server/files/upload-spool.ts";
import type { UploadTicket } from "../../../../src/server/files/upload-ticket.ts";
import { eventually } from "../../../kit/until.ts";

const MIB = 1024 * 1024;

// Only the clock: files are files.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function emptyDirectory(): string {
  return mkdtempSync(join(tmpdir(), "spool-"));
}

function spoolIn(directory: string, isShared = false): UploadSpool {
  const spool = openUploadSpool({ directory, maxBytes: 4 * MIB, isShared });
  onTestFinished(() => spool.close());
  return spool;
}

let numbers = 0;
function ticket(change: Partial<UploadTicket> = {}): UploadTicket {
  numbers += 1;
  return {
    uploadId: `upload-${numbers}`,
    owner: "anna",
    claim: { kind: "key", name: "anna" },
    portal: "portal.example.com",
    chatId: "5",
    name: "scan.png",
    size: 5,
    contentType: "image/png",
    expiresAt: Date.now() + UPLOAD_LIFETIME_MS,
    ...change,
  };
}

/** An upload whose bytes are all there. */
function uploaded(spool: UploadSpool, ofTicket: UploadTicket): UploadTicket {
  const receiving = spool.reserve(ofTicket);
  if (typeof receiving === "string") throw new Error(receiving);
  writeFileSync(receiving.path, "bytes");
  receiving.received();
  return ofTicket;
}

test("an address is not free again before what came to it is gone", async () => {
  const spool = spoolIn(emptyDirectory());
  const first = ticket();
  const receiving = spool.reserve(first);
  if (typeof receiving === "string") throw new Error(receiving);
  writeFileSync(receiving.path, "by");
  const gone = receiving.failed();
  expect(spool.reserve(first)).toBe("begun");
  await gone;
  expect(existsSync(receiving.path)).toBe(false);
  uploaded(spool, first);
  expect(spool.find(first.uploadId)?.state).toBe("ready");
});

/** Whether the spool has room for one more file of an identity's whole share. */
function hasRoom(spool: UploadSpool): boolean {
  const reservation = spool.reserve(ticket({ size: MIB }));
  if (typeof reservation === "string") return false;
  void reservation.failed();
  return true;
}

test("an upload whose time is over is swept away, and its room is free again", async () => {
  const directory = emptyDirectory();
  const spool = spoolIn(directory);
  const { uploadId } = uploaded(spool, ticket({ size: MIB }));
  expect(hasRoom(spool)).toBe(false);
  await vi.advanceTimersByTimeAsync(UPLOAD_LIFETIME_MS - 60_000);
  expect(spool.find(uploadId)).toBeDefined();
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  await eventually(() => expect(spool.find(uploadId)).toBeUndefined());
  expect(readdirSync(directory)).toEqual([]);
  expect(hasRoom(spool)).toBe(true);
});

test("what is coming in or being sent on is not swept away under its hands, but afterwards", async () => {
  const directory = emptyDirectory();
  const spool = spoolIn(directory);
  const coming = spool.reserve(ticket({ size: 1 }));
  if (typeof coming === "string") throw new Error(coming);
  writeFileSync(coming.path, "half");
  const { uploadId } = uploaded(spool, ticket({ size: 1 }));
  const sending = spool.find(uploadId);
  if (sending === undefined) throw new Error("no upload");
  sending.state = "sending";
  await vi.advanceTimersByTimeAsync(2 * UPLOAD_LIFETIME_MS);
  expect(readdirSync(directory)).toHaveLength(2);
  expect((await sending.read()).toString()).toBe("bytes");
  coming.received();
  sending.state = "handed-on";
  await vi.advanceTimersByTimeAsync(60_000);
  await eventually(() => expect(readdirSync(directory)).toEqual([]));
});

test("processes that share a spool leave each other's files, and remove what nobody can send any more", async () => {
  const directory = emptyDirectory();
  const first = spoolIn(directory, true);
  const { uploadId } = uploaded(first, ticket({ size: 1 }));
  const abandoned = join(directory, "of-an-earlier-life");
  writeFileSync(abandoned, "bytes");
  const longAgo = (Date.now() - UPLOAD_LIFETIME_MS - 60_000) / 1_000;
  utimesSync(abandoned, longAgo, longAgo);
  const second = spoolIn(directory, true);
  expect(readdirSync(directory)).toEqual([uploadId]);
  // Each knows and counts its own alone.
  expect(second.find(uploadId)).toBeUndefined();
  const own = uploaded(second, ticket({ size: 1 }));
  const begun = second.reserve(ticket({ size: 1 }));
  if (typeof begun === "string") throw new Error(begun);
  writeFileSync(begun.path, "b");
  second.close();
  // What is all there another one sends; what was still coming nobody can.
  expect(readdirSync(directory).sort()).toEqual([uploadId, own.uploadId].sort());
  expect(await (await first.beside(own.uploadId))?.read()).toBeInstanceOf(Buffer);
  expect(first.find(uploadId)?.state).toBe("ready");
});

test("a process that has the spool to itself begins with an empty one", () => {
  const directory = emptyDirectory();
  writeFileSync(join(directory, "of-an-earlier-life"), "bytes");
  spoolIn(directory);
  expect(readdirSync(directory)).toEqual([]);
});
