import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ALL_RIGHTS } from "../../../src/config/rights.ts";
import { createIdentities } from "../../../src/server/identity/identities.ts";
import { createKeySet } from "../../../src/server/identity/jwks.ts";
import { jsonWebTokenProvider } from "../../../src/server/identity/providers/json-web-token.ts";
import { errorsOf, send } from "../../kit/http-client.ts";
import { eventually } from "../../kit/until.ts";
import { startTokenGateway, startTokenPortal, type TokenGateway } from "./token-gateway.ts";

const ISSUER = "https://id.example.com/";
const AUDIENCE = "b24-gateway";

interface Provider {
  readonly url: string;
  readonly sign: (payload: JWTPayload, options?: SignOptions) => Promise<string>;
  /** Adds a key to the set that is served. */
  addKey(kid: string, alg?: string): Promise<void>;
  /** It is still signed with, but no longer in the set. */
  removeKey(kid: string): void;
  /** Adds to the set what may be no key at all. */
  publish(key: { readonly kid: string }): void;
  /** What is answered in place of the keys. */
  answer: { readonly status: number; readonly body: string } | "nothing" | undefined;
  requests(): number;
}

interface SignOptions {
  readonly kid?: string;
  readonly key?: CryptoKey | Uint8Array;
  readonly alg?: string;
}

/** An identity provider with one key of its own, whose set of keys is read over http. */
async function startProvider(): Promise<Provider> {
  const privates = new Map<string, { readonly key: CryptoKey; readonly alg: string }>();
  const published = new Map<string, object>();
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    const { answer } = provider;
    if (answer === "nothing") return;
    response.writeHead(answer?.status ?? 200, { "content-type": "application/json" });
    response.end(answer?.body ?? JSON.stringify({ keys: [...published.values()] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const provider: Provider = {
    url: `http://127.0.0.1:${address.port}/jwks.json`,
    answer: undefined,
    requests: () => requests,
    async addKey(kid, alg = "ES256") {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      privates.set(kid, { key: privateKey, alg });
      published.set(kid, { ...(await exportJWK(publicKey)), kid, alg, use: "sig" });
    },
    publish: (key) => void published.set(key.kid, key),
    removeKey: (kid) => void published.delete(kid),
    async sign(payload, { kid = "first", key, alg }: SignOptions = {}) {
      const own = privates.get(kid);
      const signing = key ?? own?.key;
      if (signing === undefined) throw new Error(`no key ${kid}`);
      return await new SignJWT(payload).setProtectedHeader({ alg: alg ?? own?.alg ?? "ES256", kid }).sign(signing);
    },
  };
  await provider.addKey("first");
  return provider;
}

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}

/** Of any kind: providers sign what they are given. */
function claims(more: Readonly<Record<string, unknown>> = {}): JWTPayload {
  return { iss: ISSUER, aud: AUDIENCE, sub: "anna", exp: inSeconds(300), groups: ["support"], ...more };
}

async function startWithProvider(provider: Provider, rules: readonly object[] = RULES): Promise<TokenGateway> {
  const directory = mkdtempSync(join(tmpdir(), "jwt-"));
  const file = join(directory, "identity.json");
  writeFileSync(file, JSON.stringify({ claims: rules }));
  return await startTokenGateway(await startTokenPortal({}), {
    GATEWAY_IDENTITY_FILE: file,
    GATEWAY_JWT_ISSUER: ISSUER,
    GATEWAY_JWT_AUDIENCE: AUDIENCE,
    GATEWAY_JWT_JWKS_URL: provider.url,
  });
}

const RULES = [
  { claim: "realm_access.roles", value: "supervisor", credential: "default", rights: ["query", "act", "events"] },
  { claim: "groups", value: "support", credential: "default" },
  { claim: "https://example.com/role", value: "lead", credential: "default" },
];

const READ = "{ viewer { kind label scopes } }";
const ACT = "mutation { chatPinAll { userErrors { code } } }";
const LISTEN = "subscription { openLineEvents(filter: { chatIds: [] }) { cursor } }";

function ask(gateway: TokenGateway, token: string, query = READ) {
  return gateway.ask({ authorization: `Bearer ${token}` }, query);
}

test("a token of the identity provider acts with the credential of the first rule that its claims fit, and reads only", async () => {
  const provider = await startProvider();
  const gateway = await startWithProvider(provider);
  const token = await provider.sign(claims());
  expect(JSON.parse((await ask(gateway, token)).text).data.viewer).toMatchObject({
    label: "anna",
    scopes: ["im", "imopenlines"],
  });
  expect((await ask(gateway, token, ACT)).text).toMatch(/no right to change anything/);
  const supervisor = await provider.sign(claims({ groups: undefined, realm_access: { roles: ["x", "supervisor"] } }));
  expect((await ask(gateway, supervisor, ACT)).text).not.toMatch(/no right/);
  const lead = await provider.sign(claims({ groups: "sales", "https://example.com/role": "lead" }));
  expect((await ask(gateway, lead)).status).toBe(200);
});

test.each(["RS256", "PS256", "ES256", "EdDSA"])("a signature by %s is checked", async (alg) => {
  const provider = await startProvider();
  await provider.addKey("second", alg);
  const gateway = await startWithProvider(provider);
  expect((await ask(gateway, await provider.sign(claims(), { kid: "second" }))).status).toBe(200);
});

describe("a token is refused", () => {
  test.each<[string, Readonly<Record<string, unknown>>, number, RegExp]>([
    ["whose claims are in no rule", { groups: ["sales"] }, 403, /No rule of this gateway/],
    ["that has nothing but inherited claims", { groups: undefined }, 403, /No rule of this gateway/],
    ["of another issuer", { iss: "https://evil.example.com/" }, 401, /claim iss/],
    ["for another audience", { aud: "another" }, 401, /claim aud/],
    ["without an issuer", { iss: undefined }, 401, /claim iss/],
    ["without an audience", { aud: undefined }, 401, /claim aud/],
    ["without an end", { exp: undefined }, 401, /claim exp/],
    ["without a subject", { sub: undefined }, 401, /claim sub/],
    ["whose subject is a number", { sub: 7 }, 401, /claims sub, a text/],
    ["whose subject is empty", { sub: "" }, 401, /claims sub, a text/],
    ["whose end is no time", { exp: "never" }, 401, /claim exp/],
    ["that ended more than half a minute ago", { exp: inSeconds(-60) }, 401, /has expired/],
    ["that begins in more than half a minute", { nbf: inSeconds(120) }, 401, /claim nbf/],
  ])("%s", async (_name, change, status, sentence) => {
    const provider = await startProvider();
    const gateway = await startWithProvider(provider);
    const answer = await ask(gateway, await provider.sign(claims(change)));
    expect(answer.status).toBe(status);
    expect(errorsOf(answer)[0]?.message).toMatch(sentence);
  });

  test("that anybody could have made: without a signature, or with a shared secret, the public key as one included", async () => {
    const provider = await startProvider();
    const gateway = await startWithProvider(provider);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const unsigned = `${encode({ alg: "none" })}.${encode(claims())}.`;
    const secret = new TextEncoder().encode("0123456789abcdef0123456789abcdef");
    const shared = await provider.sign(claims(), { key: secret, alg: "HS256" });
    for (const token of [unsigned, shared]) {
      const answer = await ask(gateway, token);
      expect(answer.status).toBe(401);
      expect(errorsOf(answer)[0]?.message).toMatch(/^The token must be signed with one of RS256, .*Ed25519\.$/);
    }
  });

  test("that is signed by another key of the same name, or was changed", async () => {
    const provider = await startProvider();
    const gateway = await startWithProvider(provider);
    const { privateKey } = await generateKeyPair("ES256");
    const [head, , signature] = (await provider.sign(claims())).split(".");
    const changed = `${head}.${Buffer.from(JSON.stringify(claims({ sub: "boss" }))).toString("base64url")}.${signature}`;
    for (const token of [await provider.sign(claims(), { key: privateKey }), changed]) {
      const answer = await ask(gateway, token);
      expect([answer.status, errorsOf(answer)[0]?.message]).toEqual([
        401,
        "The token is not signed by a key of the identity provider.",
      ]);
    }
  });

  test("that names a key which cannot be used, as any other wrong one", async () => {
    const provider = await startProvider();
    const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
    const unusable = [
      { kty: "RSA", alg: "RS256" },
      { kty: "RSA", alg: "RS256", n: 5, e: {} },
      { kty: "EC", alg: "ES256", crv: "P-256", x: "AA", y: "AA" },
      { kty: "OKP", alg: "EdDSA", crv: "Ed25519", x: "AA" },
      { ...small, alg: "RS256" },
    ];
    for (const [index, key] of unusable.entries()) provider.publish({ ...key, kid: `unusable-${index}` });
    const gateway = await startWithProvider(provider);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    for (const [index, { alg }] of unusable.entries()) {
      const head = encode({ alg, kid: `unusable-${index}` });
      const answer = await ask(gateway, `${head}.${encode(claims())}.${"A".repeat(171)}`);
      expect([answer.status, errorsOf(answer)[0]?.extensions.code], JSON.stringify(unusable[index])).toEqual([
        401,
        "UNAUTHENTICATED",
      ]);
      expect(errorsOf(answer)[0]?.message).toMatch(/key that the token names cannot be used/);
    }
  });

  test("that names no key where several fit, and is told to", async () => {
    const provider = await startProvider();
    await provider.addKey("second");
    const gateway = await startWithProvider(provider);
    const { privateKey } = await generateKeyPair("ES256");
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: "ES256" }).sign(privateKey);
    const answer = await ask(gateway, token);
    expect([answer.status, errorsOf(answer)[0]?.message]).toEqual([
      401,
      expect.stringMatching(/must name its key \(kid\)/),
    ]);
  });

  test("that comes with a key of the gateway", async () => {
    const provider = await startProvider();
    const gateway = await startWithProvider(provider);
    const headers = { authorization: `Bearer ${await provider.sign(claims())}`, "x-api-key": "0123456789abcdef" };
    const answer = await gateway.ask(headers);
    expect([answer.status, errorsOf(answer)[0]?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
  });
});

test("a clock that differs by less than half a minute does no harm", async () => {
  const provider = await startProvider();
  const gateway = await startWithProvider(provider);
  expect((await ask(gateway, await provider.sign(claims({ exp: inSeconds(-20) })))).status).toBe(200);
  expect((await ask(gateway, await provider.sign(claims({ nbf: inSeconds(20) })))).status).toBe(200);
});

test("keys are read once, and looked for once when many tokens name one that is not known", async () => {
  const provider = await startProvider();
  const gateway = await startWithProvider(provider);
  const { privateKey } = await generateKeyPair("ES256");
  for (let count = 0; count < 5; count += 1) await ask(gateway, await provider.sign(claims()));
  expect(provider.requests()).toBe(1);
  for (let count = 0; count < 5; count += 1) {
    const answer = await ask(gateway, await provider.sign(claims(), { kid: `unknown-${count}`, key: privateKey }));
    expect(answer.status).toBe(401);
  }
  // Read less than a minute ago.
  expect(provider.requests()).toBe(1);
});

test("a new key of the identity provider is looked for once a minute, and one that it takes back is good no longer", async () => {
  const provider = await startProvider();
  const gateway = await startWithProvider(provider);
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);
  expect((await ask(gateway, await provider.sign(claims()))).status).toBe(200);
  await provider.addKey("second");
  const statuses = async () => [
    (await ask(gateway, await provider.sign(claims()))).status,
    (await ask(gateway, await provider.sign(claims(), { kid: "second" }))).status,
  ];
  expect(await statuses()).toEqual([200, 401]);
  later(61);
  expect(await statuses()).toEqual([200, 200]);
  expect(provider.requests()).toBe(2);
  provider.removeKey("first");
  await provider.addKey("third");
  later(61);
  expect((await ask(gateway, await provider.sign(claims(), { kid: "third" }))).status).toBe(200);
  expect(await statuses()).toEqual([401, 200]);
  expect(provider.requests()).toBe(3);
});

test("an identity provider whose keys cannot be had is asked again only after a while, and its users are told to come back", async () => {
  const answers: Readonly<Record<string, Provider["answer"]>> = {
    refused: { status: 500, body: "{}" },
    "a page": { status: 200, body: "<html>" },
    "something else": { status: 200, body: '{"keys": 7}' },
    "no end": { status: 200, body: JSON.stringify({ keys: [], pad: "x".repeat(2_000_000) }) },
  };
  const outcomes = Object.entries(answers).map(async ([what, answer]) => {
    const provider = await startProvider();
    const gateway = await startWithProvider(provider);
    provider.answer = answer;
    for (let count = 0; count < 5; count += 1) {
      const refused = await ask(gateway, await provider.sign(claims()));
      expect([refused.status, errorsOf(refused)[0]?.extensions.code], what).toEqual([503, "UPSTREAM_UNAVAILABLE"]);
    }
    expect(provider.requests(), what).toBe(1);
    provider.answer = undefined;
    await eventually(async () => expect((await ask(gateway, await provider.sign(claims()))).status, what).toBe(200));
  });
  await Promise.all(outcomes);
});

test("an identity provider that does not answer is given up in time", async () => {
  const provider = await startProvider();
  const gateway = await startWithProvider(provider);
  provider.answer = "nothing";
  const refused = await ask(gateway, await provider.sign(claims()));
  expect([refused.status, errorsOf(refused)[0]?.extensions.code]).toEqual([503, "UPSTREAM_UNAVAILABLE"]);
});

test("rights to live events come from the rule", async () => {
  const provider = await startProvider();
  const listen = async (rule: object): Promise<string> => {
    const gateway = await startWithProvider(provider, [
      { claim: "groups", value: "support", credential: "default", ...rule },
    ]);
    const headers = { authorization: `Bearer ${await provider.sign(claims())}`, accept: "text/event-stream" };
    const body = JSON.stringify({ query: LISTEN });
    return (await send(`${gateway.url}/stream`, { headers: { "content-type": "application/json", ...headers }, body }))
      .text;
  };
  expect(await listen({})).toMatch(/no right to live events/);
  expect(await listen({ rights: ["events"], events: "all", lines: ["3"] })).not.toMatch(/no right/);
});

test("to an open connection a token is over at its end, although a clock may differ for a new request", async () => {
  const provider = await startProvider();
  const options = { issuer: ISSUER, audience: AUDIENCE, keys: createKeySet(provider.url) };
  const credential = { kind: "webhook", url: "https://example.bitrix24.com/rest/1/secret/" } as const;
  const rules = [{ claim: "groups", value: "support", credential: "default", rights: ALL_RIGHTS }];
  const identities = createIdentities({
    providers: [jsonWebTokenProvider({ ...options, rules, credentials: new Map([["default", credential]]) })],
    onChange: () => () => undefined,
    answering: async (refused) => refused,
    log: pino({ level: "silent" }),
  });
  onTestFinished(identities.close);
  const exp = inSeconds(2);
  const headers = { authorization: `Bearer ${await provider.sign(claims({ exp }))}` };
  const request = { headers, address: "192.0.2.1", isLoopback: false };
  const opened = await identities.identify(request);
  if (opened.kind !== "identity") throw new Error(opened.message);
  expect(opened.identity).toMatchObject({ name: "jwt:anna", expiresAt: exp * 1_000 });
  const told = await new Promise((resolve) => {
    onTestFinished(identities.watch(request, opened.identity, (decision) => resolve([decision, Date.now()])));
  });
  expect(told).toEqual([
    { kind: "refused", code: "UNAUTHENTICATED", message: "The token has expired." },
    expect.toSatisfy((at: number) => at >= exp * 1_000 && at < exp * 1_000 + 1_000),
  ]);
  expect(await identities.identify(request)).toMatchObject({ kind: "identity" });
});
