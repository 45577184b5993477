import { copyFile, mkdtemp, open, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_STORAGE_LIMITS } from "../../src/storage/storage.ts";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { messageEvent } from "./sample-events.ts";

// A process that maps a damaged file is ended by the system: a test that gets to its end has seen that this one was not.

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "storage-"));
  file = join(directory, "data.mdb");
  const storage = await openEventStorage({ kind: "lmdb", directory });
  for (let n = 0; n < 300; n += 1) await storage.log.append("portal", [messageEvent(`${n} ${"x".repeat(3_000)}`)]);
  await storage.close();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Overwrites a part of the file. */
async function overwrite(from: number, length: number, fill: (index: number) => number): Promise<void> {
  const handle = await open(file, "r+");
  await handle.write(Buffer.from(Array.from({ length }, (_, index) => fill(index))), 0, length, from);
  await handle.close();
}

describe("a data file that was damaged while nobody had it", () => {
  it.each<[string, () => Promise<void>]>([
    ["cut to 8,000 bytes", () => truncate(file, 8_000)],
    ["cut in the middle", async () => truncate(file, Math.floor((await stat(file)).size / 2))],
    ["empty but for a few bytes", () => writeFile(file, "not a database")],
    ["filled with zeros", async () => overwrite(0, (await stat(file)).size, () => 0)],
    ["with noise in its first pages", () => overwrite(0, 8_192, (index) => (index * 7_919) % 251)],
    [
      "with noise behind its first pages",
      async () => overwrite(8_192, (await stat(file)).size - 8_192, (index) => (index * 7_919) % 251),
    ],
  ])("is moved aside when it is %s, and says so; an empty log takes its place", async (_how, damage) => {
    await damage();
    const storage = await openEventStorage({ kind: "lmdb", directory });
    expect(storage.warnings).toHaveLength(1);
    expect(storage.warnings[0]).toMatch(/was damaged.*moved to .*data\.mdb\.damaged-/);
    expect((await readdir(directory)).filter((name) => name.startsWith("data.mdb.damaged-"))).toHaveLength(1);
    const { since = 0, until = 0 } = storage.givenUp ?? {};
    expect(Math.abs(Date.now() - until)).toBeLessThan(60_000);
    expect(until - since).toBe(DEFAULT_STORAGE_LIMITS.retention.maxAgeMs);
    expect(await storage.log.portals()).toEqual([]);
    expect((await storage.log.append("portal", [messageEvent("new")])).positions).toEqual([1]);
    await storage.close();
    const again = await openEventStorage({ kind: "lmdb", directory });
    expect(again.warnings).toEqual([]);
    expect(again.givenUp).toBeUndefined();
    expect(await again.log.head("portal")).toBe(1);
    await again.close();
  });

  it("is not moved for being from a process that was killed, or from a copy", async () => {
    const copy = join(directory, "copy.mdb");
    await copyFile(file, copy);
    await rm(file);
    await copyFile(copy, file);
    const storage = await openEventStorage({ kind: "lmdb", directory });
    expect(storage.warnings).toEqual([]);
    expect(await storage.log.head("portal")).toBe(300);
    await storage.close();
  });
});
