import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ApiKeys, openApiKeys } from "../../../src/server/identity/api-keys.ts";
import { KeyOptionError, readKeyTerms } from "../../../src/server/identity/key-terms.ts";
import { addKey, KeysFileError, keyHash, readKeysFile, removeKey } from "../../../src/server/identity/keys-file.ts";
import { eventually } from "../../kit/until.ts";

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
    configured: [{ name: "env", key: "0123456789abcdef", credential: undefined }],
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

test("a key works at once after it was made, however seldom the file is looked at", () => {
  opened = openApiKeys({ file, configured: [], onError: () => undefined, watchIntervalMs: 3_600_000 });
  const key = addKey(file, "inbox", undefined);
  expect(opened.match(key)?.name).toBe("inbox");
});

test("a file of before there were rights and ends grants what it did", () => {
  const sha256 = keyHash("an old key of sixteen characters");
  mkdirSync(dirname(file), { recursive: true });
  const old = { name: "old", sha256, events: "all", lines: ["3"], createdAt: "2026-01-01T00:00:00.000Z" };
  writeFileSync(file, JSON.stringify({ keys: [old] }));
  expect(open().match("an old key of sixteen characters")).toEqual({
    name: "old",
    credential: undefined,
    rights: { query: true, act: true, events: { scope: "all", lines: ["3"] } },
    expiresAt: undefined,
  });
});

test("a key has the rights and the end that it was made with", () => {
  const terms = readKeyTerms(
    { rights: "query,events", lines: "3,7", expires: "90d" },
    Date.parse("2026-01-01T00:00:00Z"),
  );
  expect(open().match(addKey(file, "inbox", undefined, terms))).toMatchObject({
    rights: { query: true, act: false, events: { scope: "own", lines: ["3", "7"] } },
    expiresAt: Date.parse("2026-04-01T00:00:00Z"),
  });
});

test("a key that ends with the last day there is can be read again", () => {
  const terms = readKeyTerms({ expires: "9999-12-31" }, Date.now());
  expect(open().match(addKey(file, "inbox", undefined, terms))?.expiresAt).toBe(
    Date.UTC(9999, 11, 31, 23, 59, 59, 999),
  );
});

test("what could not be read again is not written, and the other keys stay", () => {
  const key = addKey(file, "inbox", undefined);
  expect(() => addKey(file, "odd", "")).toThrow(KeysFileError);
  expect(() => addKey(file, "late", undefined, { expiresAt: "+010000-01-01T00:00:00.000Z" })).toThrow(/expiresAt/);
  expect(open().match(key)?.name).toBe("inbox");
});

test.each([
  [{ rights: "query,fly" }, "--rights knows the rights query, act and events"],
  [{ rights: "" }, "--rights knows the rights query, act and events"],
  [{ events: "some" }, "--events takes own, all or none for live events"],
  [{ lines: "1,x" }, "--lines takes ids of lines, such as 1 and 2"],
  [{ rights: "query", events: "all" }, "--rights must have the right events where it says which events"],
  [{ events: "none", lines: "1" }, "--rights must have the right events where it says which events"],
  [{ expires: "soon" }, "--expires takes a time such as 12h, 90d or 4w, or a day to come such as 2027-01-31"],
  [{ expires: "2026-01-01" }, "--expires takes a time such as 12h, 90d or 4w, or a day to come such as 2027-01-31"],
  [{ expires: "90000d" }, "--expires takes a time such as 12h, 90d or 4w, or a day to come such as 2027-01-31"],
])("the options %j are refused with what would be right", (options, message) => {
  expect(() => readKeyTerms(options, Date.parse("2026-06-01T00:00:00Z"))).toThrow(
    new KeyOptionError(...split(message)),
  );
});

function split(message: string): [string, string] {
  const space = message.indexOf(" ");
  return [message.slice(0, space), message.slice(space + 1)];
}
