import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text (AES-256-GCM, a new nonce each time) for one purpose: it opens only under the same key and purpose, so that a sealed
 * value that was moved to another record is refused.
 */
export function seal(key: Buffer, purpose: string, text: string): string {
  return sealWith(key, purpose, text, randomBytes(IV_BYTES));
}

/**
 * The same for a key that seals nothing else, where equal texts must have equal seals: the nonce follows from the text. Whoever sees two seals
 * learns whether they hold the same, and nothing more.
 */
export function sealEqually(key: Buffer, purpose: string, text: string): string {
  const nonce = createHmac("sha256", key).update(`${purpose}\n${text}`).digest().subarray(0, IV_BYTES);
  return sealWith(key, purpose, text, nonce);
}

/** A key of its own for one kind of seal, which follows from the gateway's. */
export function derivedKey(key: Buffer, kind: string): Buffer {
  return createHmac("sha256", key).update(`key for ${kind}`).digest();
}

function sealWith(key: Buffer, purpose: string, text: string, iv: Buffer): string {
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(purpose));
  const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), content]).toString("base64url");
}

/** The text; undefined when it was sealed under another key or for another purpose, or was changed. */
export function unseal(key: Buffer, purpose: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64url");
  // The last character may say bits that no byte has: one seal has one spelling.
  if (bytes.length < IV_BYTES + TAG_BYTES || bytes.toString("base64url") !== sealed) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(purpose))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
