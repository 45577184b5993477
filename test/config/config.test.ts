import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError } from "../../src/config/config.ts";
import { type Environment, settingProblems } from "../../src/config/environment.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { grantedRights } from "../../src/config/rights.ts";
import { settings } from "../../src/config/settings.ts";

const WEBHOOK = "https://example.bitrix24.com/rest/1/abcdef0123456789/";

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function fileWith(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "config-")), "file.json");
  writeFileSync(path, content);
  return path;
}

test("a webhook address is all that has to be configured", () => {
  const config = readConfig({ BITRIX24_WEBHOOK_URL: WEBHOOK });
  expect([...config.portal.credentials]).toEqual([["default", { kind: "webhook", url: WEBHOOK }]]);
  expect(config.server).toEqual({
    host: "127.0.0.1",
    port: 4000,
    corsOrigins: [],
    explorer: false,
    explorerPeople: [],
    introspection: false,
    operationTimeoutMs: 30_000,
    operationsFile: undefined,
    compiledQueries: "on",
    comparedQueries: 0,
    trustedProxies: [],
    uploadsDirectory: ".data/uploads",
  });
  expect(config.keys).toEqual({ file: join(".data", "keys.json"), configured: [] });
  expect(config.portal.plan).toBe("standard");
});

test("the closing slash of a webhook may be left out, and an empty value counts as not set", () => {
  const config = readConfig({ BITRIX24_WEBHOOK_URL: WEBHOOK.slice(0, -1), GATEWAY_PORT: "" });
  expect(config.portal.credentials.get("default")).toEqual({ kind: "webhook", url: WEBHOOK });
  expect(config.server.port).toBe(4000);
});

test("a misspelt setting is named with the one that was probably meant", () => {
  expect(problemsOf({ BITRIX24_WEBHOK_URL: WEBHOOK })).toEqual([
    "BITRIX24_WEBHOK_URL is not a setting. Did you mean BITRIX24_WEBHOOK_URL?",
  ]);
  expect(problemsOf({ BITRIX24_WEBHOOK_URL: WEBHOOK, GATEWAY_COFFEE_STRENGTH: "9" })).toEqual([
    "GATEWAY_COFFEE_STRENGTH is not a setting",
  ]);
  expect(problemsOf({ BITRIX24_WEBHOOK_URL: WEBHOOK, HOME: "/root", GATEWAYS: "1" })).toEqual([]);
});

test.each([
  ["GATEWAY_PORT", "70000", 'GATEWAY_PORT must be a whole number between 0 and 65535 (now "70000")'],
  ["GATEWAY_PORT", "4e3", 'GATEWAY_PORT must be a whole number between 0 and 65535 (now "4e3")'],
  ["GATEWAY_EXPLORER", "yes", 'GATEWAY_EXPLORER must be true or false (now "yes")'],
  ["GATEWAY_CORS_ORIGINS", "example.com", /^GATEWAY_CORS_ORIGINS must be origins without a path/],
  ["GATEWAY_CORS_ORIGINS", "https://a.example.com/", /^GATEWAY_CORS_ORIGINS must be origins without a path/],
  ["BITRIX24_PORTALS", "https://example.bitrix24.com", /^BITRIX24_PORTALS must be host names/],
  ["BITRIX24_OUTGOING_WEBHOOKS", "example.bitrix24.com", /^BITRIX24_OUTGOING_WEBHOOKS must be host=token[^(]*$/],
  ["BITRIX24_OUTGOING_WEBHOOKS", "a.example.com=same-token,b.example.com=same-token", /must not name a token twice$/],
  ["BITRIX24_OUTGOING_WEBHOOKS", "a.example.com=0123456789", /names a\.example\.com, of which no credential/],
  ["GATEWAY_TRUSTED_PROXIES", "proxy.example.com", /^GATEWAY_TRUSTED_PROXIES must be addresses or networks/],
  ["GATEWAY_TRUSTED_PROXIES", "10.0.0.0/99", /^GATEWAY_TRUSTED_PROXIES must be addresses or networks/],
  ["GATEWAY_TRUSTED_PROXIES", "10", /^GATEWAY_TRUSTED_PROXIES must be addresses or networks/],
  ["BITRIX24_PLAN", "gold", /^BITRIX24_PLAN .*standard/],
  ["BITRIX24_CA_FILE", "/absent/ca.pem", "BITRIX24_CA_FILE: /absent/ca.pem cannot be read (ENOENT)"],
  ["GATEWAY_API_KEYS", "inbox", /^GATEWAY_API_KEYS must give each key 16 characters or more$/],
  ["GATEWAY_API_KEYS", "a:0123456789abcdef,a:fedcba9876543210", "GATEWAY_API_KEYS must not name two keys alike"],
  [
    "GATEWAY_API_KEYS",
    "a:0123456789abcdef:default:some",
    /^GATEWAY_API_KEYS takes own, all or none as the fourth part/,
  ],
  [
    "GATEWAY_API_KEYS",
    "a:0123456789abcdef:default:own:more",
    /^GATEWAY_API_KEYS must be name:key, name:key:credential/,
  ],
  ["GATEWAY_API_KEYS", "a:0123456789abcdef:rights=fly", "GATEWAY_API_KEYS knows the rights query, act and events"],
  ["GATEWAY_API_KEYS", "a:0123456789abcdef:lines=x", "GATEWAY_API_KEYS takes ids of lines, such as 1 and 2"],
  ["GATEWAY_API_KEYS", "a:0123456789abcdef:expires=2027-02-30", /^GATEWAY_API_KEYS takes a day such as 2027-01-31/],
  ["GATEWAY_API_KEYS", "a:0123456789abcdef:color=red", /^GATEWAY_API_KEYS knows only rights=, lines= and expires=/],
  ["GATEWAY_API_KEYS", "a:0123456789abcdef:default:all:rights=query", /^GATEWAY_API_KEYS must have the right events/],
  [
    "GATEWAY_API_KEYS",
    "a:0123456789abcdef:anna",
    "GATEWAY_API_KEYS: the key a acts with the credential anna, which is not configured: add it to BITRIX24_CREDENTIALS_FILE.",
  ],
])("%s=%s is refused with one line", (name, value, line) => {
  const problems = problemsOf({ BITRIX24_WEBHOOK_URL: WEBHOOK, [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(line);
});

test("no line repeats a secret", () => {
  const secrets = {
    BITRIX24_WEBHOOK_URL: "https://example.bitrix24.com/wrong/topsecret",
    GATEWAY_API_KEYS: "inbox:topsecret",
    BITRIX24_PROXY_URL: "topsecret",
    BITRIX24_CREDENTIALS_FILE: fileWith('{"anna": {"webhook": "topsecret"}}'),
  };
  const problems = problemsOf(secrets);
  expect(problems).toHaveLength(4);
  expect(problems.join("\n")).not.toContain("topsecret");
});

test("plain http is for loopback, unless a setting allows it", () => {
  const plain = "http://example.com/rest/1/abcdef/";
  expect(problemsOf({ BITRIX24_WEBHOOK_URL: plain })).toEqual([
    "BITRIX24_WEBHOOK_URL must use https; BITRIX24_ALLOW_HTTP=true permits http for example.com",
  ]);
  expect(problemsOf({ BITRIX24_WEBHOOK_URL: plain, BITRIX24_ALLOW_HTTP: "true" })).toEqual([]);
  expect(problemsOf({ BITRIX24_WEBHOOK_URL: "http://127.0.0.1:8080/rest/1/abcdef/" })).toEqual([]);
});

test("without any portal the way out is named", () => {
  expect(problemsOf({})).toEqual([expect.stringContaining("BITRIX24_WEBHOOK_URL")]);
  expect(problemsOf({ BITRIX24_PORTALS: "Example.Bitrix24.com, b.example.com:8443" })).toEqual([]);
  expect(readConfig({ BITRIX24_PORTALS: "Example.Bitrix24.com, b.example.com:8443" }).portal.userTokenHosts).toEqual([
    "example.bitrix24.com",
    "b.example.com:8443",
  ]);
});

test("named credentials come from a file, and a key without one takes the default or the only one", () => {
  const application = {
    portal: "example.bitrix24.com",
    clientId: "local.1",
    clientSecret: "s",
    accessToken: "a",
    refreshToken: "r",
  };
  const file = fileWith(JSON.stringify({ app: { application, botClientId: "own" }, anna: { webhook: WEBHOOK } }));
  const config = readConfig({ BITRIX24_CREDENTIALS_FILE: file, BITRIX24_BOT_CLIENT_ID: "shared" });
  expect(config.portal.credentials.get("app")).toEqual({ kind: "application", ...application, botClientId: "own" });
  expect(config.portal.credentials.get("anna")).toEqual({ kind: "webhook", url: WEBHOOK, botClientId: "shared" });
  expect(problemsOf({ BITRIX24_CREDENTIALS_FILE: file, GATEWAY_API_KEYS: "a:0123456789abcdef" })).toEqual([
    "GATEWAY_API_KEYS: the key a names no credential, and there are several: name one of BITRIX24_CREDENTIALS_FILE, or set BITRIX24_WEBHOOK_URL.",
  ]);
  const one = fileWith(JSON.stringify({ anna: { webhook: WEBHOOK } }));
  expect(problemsOf({ BITRIX24_CREDENTIALS_FILE: one, GATEWAY_API_KEYS: "a:0123456789abcdef" })).toEqual([]);
});

test.each([
  ["no JSON", "is not JSON"],
  ['{"anna": {"webhok": "x"}}', "anna"],
  ["[]", "the whole file"],
])("a credentials file with %s is refused and says where it is wrong", (content, reason) => {
  const [problem] = problemsOf({ BITRIX24_CREDENTIALS_FILE: fileWith(content) });
  expect(problem).toContain("BITRIX24_CREDENTIALS_FILE");
  expect(problem).toContain(reason);
});

test("the explorer brings introspection with it unless that is set apart", () => {
  const base = { BITRIX24_WEBHOOK_URL: WEBHOOK, GATEWAY_EXPLORER: "true" };
  expect(readConfig(base).server.introspection).toBe(true);
  expect(readConfig({ ...base, GATEWAY_INTROSPECTION: "false" }).server.introspection).toBe(false);
});

test("NODE_ENV opens nothing", () => {
  const { server } = readConfig({ BITRIX24_WEBHOOK_URL: WEBHOOK, NODE_ENV: "development" });
  expect([server.explorer, server.introspection, server.corsOrigins]).toEqual([false, false, []]);
});

test("values can be checked before the rest is known", () => {
  expect(settingProblems({ GATEWAY_PORT: "x", GATEWAY_PROT: "1" })).toHaveLength(2);
  expect(settingProblems({})).toEqual([]);
});

test("each setting is described in a sentence, and each default in the table is the one in force", () => {
  for (const [name, { description, default: printed, schema }] of Object.entries(settings)) {
    expect(description, name).toMatch(/\.$/);
    const actual = schema.safeParse(undefined).data;
    if (/^(\d+|true|false|[a-z0-9.-]+)$/.test(printed) && printed !== "none")
      expect(String(actual), name).toBe(printed);
  }
});

test("a key of the environment may be given rights, lines and an end in any order", () => {
  const keys = "a:0123456789abcdef,b:0123456789abcdeg:default:own:expires=2027-01-31:lines=3+7:rights=query+events";
  const { configured } = readConfig({ BITRIX24_WEBHOOK_URL: WEBHOOK, GATEWAY_API_KEYS: keys }).keys;
  expect(configured.map(grantedRights)).toEqual([
    { query: true, act: true, events: { scope: "own", lines: [] } },
    { query: true, act: false, events: { scope: "own", lines: ["3", "7"] } },
  ]);
  expect(configured.map((key) => key.expiresAt)).toEqual([undefined, Date.parse("2027-02-01T00:00:00Z")]);
});

const JWT = {
  BITRIX24_WEBHOOK_URL: WEBHOOK,
  GATEWAY_JWT_ISSUER: "https://id.example.com/",
  GATEWAY_JWT_AUDIENCE: "gateway",
  GATEWAY_JWT_JWKS_URL: "https://id.example.com/jwks.json",
};
const CLAIM = { claim: "groups", value: "support", credential: "default" };

test("an identity provider is configured with rules for claims, which grant reading unless they say more", () => {
  const rules = { claims: [CLAIM, { ...CLAIM, rights: ["query", "events"], events: "all" }] };
  const { identity } = readConfig({ ...JWT, GATEWAY_IDENTITY_FILE: fileWith(JSON.stringify(rules)) });
  expect(identity.jsonWebTokens?.keySetUrl).toBe("https://id.example.com/jwks.json");
  expect(identity.rules.claims.map(({ rights }) => rights)).toEqual([
    { query: true, act: false, events: null },
    { query: true, act: false, events: { scope: "all", lines: [] } },
  ]);
});

test.each<[string, Record<string, string>, unknown, RegExp]>([
  ["is missing a part", { GATEWAY_JWT_AUDIENCE: "" }, { claims: [CLAIM] }, /must be set together/],
  [
    "has keys that anybody could replace",
    { GATEWAY_JWT_JWKS_URL: "http://id.example.com/k" },
    { claims: [CLAIM] },
    /^GATEWAY_JWT_JWKS_URL must be an https address/,
  ],
  ["has no rules", {}, {}, /needs rules for claims in GATEWAY_IDENTITY_FILE/],
  [
    "has a rule for a credential that is not there",
    {},
    { claims: [{ ...CLAIM, credential: "anna" }] },
    /names the credential anna, which is not configured/,
  ],
  [
    "has a rule that contradicts itself",
    {},
    { claims: [{ ...CLAIM, events: "all" }] },
    /claims 0 must have the right events/,
  ],
  ["has a misspelt rule", {}, { claims: [{ ...CLAIM, right: ["act"] }] }, /has a wrong rule: claims 0/],
  [
    "has a rule for a portal that is not served",
    {},
    { claims: [CLAIM], users: [{ portal: "a.example.com", userIds: ["1"] }] },
    /users of a.example.com, which is not in BITRIX24_PORTALS/,
  ],
])("an identity provider that %s is a start error", (_name, environment, rules, sentence) => {
  const problems = problemsOf({ ...JWT, GATEWAY_IDENTITY_FILE: fileWith(JSON.stringify(rules)), ...environment });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(sentence);
});
