import type { EventCodec } from "./log.ts";
import { openLmdbStorage } from "./open-lmdb-storage.ts";
import { DEFAULT_REDIS_PREFIX, openRedisStorage } from "./open-redis-storage.ts";
import { DEFAULT_STORAGE_LIMITS, type Storage, type StorageConfig, type StorageLimits } from "./storage.ts";

/**
 * Opens the configured storage. Limits that are not given have `DEFAULT_STORAGE_LIMITS`. Throws `DirectoryInUse` or what the file system
 * says for a directory that cannot be used; a Redis server that is away is a warning.
 */
export async function openStorage<Event>(
  config: StorageConfig,
  codec: EventCodec<Event>,
  limits: Partial<StorageLimits> = {},
): Promise<Storage<Event>> {
  const all = { ...DEFAULT_STORAGE_LIMITS, ...limits };
  switch (config.kind) {
    case "lmdb":
      return await openLmdbStorage(config.directory, codec, all);
    case "redis":
      return await openRedisStorage(config.url, config.prefix ?? DEFAULT_REDIS_PREFIX, codec, all);
  }
}
