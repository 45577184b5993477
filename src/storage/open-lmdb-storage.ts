import { closeSync, fsyncSync, openSync } from "node:fs";
import { open } from "lmdb";
import { lockDirectory } from "./directory-lock.ts";
import { openLmdbDeadLetterLog } from "./lmdb-dead-letter-log.ts";
import { openLmdbEventLog } from "./lmdb-event-log.ts";
import { forgetCleanEnd, noteCleanEnd, setDamagedFileAside } from "./lmdb-file-check.ts";
import { openLmdbKeyValueStore } from "./lmdb-key-value-store.ts";
import { createLmdbWriter } from "./lmdb-writer.ts";
import type { EventCodec } from "./log.ts";
import type { Storage, StorageLimits } from "./storage.ts";

/** Storage in a directory for this one process. Throws `DirectoryInUse` when another living process has it. */
export async function openLmdbStorage<Event>(
  directory: string,
  codec: EventCodec<Event>,
  limits: StorageLimits,
): Promise<Storage<Event>> {
  const unlock = lockDirectory(directory);
  try {
    const aside = await setDamagedFileAside(directory);
    const now = Date.now();
    forgetCleanEnd(directory);
    const root = open<string, string>({
      path: directory,
      encoding: "string",
      maxDbs: 8,
      // A commit then resolves after fdatasync: what was acknowledged survives a power cut.
      overlappingSync: false,
      // The writer groups by itself. lmdb's own grouping leaves a rejected promise unhandled when a commit fails.
      eventTurnBatching: false,
    });
    syncDirectory(directory);
    const writer = createLmdbWriter(root);
    const log = await openLmdbEventLog(root, writer, codec, limits);
    const keyValues = openLmdbKeyValueStore(root, writer, limits.namespaces);
    const deadLetters = openLmdbDeadLetterLog(root, writer, limits.maxDeadLetters);
    let closing: Promise<void> | null = null;
    return {
      log,
      keyValues,
      deadLetters,
      exclusive: true,
      warnings: aside === undefined ? [] : [replacedWarning(aside)],
      givenUp: aside === undefined ? undefined : { since: now - limits.retention.maxAgeMs, until: now },
      problem: () => writer.problem(),
      close() {
        closing ??= (async () => {
          await log.close();
          await root.close();
          noteCleanEnd(directory);
          unlock();
        })();
        return closing;
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function replacedWarning(aside: string): string {
  return `The data file of live events was damaged. It was moved to ${aside}, and an empty one begun: events and installations that it held are gone, cursors of subscribers are refused, whoever subscribes anew is told of a gap, and applications must be installed again in their portals.`;
}

/** The new files' names are on disk only once the directory is. */
function syncDirectory(directory: string): void {
  if (process.platform === "win32") {
    return;
  }
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
