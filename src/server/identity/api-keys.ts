import { statSync } from "node:fs";
import type { ConfiguredKey } from "../../config/key-entry.ts";
import { grantedRights, type IdentityRights, type WrittenRights } from "../../config/rights.ts";
import { guard } from "../../process/guard.ts";
import { keyHash, readKeysFile } from "./keys-file.ts";

export interface KeyMatch {
  readonly name: string;
  readonly credential: string | undefined;
  readonly rights: IdentityRights;
  /** Milliseconds of `Date.now()`; the key may have expired. */
  readonly expiresAt: number | undefined;
}

export interface ApiKeys {
  /** Number of keys now. */
  count(): number;
  /** Whether there is a key, or was one at some time since the start. */
  hadAny(): boolean;
  /** The key's entry; undefined when it is none of them. Found by its hash, so that the time taken tells nothing of a key. */
  match(key: string): KeyMatch | undefined;
  /** All keys of now, those that have expired too. */
  all(): Iterable<KeyMatch>;
  /** Calls back after the keys of the file changed; ends with the function that is returned. */
  onChange(changed: () => void): () => void;
  close(): void;
}

export interface ApiKeysOptions {
  readonly file: string;
  /** Keys of the environment, in clear. */
  readonly configured: readonly ConfiguredKey[];
  /** Called when a changed file cannot be used; the keys known before stay. */
  readonly onError: (error: Error) => void;
  /** Milliseconds between looks at the file. */
  readonly watchIntervalMs?: number;
}

/** The keys of the environment and of the file, which is read again when it changes. Throws `KeysFileError` for a damaged file. */
export function openApiKeys({ file, configured, onError, watchIntervalMs = 1000 }: ApiKeysOptions): ApiKeys {
  const fixed = configured.map(({ key, ...entry }) => [keyHash(key), matchOf(entry, entry.expiresAt)] as const);
  const listeners = new Set<() => void>();
  let readVersion = "";
  let keys = readAll();
  let hadAny = keys.size > 0;

  function readAll(): ReadonlyMap<string, KeyMatch> {
    // Looked at before it is read, so that what is written meanwhile counts as a change.
    readVersion = versionOf(file);
    const stored = readKeysFile(file).map(
      (key) => [key.sha256, matchOf(key, key.expiresAt === undefined ? undefined : Date.parse(key.expiresAt))] as const,
    );
    return new Map([...stored, ...fixed]);
  }

  /** Reads the file again if it is another than the one that was read. */
  const refresh = guard("reading the file of keys again", () => {
    try {
      if (versionOf(file) === readVersion) return;
      keys = readAll();
      hadAny ||= keys.size > 0;
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    for (const changed of listeners) changed();
  });
  // Not Node's own watching of files: what changes before its first look, which comes late on a busy machine, it never tells.
  const looking = setInterval(refresh, watchIntervalMs);
  looking.unref();

  return {
    count: () => keys.size,
    hadAny: () => hadAny,
    match(key) {
      const hash = keyHash(key);
      const found = keys.get(hash);
      if (found !== undefined) return found;
      // Somebody who has just been given a key does not wait for the next look at the file.
      refresh();
      return keys.get(hash);
    },
    all: () => keys.values(),
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    close: () => clearInterval(looking),
  };
}

function matchOf(
  { name, credential, ...written }: WrittenRights & { readonly name: string; readonly credential?: string | undefined },
  expiresAt: number | undefined,
): KeyMatch {
  return { name, credential, rights: grantedRights(written), expiresAt };
}

/** Changes with every replacement of the file; empty while there is none. */
function versionOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? "" : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
}
