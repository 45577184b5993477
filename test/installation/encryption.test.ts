import { randomBytes } from "node:crypto";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EncryptionKeyError, openEncryptionKey, parseEncryptionKey } from "../../src/installation/encryption-key.ts";
import { seal, unseal } from "../../src/installation/sealed-text.ts";
import { temporaryDirectory } from "../subscriptions/receiving-gateway.ts";

describe("an encryption key", () => {
  it("is read as hexadecimal digits, base64 or base64url", () => {
    const key = randomBytes(32);
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      expect(parseEncryptionKey(` ${key.toString(encoding)}\n`)).toEqual(key);
    }
  });

  it.each([
    "",
    "secret",
    "0".repeat(63),
    "0".repeat(65),
    randomBytes(31).toString("base64"),
    randomBytes(33).toString("base64"),
  ])("of other length or letters (%j) is refused without being repeated", (text) => {
    expect(() => parseEncryptionKey(text)).toThrow(EncryptionKeyError);
    if (text !== "") expect(() => parseEncryptionKey(text)).not.toThrow(text);
  });

  it("is made once, in a file that only its owner can read", async () => {
    const file = join(await temporaryDirectory(), "data", "encryption-key");
    const key = openEncryptionKey({ file });
    expect(openEncryptionKey({ file })).toEqual(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(parseEncryptionKey(await readFile(file, "utf8"))).toEqual(key);
    expect(openEncryptionKey({ configured: "ab".repeat(32), file })).toEqual(Buffer.from("ab".repeat(32), "hex"));
  });

  it("in a damaged file is an error, not a new key", async () => {
    const file = join(await temporaryDirectory(), "encryption-key");
    await writeFile(file, "damaged");
    await chmod(file, 0o600);
    expect(() => openEncryptionKey({ file })).toThrow(EncryptionKeyError);
    expect(await readFile(file, "utf8")).toBe("damaged");
  });
});

describe("a sealed text", () => {
  const key = randomBytes(32);

  it("opens under its key and purpose alone", () => {
    const sealed = seal(key, "tokens of a", "secret text");
    expect(unseal(key, "tokens of a", sealed)).toBe("secret text");
    expect(unseal(key, "tokens of b", sealed)).toBeUndefined();
    expect(unseal(randomBytes(32), "tokens of a", sealed)).toBeUndefined();
  });

  it("is another each time, and does not open when a byte was changed or cut", () => {
    const sealed = seal(key, "p", "secret text");
    expect(seal(key, "p", "secret text")).not.toBe(sealed);
    const bytes = Buffer.from(sealed, "base64url");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(unseal(key, "p", changed.toString("base64url"))).toBeUndefined();
      expect(unseal(key, "p", bytes.subarray(0, index).toString("base64url"))).toBeUndefined();
    }
  });

  it("does not open when it is spelled otherwise, even where the bytes are the same", () => {
    for (const text of ["a", "ab", "abc"]) {
      const sealed = seal(key, "p", text);
      const bytes = Buffer.from(sealed, "base64url");
      const others = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
        .map((last) => sealed.slice(0, -1) + last)
        .filter((other) => other !== sealed && Buffer.from(other, "base64url").equals(bytes));
      expect(others.length).toBe({ 0: 0, 1: 15, 2: 3 }[bytes.length % 3]);
      for (const other of [...others, `${sealed}=`, ` ${sealed}`, `${sealed}%`]) {
        expect(unseal(key, "p", other)).toBeUndefined();
      }
    }
  });
});
