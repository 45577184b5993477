import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { runKeysCli } from "../../src/cli/keys.ts";
import { readKeysFile } from "../../src/server/identity/keys-file.ts";

const WEBHOOK = "https://example.bitrix24.com/rest/1/abcdef0123456789/";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-cli-"));
});

function keys(args: string, environment: Record<string, string> = { BITRIX24_WEBHOOK_URL: WEBHOOK }) {
  const words = args.split(" ").filter((word) => word !== "");
  const { ok, lines } = runKeysCli(words, { GATEWAY_DATA_DIR: folder, ...environment });
  return { ok, text: lines.join("\n"), first: lines[0] };
}

function credentialsFile(): string {
  const file = join(folder, "credentials.json");
  writeFileSync(file, JSON.stringify({ anna: { webhook: WEBHOOK }, marek: { webhook: WEBHOOK } }));
  return file;
}

test("a key is shown once, listed with its credential, and gone once it is removed", () => {
  const added = keys("add inbox");
  expect(added.first).toMatch(/^gw_\S{32}$/);
  expect(added.text).toContain("This is the key inbox.");
  expect(added.text).not.toContain("Warning");
  expect(keys("list").text).toMatch(/^inbox +default +\d{4}-/);
  expect(keys("list").text).not.toContain(added.first);
  expect(keys("remove inbox")).toMatchObject({ ok: true, text: "The key inbox is removed." });
  expect(keys("list").text).toBe(`No keys are stored in ${join(folder, "keys.json")}.`);
  expect(keys("remove inbox")).toMatchObject({ ok: false, text: expect.stringContaining("has no key named inbox") });
});

test("what the key may see is stored with it", () => {
  keys("add desk --events all");
  keys("add sales --lines 1,20 --events own");
  keys("add reader --rights query --expires 90d");
  expect(readKeysFile(join(folder, "keys.json"))).toMatchObject([
    { name: "desk", events: "all" },
    { name: "sales", events: "own", lines: ["1", "20"] },
    { name: "reader", rights: ["query"], expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) },
  ]);
  expect(keys("list").text).toMatch(/^reader .* expires \d{4}-/m);
});

test.each<[string, string, Record<string, string>, string]>([
  ["no portal is configured", "add inbox", {}, "until BITRIX24_WEBHOOK_URL is set"],
  [
    "its credential is not there",
    "add inbox --credential anna",
    {},
    "has a credential named anna; here it configures none",
  ],
  [
    "its credential is misspelt",
    "add inbox --credential ana",
    { BITRIX24_CREDENTIALS_FILE: "FILE" },
    "has a credential named ana; here it has anna, marek",
  ],
  [
    "it could be one of several",
    "add inbox",
    { BITRIX24_CREDENTIALS_FILE: "FILE" },
    "--credential which it acts with, one of anna, marek",
  ],
  [
    "the credentials cannot be read",
    "add inbox",
    { BITRIX24_CREDENTIALS_FILE: "nowhere.json" },
    "BITRIX24_CREDENTIALS_FILE: nowhere.json",
  ],
])(
  "adding a key warns when %s, names the setting, and makes the key all the same",
  (_name, args, environment, sentence) => {
    const settings =
      environment.BITRIX24_CREDENTIALS_FILE === "FILE" ? { BITRIX24_CREDENTIALS_FILE: credentialsFile() } : environment;
    const added = keys(args, settings);
    expect(added.ok).toBe(true);
    expect(added.first).toMatch(/^gw_/);
    expect(added.text).toContain("Warning: ");
    expect(added.text).toContain(sentence);
    expect(readKeysFile(join(folder, "keys.json"))).toHaveLength(1);
  },
);

test("a key for a credential of the file is made without a warning", () => {
  const environment = { BITRIX24_CREDENTIALS_FILE: credentialsFile() };
  expect(keys("add inbox --credential marek", environment).text).not.toContain("Warning");
});

test.each([
  ["", "Usage:"],
  ["add", "Usage:"],
  ["ad inbox", "Usage:"],
  ["add one two", "Usage:"],
  ["list one", "Usage:"],
  ["add inbox --events some", "--events takes own, all or none"],
  ["add inbox --lines 1,x", "--lines takes ids of lines, such as 1 and 2"],
  ["add inbox --rights read", "--rights knows the rights query, act and events"],
  ["add inbox --expires never", "--expires takes a time such as 12h, 90d or 4w"],
  ["add inbox --credentail anna", "--credentail"],
  ["add in/box", "takes names of letters"],
])("the words %j are explained, and nothing is stored", (args, sentence) => {
  const refused = keys(args);
  expect(refused.ok).toBe(false);
  expect(refused.text).toContain(sentence);
  expect(existsSync(join(folder, "keys.json"))).toBe(false);
});
