import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const KEY_BYTES = 32;

/** The key that tokens are stored under cannot be used. The message is for the person who starts the gateway and holds no secret. */
export class EncryptionKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EncryptionKeyError";
  }
}

/** A key as it is configured: 32 bytes, as 64 hexadecimal digits or in base64 (also base64url). Throws `EncryptionKeyError`. */
export function parseEncryptionKey(text: string): Buffer {
  const trimmed = text.trim();
  const key = /^[0-9A-Fa-f]{64}$/.test(trimmed) ? Buffer.from(trimmed, "hex") : fromBase64(trimmed);
  if (key === undefined || key.length !== KEY_BYTES) {
    throw new EncryptionKeyError(
      "The encryption key must be 32 bytes, as 64 hexadecimal digits or in base64 (openssl rand -base64 32).",
    );
  }
  return key;
}

function fromBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

/**
 * The configured key, or the one in a file of the data directory, which is made (readable by its owner alone) when it is missing.
 * Gateways that share a Redis must be configured with one key. Throws `EncryptionKeyError`.
 */
export function openEncryptionKey(source: { readonly configured?: string | undefined; readonly file: string }): Buffer {
  if (source.configured !== undefined) return parseEncryptionKey(source.configured);
  const made = randomBytes(KEY_BYTES);
  try {
    mkdirSync(dirname(source.file), { recursive: true });
    writeFileSync(source.file, `${made.toString("base64")}\n`, { mode: 0o600, flag: "wx", flush: true });
    return made;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw new EncryptionKeyError(`The key file ${source.file} cannot be written.`);
  }
  try {
    return parseEncryptionKey(readFileSync(source.file, "utf8"));
  } catch (error) {
    const reason = error instanceof EncryptionKeyError ? "holds no key of 32 bytes" : "cannot be read";
    throw new EncryptionKeyError(`The key file ${source.file} ${reason}. Tokens stored under it need it.`);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
