import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Credential } from "../../../src/datasources/bitrix24/credentials.ts";
import { type ApiKeys, openApiKeys } from "../../../src/server/identity/api-keys.ts";
import { createIdentities } from "../../../src/server/identity/identities.ts";
import type { Identities, IdentityDecision, IdentityRequest } from "../../../src/server/identity/identity.ts";
import { addKey, type KeyTerms, readKeysFile, removeKey } from "../../../src/server/identity/keys-file.ts";
import { apiKeyProvider } from "../../../src/server/identity/providers/api-key.ts";
import { eventually } from "../../kit/until.ts";

const WEBHOOK: Credential = { kind: "webhook", url: "https://example.bitrix24.com/rest/1/secret/" };

let file: string;
let keys: ApiKeys;
let identities: Identities;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "watching-")), "keys.json");
  keys = openApiKeys({ file, configured: [], onError: () => undefined, watchIntervalMs: 20 });
  identities = createIdentities({
    providers: [apiKeyProvider(keys, new Map([["default", WEBHOOK]]))],
    onChange: keys.onChange,
    answering: async (refused) => refused,
    log: pino({ level: "silent" }),
  });
});

afterEach(() => {
  identities.close();
  keys.close();
});

/** Identifies by a key and gathers what is told about it from then on. */
async function watched(key: string): Promise<{ told: IdentityDecision[]; stop: () => void }> {
  const request: IdentityRequest = { headers: { "x-api-key": key }, address: "192.0.2.1", isLoopback: false };
  const decision = await identities.identify(request);
  if (decision.kind !== "identity") throw new Error(decision.message);
  const told: IdentityDecision[] = [];
  return { told, stop: identities.watch(request, decision.identity, (changed) => told.push(changed)) };
}

/** As an editor of the file does it. */
function rewrite(name: string, terms: KeyTerms): void {
  const changed = readKeysFile(file).map((key) => (key.name === name ? { ...key, ...terms } : key));
  writeFileSync(file, JSON.stringify({ keys: changed }));
}

test("a removed key is told to those who watch it, and to nobody else", async () => {
  const gone = await watched(addKey(file, "gone", undefined));
  const staying = await watched(addKey(file, "staying", undefined));
  removeKey(file, "gone");
  await eventually(() => expect(gone.told).toMatchObject([{ kind: "refused", code: "UNAUTHENTICATED" }]));
  expect(staying.told).toEqual([]);
});

test("a key that is narrowed, widened and given back after its removal is told each time", async () => {
  const { told } = await watched(addKey(file, "inbox", undefined, { events: "all" }));
  const kept = readFileSync(file, "utf8");
  rewrite("inbox", { events: "own", lines: ["3"] });
  await eventually(() =>
    expect(told.at(-1)).toMatchObject({ identity: { rights: { events: { scope: "own", lines: ["3"] } } } }),
  );
  rewrite("inbox", { rights: ["query"], events: "none", lines: [] });
  await eventually(() => expect(told.at(-1)).toMatchObject({ identity: { rights: { act: false, events: null } } }));
  removeKey(file, "inbox");
  await eventually(() => expect(told.at(-1)).toMatchObject({ kind: "refused" }));
  writeFileSync(file, kept);
  await eventually(() => expect(told.at(-1)).toMatchObject({ identity: { rights: { events: { scope: "all" } } } }));
  expect(told).toHaveLength(4);
});

test("a key whose time is over is told when it is", async () => {
  const expiresAt = Date.now() + 300;
  const { told } = await watched(addKey(file, "brief", undefined, { expiresAt: new Date(expiresAt).toISOString() }));
  await eventually(() => expect(told).toMatchObject([{ kind: "refused", code: "UNAUTHENTICATED" }]));
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
});

test("who has stopped watching is told nothing more", async () => {
  const stopped = await watched(addKey(file, "inbox", undefined));
  const other = await watched(addKey(file, "other", undefined));
  stopped.stop();
  removeKey(file, "inbox");
  removeKey(file, "other");
  await eventually(() => expect(other.told).toHaveLength(1));
  expect(stopped.told).toEqual([]);
});
