import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { z } from "zod";
import { systemErrorCode } from "../../config/credentials.ts";
import { type ConfiguredKey, type EventScope, KEY_NAME } from "../../config/setting-values.ts";
import { writePrivateFile } from "../../storage/private-file.ts";

/** A key as it is kept: never the key itself. */
export interface StoredKey {
  readonly name: string;
  /** SHA-256 of the key, 64 hexadecimal digits. A key is long and random, so that a slow hash would add nothing. */
  readonly sha256: string;
  /** Name of the credential the key acts with; the default one when absent. */
  readonly credential?: string | undefined;
  /** Which live events the key may see; `own` when absent. */
  readonly events?: EventScope | undefined;
  /** Lines whose live events are granted besides the user's own chats. */
  readonly lines?: readonly string[] | undefined;
  /** RFC 3339. */
  readonly createdAt?: string | undefined;
}

const keysFile = z.object({
  keys: z.array(
    z.object({
      name: z.string().regex(KEY_NAME),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      credential: z.string().min(1).optional(),
      events: z.enum(["own", "all"]).optional(),
      lines: z.array(z.string().regex(/^[1-9][0-9]*$/)).optional(),
      createdAt: z.string().optional(),
    }),
  ),
});

/** The keys file cannot be used; the message names the file and the reason. */
export class KeysFileError extends Error {
  constructor(path: string, reason: string) {
    super(`The keys file ${path} ${reason}`);
    this.name = "KeysFileError";
  }
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Reads the stored keys; none when there is no file yet. Throws `KeysFileError`. */
export function readKeysFile(path: string): readonly StoredKey[] {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw new KeysFileError(path, `cannot be read (${systemErrorCode(error)})`);
  }
  try {
    return keysFile.parse(JSON.parse(content)).keys;
  } catch {
    throw new KeysFileError(path, "is damaged: it is not a list of keys as `npm run keys` writes it");
  }
}

function writeKeysFile(path: string, keys: readonly StoredKey[]): void {
  try {
    writePrivateFile(path, `${JSON.stringify({ keys }, null, 2)}\n`);
  } catch (error) {
    throw new KeysFileError(path, `cannot be written (${systemErrorCode(error)})`);
  }
}

/** What a key may do besides what its credential may. */
export type KeyRights = Pick<StoredKey, "events" | "lines">;

/** Makes a new key, stores its hash and returns the key, which is shown this once. Throws `KeysFileError` for a name in use. */
export function addKey(path: string, name: string, credential: string | undefined, rights: KeyRights = {}): string {
  const keys = readKeysFile(path);
  if (!KEY_NAME.test(name))
    throw new KeysFileError(path, `takes names of letters, digits, dots, dashes and underscores`);
  if (keys.some((key) => key.name === name)) throw new KeysFileError(path, `has a key named ${name} already`);
  const key = `gw_${randomBytes(24).toString("base64url")}`;
  const stored = { name, sha256: digest(key).toString("hex"), ...rights, createdAt: new Date().toISOString() };
  writeKeysFile(path, [...keys, credential === undefined ? stored : { ...stored, credential }]);
  return key;
}

/** Removes a key; a running gateway refuses it within a second or two. Throws `KeysFileError` when there is none of that name. */
export function removeKey(path: string, name: string): void {
  const keys = readKeysFile(path);
  const rest = keys.filter((key) => key.name !== name);
  if (rest.length === keys.length) throw new KeysFileError(path, `has no key named ${name}`);
  writeKeysFile(path, rest);
}

export interface KeyMatch {
  readonly name: string;
  readonly credential: string | undefined;
  readonly events: EventScope;
  readonly lines: readonly string[];
}

export interface ApiKeys {
  /** Number of keys now. */
  count(): number;
  /** Whether there is a key, or was one at some time since the start. */
  hadAny(): boolean;
  /** The key's entry, compared with every stored one in constant time; undefined when it is none of them. */
  match(key: string): KeyMatch | undefined;
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

interface ComparableKey extends KeyMatch {
  readonly hash: Buffer;
}

/** The keys of the environment and of the file, which is read again when it changes. Throws `KeysFileError` for a damaged file. */
export function openApiKeys({ file, configured, onError, watchIntervalMs = 1000 }: ApiKeysOptions): ApiKeys {
  const fixed: ComparableKey[] = configured.map(({ name, key, credential, events }) => ({
    name,
    credential,
    events,
    lines: [],
    hash: digest(key),
  }));
  const readStored = (): ComparableKey[] =>
    readKeysFile(file).map(({ name, sha256, credential, events = "own", lines = [] }) => ({
      name,
      credential,
      events,
      lines,
      hash: Buffer.from(sha256, "hex"),
    }));
  let keys = [...fixed, ...readStored()];
  let hadAny = keys.length > 0;
  const listeners = new Set<() => void>();

  const reread = () => {
    try {
      keys = [...fixed, ...readStored()];
      hadAny ||= keys.length > 0;
      for (const changed of listeners) changed();
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  watchFile(file, { interval: watchIntervalMs, persistent: false }, reread);

  return {
    count: () => keys.length,
    hadAny: () => hadAny,
    match(key) {
      const hash = digest(key);
      let found: ComparableKey | undefined;
      // Every entry is compared, so that the time taken does not tell which one came close.
      for (const candidate of keys) if (timingSafeEqual(candidate.hash, hash)) found = candidate;
      return found;
    },
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    close: () => unwatchFile(file, reread),
  };
}
