import { hash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { systemErrorCode } from "../../config/credentials.ts";
import { KEY_NAME } from "../../config/key-entry.ts";
import { lineIds, rightList, rightsProblem, type WrittenRights, writtenScope } from "../../config/rights.ts";
import { writePrivateFile } from "../../storage/private-file.ts";

/** A key as it is kept: never the key itself. */
export interface StoredKey extends WrittenRights {
  readonly name: string;
  /** SHA-256 of the key, 64 hexadecimal digits. A key is long and random, so that a slow hash would add nothing. */
  readonly sha256: string;
  /** Name of the credential the key acts with; the default one when absent. */
  readonly credential?: string | undefined;
  /** RFC 3339; without it the key lasts until it is removed. */
  readonly expiresAt?: string | undefined;
  /** RFC 3339. */
  readonly createdAt?: string | undefined;
}

const keysFile = z.object({
  keys: z.array(
    z
      .object({
        name: z.string().regex(KEY_NAME),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        credential: z.string().min(1).optional(),
        rights: rightList.optional(),
        events: writtenScope.optional(),
        lines: lineIds.optional(),
        expiresAt: z.iso.datetime().optional(),
        createdAt: z.string().optional(),
      })
      .refine((key) => rightsProblem(key) === undefined),
  ),
});

/** The keys file cannot be used; the message names the file and the reason. */
export class KeysFileError extends Error {
  constructor(path: string, reason: string) {
    super(`The keys file ${path} ${reason}`);
    this.name = "KeysFileError";
  }
}

/** What is kept of a key. */
export function keyHash(key: string): string {
  return hash("sha256", key, "hex");
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
  // What cannot be read again would take all other keys with it.
  const problem = keysFile.safeParse({ keys }).error?.issues[0];
  if (problem !== undefined) {
    const part = problem.path.slice(2).join(".");
    throw new KeysFileError(path, `takes no key like this: ${part === "" ? "" : `${part}: `}${problem.message}`);
  }
  try {
    writePrivateFile(path, `${JSON.stringify({ keys }, null, 2)}\n`);
  } catch (error) {
    throw new KeysFileError(path, `cannot be written (${systemErrorCode(error)})`);
  }
}

/** What a key may do and how long; everything for ever when left out. */
export type KeyTerms = Pick<StoredKey, "rights" | "events" | "lines" | "expiresAt">;

/** Makes a new key, stores its hash and returns the key, which is shown this once. Throws `KeysFileError` for a name in use. */
export function addKey(path: string, name: string, credential: string | undefined, terms: KeyTerms = {}): string {
  const keys = readKeysFile(path);
  if (!KEY_NAME.test(name))
    throw new KeysFileError(path, `takes names of letters, digits, dots, dashes and underscores`);
  if (keys.some((key) => key.name === name)) throw new KeysFileError(path, `has a key named ${name} already`);
  const key = `gw_${randomBytes(24).toString("base64url")}`;
  const stored = { name, sha256: keyHash(key), ...terms, createdAt: new Date().toISOString() };
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
