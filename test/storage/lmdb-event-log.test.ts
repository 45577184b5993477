import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "lmdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { messageEvent } from "./sample-events.ts";

const DAY = 24 * 60 * 60 * 1_000;

describe("the event log's directory", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "storage-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  function messages(count: number) {
    return Array.from({ length: count }, (_, n) => messageEvent(`${n}`));
  }

  /** Opens the files beside the storage and runs `look` on what is in them. */
  async function inspect<Result>(look: (db: ReturnType<typeof openRaw>) => Result | Promise<Result>): Promise<Result> {
    const db = openRaw();
    try {
      return await look(db);
    } finally {
      await db.root.close();
    }
  }

  function openRaw() {
    const root = open<string, string>({ path: directory, encoding: "string", maxDbs: 8, overlappingSync: false });
    return {
      root,
      portals: root.openDB<string, string>("portals", { encoding: "string" }),
      events: root.openDB<string, [string, number]>("events", { encoding: "string" }),
    };
  }

  it("contains no event that was trimmed, however many", async () => {
    const storage = await openEventStorage(
      { kind: "lmdb", directory },
      { retention: { maxAgeMs: DAY, maxEvents: 10 } },
    );
    await storage.log.append("portal", messages(5_000));
    await storage.log.trim();
    await storage.close();
    expect(await inspect(({ events }) => [...events.getKeys()].map(([, position]) => position))).toEqual(
      Array.from({ length: 10 }, (_, n) => 4_991 + n),
    );
  });

  it("contains no event of a purged portal", async () => {
    const storage = await openEventStorage({ kind: "lmdb", directory });
    await storage.log.append("portal", messages(5_000));
    await storage.log.append("other", messages(3));
    await storage.log.purge("portal");
    await storage.close();
    expect(await inspect(({ events }) => events.getKeysCount())).toBe(3);
  });

  it("is swept at the next start when a purge was broken off", async () => {
    let storage = await openEventStorage({ kind: "lmdb", directory });
    await storage.log.append("portal", messages(5_000));
    await storage.log.append("other", messages(3));
    await storage.close();
    // What a process leaves that dies right after a purge's first write.
    await inspect(({ portals }) => portals.remove("portal"));
    storage = await openEventStorage({ kind: "lmdb", directory });
    expect(await storage.log.head("portal")).toBe(0);
    await storage.close();
    expect(await inspect(({ events }) => events.getKeysCount())).toBe(3);
  });

  it("is made, with all that leads to it, for its owner alone", async () => {
    const inner = join(directory, "a", "b");
    const storage = await openEventStorage({ kind: "lmdb", directory: inner });
    await storage.close();
    expect((await stat(inner)).mode & 0o777).toBe(0o700);
  });
});
