import { openStorage } from "../../storage/open-storage.ts";
import type { Storage, StorageConfig, StorageLimits } from "../../storage/storage.ts";
import { eventCodec } from "./event-record.ts";
import type { StoredEvent } from "./stored-event.ts";

/** The storage whose log holds live events. */
export type EventStorage = Storage<StoredEvent>;

/** Opens the configured storage for live events. Throws what `openStorage` throws. */
export function openEventStorage(config: StorageConfig, limits?: Partial<StorageLimits>): Promise<EventStorage> {
  return openStorage(config, eventCodec, limits);
}
