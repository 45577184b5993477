import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { KeyValueStore } from "../../../storage/key-value-store.ts";
import { writePrivateFile } from "../../../storage/private-file.ts";

/** Where beats are kept, one text for each process. */
export interface BeatPlace {
  list(): Promise<readonly { readonly id: string; readonly text: string }[]>;
  set(id: string, text: string): Promise<void>;
  /** Replaces or (null) removes a text, unless it has changed; tells whether it did. */
  replace(id: string, expected: string, text: string | null): Promise<boolean>;
}

const NAMESPACE = "heartbeats";

/** In the store, where every process with the same store sees them. */
export function beatsInStore(keyValues: KeyValueStore): BeatPlace {
  return {
    async list() {
      return (await keyValues.list(NAMESPACE)).map(({ key, value }) => ({ id: key, text: value }));
    },
    set: (id, text) => keyValues.set(NAMESPACE, id, text),
    replace: (id, expected, text) => keyValues.compareAndSet(NAMESPACE, id, expected, text),
  };
}

/** In files of a directory, for what cannot be told while a shared store is away. Its next life on this machine, or a neighbour, reads them. */
export function beatsInDirectory(directory: string): BeatPlace {
  const read = (id: string): string | undefined => {
    try {
      return readFileSync(join(directory, id), "utf8");
    } catch {
      return undefined;
    }
  };
  return {
    async list() {
      try {
        return readdirSync(directory).flatMap((id) => {
          const text = /^[0-9a-f-]{36}$/.test(id) ? read(id) : undefined;
          return text === undefined ? [] : [{ id, text }];
        });
      } catch {
        // Not made yet.
        return [];
      }
    },
    async set(id, text) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writePrivateFile(join(directory, id), text);
    },
    async replace(id, expected, text) {
      if (read(id) !== expected) return false;
      if (text === null) rmSync(join(directory, id), { force: true });
      else writePrivateFile(join(directory, id), text);
      return true;
    },
  };
}
