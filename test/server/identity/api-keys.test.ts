import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type ApiKeys,
  addKey,
  KeysFileError,
  openApiKeys,
  readKeysFile,
  removeKey,
} from "../../../src/server/identity/api-keys.ts";
import { eventually } from "../../kit/eventually.ts";

let file: string;
let opened: ApiKeys | undefined;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "keys-")), "deep", "keys.json");
});

afterEach(() => {
  opened?.close();
  opened = undefined;
});

function open(onError: (error: Error) => void = () => undefined): ApiKeys {
  opened = openApiKeys({ file, configured: [], onError, watchIntervalMs: 20 });
  return opened;
}

test("a key is returned once; the file holds only its hash, for the owner's eyes, and no leftovers beside it", () => {
  const key = addKey(file, "inbox", "anna");
  const content = readFileSync(file, "utf8");
  expect(key.length).toBeGreaterThanOrEqual(32);
  expect(content).not.toContain(key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(file))).toEqual(["keys.json"]);
  expect(readKeysFile(file)).toEqual([
    {
      name: "inbox",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      credential: "anna",
      createdAt: expect.any(String),
    },
  ]);
});

test("a stored key is recognised with its credential, and nothing near it is", () => {
  const key = addKey(file, "inbox", "anna");
  const keys = open();
  expect(keys.match(key)).toMatchObject({ name: "inbox", credential: "anna" });
  for (const wrong of [key.slice(0, -1), `${key}x`, key.toUpperCase(), "", "inbox"])
    expect(keys.match(wrong)).toBeUndefined();
});

test("a key of the environment is recognised beside stored ones", () => {
  addKey(file, "stored", undefined);
  opened = openApiKeys({
    file,
    configured: [{ name: "env", key: "0123456789abcdef", credential: undefined, events: "own" }],
    onError: () => undefined,
  });
  expect(opened.count()).toBe(2);
  expect(opened.match("0123456789abcdef")?.name).toBe("env");
});

test("keys added and removed while the gateway runs are taken over", async () => {
  const keys = open();
  expect(keys.count()).toBe(0);
  const key = addKey(file, "late", undefined);
  await eventually(() => expect(keys.match(key)?.name).toBe("late"));
  removeKey(file, "late");
  await eventually(() => expect(keys.match(key)).toBeUndefined());
});

test("a file that was damaged while the gateway runs is reported, and the known keys stay", async () => {
  const key = addKey(file, "inbox", undefined);
  const onError = vi.fn<(error: Error) => void>();
  const keys = open(onError);
  writeFileSync(file, "{ damaged");
  await eventually(() => expect(onError).toHaveBeenCalled());
  expect(onError.mock.calls[0]?.[0].message).toContain("damaged");
  expect(keys.match(key)?.name).toBe("inbox");
});

test("a name is used once and must exist to be removed", () => {
  addKey(file, "inbox", undefined);
  expect(() => addKey(file, "inbox", undefined)).toThrow(KeysFileError);
  expect(() => addKey(file, "with space", undefined)).toThrow(KeysFileError);
  expect(() => removeKey(file, "other")).toThrow(/no key named other/);
});
