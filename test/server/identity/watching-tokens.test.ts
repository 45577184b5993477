import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../../src/config/read-config.ts";
import { createPortals } from "../../../src/datasources/bitrix24/portals.ts";
import { openApiKeys } from "../../../src/server/identity/api-keys.ts";
import type { Identity, IdentityDecision, IdentityRequest } from "../../../src/server/identity/identity.ts";
import { openIdentities } from "../../../src/server/identity/open-identities.ts";
import type { KeyValueStore } from "../../../src/storage/key-value-store.ts";
import { StorageUnavailable } from "../../../src/storage/storage-unavailable.ts";
import { openEventStorage } from "../../../src/subscriptions/events/event-storage.ts";
import { eventually } from "../../kit/until.ts";
import { startTokenPortal, type TokenPortal, tokenHeaders } from "./token-gateway.ts";

/** `isFull`: what is kept can be read, and nothing more be written or removed. */
async function startIdentities(tokens: TokenPortal, isFull: () => boolean = () => false) {
  const directory = mkdtempSync(join(tmpdir(), "watching-"));
  const config = readConfig({ GATEWAY_DATA_DIR: directory, BITRIX24_PORTALS: tokens.portal.host });
  const log = pino({ level: "silent" });
  const storage = await openEventStorage({ kind: "lmdb", directory: join(directory, "live") });
  const keys = openApiKeys({ file: config.keys.file, configured: [], onError: () => undefined });
  const portals = createPortals({
    plan: "standard",
    allowHttp: false,
    allowedHosts: [],
    onTokenRefused: (credential) => identities.tokenRefused(credential),
  });
  const keyValues: KeyValueStore = {
    ...storage.keyValues,
    delete: (namespace, key) =>
      isFull() ? Promise.reject(new StorageUnavailable("The disk is full.")) : storage.keyValues.delete(namespace, key),
  };
  const identities = openIdentities({ config, keys, portals, keyValues, encryptionKey: Buffer.alloc(32, 7), log });
  onTestFinished(async () => {
    identities.close();
    keys.close();
    await portals.close();
    await storage.close();
  });
  return identities;
}

function requestWith(tokens: TokenPortal, token: string): IdentityRequest {
  return { headers: tokenHeaders(tokens, token), address: "192.0.2.1", isLoopback: false };
}

function identityOf(decision: IdentityDecision): Identity {
  if (decision.kind !== "identity") throw new Error(decision.message);
  return decision.identity;
}

test("two tokens of one person are one identity, which names no token; another person is another", async () => {
  const tokens = await startTokenPortal({ first: "17", second: "17", other: "18" });
  const identities = await startIdentities(tokens);
  const [first, second, other] = await Promise.all(
    ["first", "second", "other"].map(async (token) =>
      identityOf(await identities.identify(requestWith(tokens, token))),
    ),
  );
  expect(first?.name).toBe(`token:${tokens.portal.host}:17`);
  expect(second?.name).toBe(first?.name);
  expect(other?.name).toBe(`token:${tokens.portal.host}:18`);
  expect(first?.expiresAt).toBeGreaterThan(Date.now() + 50 * 60_000);
});

test("a token that the portal no longer takes is told to those who watch it, after one more call", async () => {
  const tokens = await startTokenPortal({ leaving: "17", staying: "18" });
  const identities = await startIdentities(tokens);
  const told = new Map<string, IdentityDecision[]>();
  const watched = new Map<string, Identity>();
  for (const token of ["leaving", "staying"]) {
    const request = requestWith(tokens, token);
    const identity = identityOf(await identities.identify(request));
    const decisions: IdentityDecision[] = [];
    told.set(token, decisions);
    watched.set(token, identity);
    onTestFinished(identities.watch(request, identity, (decision) => decisions.push(decision)));
  }
  tokens.users.delete("leaving");
  const leaving = watched.get("leaving")?.credential;
  if (leaving === undefined) throw new Error("nobody is watched");
  // Whoever calls with it hears it from the portal; a token is not doubted in its first moments.
  await eventually(() => {
    identities.tokenRefused(leaving);
    expect(told.get("leaving")).toMatchObject([{ kind: "refused", code: "UNAUTHENTICATED" }]);
  });
  expect(told.get("staying")).toEqual([]);
  expect(tokens.calls("profile")).toBe(3);
});

test("of one address only so many unknown tokens are checked at once, of one with refusals half; a known one is not hindered", async () => {
  const tokens = await startTokenPortal({ good: "17" });
  const identities = await startIdentities(tokens);
  identityOf(await identities.identify(requestWith(tokens, "good")));
  tokens.portal.intercept = undefined;
  tokens.portal.next.push(...Array.from({ length: 80 }, () => () => new Promise<never>(() => {})));
  const refused: IdentityDecision[] = [];
  const check = (token: string, address: string): void => {
    const request = { ...requestWith(tokens, token), address };
    void identities.identify(request).then((decision) => {
      if (decision.kind === "refused" && decision.code === "LIMIT_EXCEEDED") refused.push(decision);
    });
  };
  const limit = "unknownTokensOfAddress";
  const tooMany = { kind: "refused", code: "LIMIT_EXCEEDED", limit, maximum: 50, retryAfterMs: 1_000 };
  for (let count = 0; count < 51; count += 1) check(`made-up-${count}`, "192.0.2.9");
  await eventually(() => expect(refused).toMatchObject([tooMany]));
  await identities.identify({
    headers: { "x-api-key": "a-wrong-key-of-somebody" },
    address: "192.0.2.10",
    isLoopback: false,
  });
  for (let count = 0; count < 26; count += 1) check(`suspect-${count}`, "192.0.2.10");
  await eventually(() => expect(refused).toMatchObject([tooMany, { ...tooMany, maximum: 25 }]));
  identityOf(await identities.identify({ ...requestWith(tokens, "good"), address: "192.0.2.9" }));
});

test("a token that the portal no longer takes is not believed because the store could not forget it", async () => {
  const tokens = await startTokenPortal({ leaving: "17" });
  let isFull = false;
  const identities = await startIdentities(tokens, () => isFull);
  const request = requestWith(tokens, "leaving");
  const { credential } = identityOf(await identities.identify(request));
  isFull = true;
  tokens.users.delete("leaving");
  let decision: IdentityDecision | undefined;
  await eventually(async () => {
    identities.tokenRefused(credential);
    decision = await identities.identify(request);
    expect(tokens.calls("profile")).toBe(2);
  });
  expect(decision).toMatchObject({ kind: "refused", code: "UNAUTHENTICATED" });
});
