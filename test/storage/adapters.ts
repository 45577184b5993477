import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorageConfig, StorageLimits } from "../../src/storage/storage.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { startRedisServer } from "../kit/redis-server.ts";

/** A place to keep things, empty at first, that storages can be opened on again and again. */
export interface Place {
  readonly config: StorageConfig;
  open(limits?: Partial<StorageLimits>): Promise<EventStorage>;
  /** Another storage on the same place at the same time, as another process would have it; for LMDB the same one. */
  openBeside(storage: EventStorage, limits?: Partial<StorageLimits>): Promise<EventStorage>;
  /** Puts text where the event of a position is kept, as another version or a broken disk might. */
  overwriteEvent(portal: string, position: number, text: string): Promise<void>;
  remove(): Promise<void>;
}

export interface Adapter {
  readonly name: string;
  makePlace(): Promise<Place>;
}

async function makeLmdbPlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "storage-"));
  const config = { kind: "lmdb", directory } as const;
  return {
    config,
    open: (limits) => openEventStorage(config, limits),
    openBeside: async (storage) => storage,
    async overwriteEvent(portal, position, text) {
      const { open } = await import("lmdb");
      const root = open<string, string>({ path: directory, encoding: "string", maxDbs: 8, overlappingSync: false });
      const stored: { identity: string } = JSON.parse(
        root.openDB<string, string>("portals", { encoding: "string" }).get(portal) ?? "",
      );
      await root
        .openDB<string, [string, number]>("events", { encoding: "string" })
        .put([stored.identity, position], text);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function makeRedisPlace(): Promise<Place> {
  const server = await startRedisServer();
  const config = { kind: "redis", url: server.url, prefix: "test:" } as const;
  return {
    config,
    open: (limits) => openEventStorage(config, limits),
    openBeside: (_, limits) => openEventStorage(config, limits),
    async overwriteEvent(portal, position, text) {
      const { Redis } = await import("ioredis");
      const client = new Redis(server.url);
      const key = `test:log:{${portal}}:events`;
      // A stream takes no entry before its last: everything is written again.
      const entries = await client.xrange(key, "-", "+");
      await client.del(key);
      for (const [id, fields] of entries) {
        await client.xadd(key, id, "e", id === `${position}-0` ? text : (fields[1] ?? ""));
      }
      client.disconnect();
    },
    remove: () => server.close(),
  };
}

export const adapters: readonly Adapter[] = [
  { name: "LMDB", makePlace: makeLmdbPlace },
  { name: "Redis", makePlace: makeRedisPlace },
];
