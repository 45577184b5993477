import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { ConfigError } from "../../../src/config/config.ts";
import { readKeyTerms } from "../../../src/server/identity/key-terms.ts";
import { addKey, removeKey } from "../../../src/server/identity/keys-file.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";
import { runGateway } from "../../kit/gateway-here.ts";
import { errorsOf, type RawAnswer, send } from "../../kit/http-client.ts";
import { eventually } from "../../kit/until.ts";
import { openMessageSocket } from "../transports/message-socket.ts";

const WHO = "{ viewer { user { id } } }";

let portal: RunningPortal;
let host: string;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  host = new URL(portal.url).host;
});

afterAll(() => portal.close());

function ask(url: string, headers: Record<string, string>, query = WHO): Promise<RawAnswer> {
  return send(url, { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify({ query }) });
}

function userId(answer: RawAnswer): unknown {
  return JSON.parse(answer.text).data?.viewer?.user?.id;
}

function person(index: number) {
  const user = portal.users[index];
  if (user === undefined) throw new Error("the seed is smaller than this test");
  return user;
}

describe("with keys", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      portal,
      keys: { one: person(1).webhookUrl, two: person(2).webhookUrl },
      env: { BITRIX24_PORTALS: host },
    });
  });
  afterAll(() => gateway.close());

  test("each key acts as its own user, in either header", async () => {
    const one = await ask(gateway.url, { "x-api-key": gateway.keyOf("one") });
    const two = await ask(gateway.url, { authorization: `Bearer ${gateway.keyOf("two")}` });
    expect([userId(one), userId(two)]).toEqual([String(person(1).id), String(person(2).id)]);
  });

  test.each([
    ["a wrong key", { "x-api-key": "0123456789abcdef" }],
    ["a wrong bearer token", { authorization: "Bearer 0123456789abcdef" }],
    ["no key", {}],
    ["another scheme", { authorization: "Basic b25lOnR3bw==" }],
  ])("%s is 401 with a GraphQL error", async (_name, headers) => {
    const answer = await ask(gateway.url, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
    expect(errorsOf(answer)).toEqual([{ message: expect.any(String), extensions: { code: "UNAUTHENTICATED" } }]);
  });

  test("a user's own access token acts as that user, also while keys exist", async () => {
    const { accessToken } = portal.issueTokens(person(3).id);
    const answer = await ask(gateway.url, { authorization: `Bearer ${accessToken}`, "x-bitrix24-portal": host });
    expect(userId(answer)).toBe(String(person(3).id));
  });

  test("a token the portal does not know is 401", async () => {
    const answer = await ask(gateway.url, { authorization: "Bearer made-up", "x-bitrix24-portal": host });
    expect(answer.status).toBe(401);
    expect(errorsOf(answer)[0]?.extensions.code).toBe("UNAUTHENTICATED");
    expect(answer.text).not.toContain("made-up");
  });

  test.each(["evil.example.com", "http://evil.example.com", "127.0.0.1", "../..", "a".repeat(300)])(
    "the portal %s, which is not in the allow-list, is refused without being repeated",
    async (named) => {
      const answer = await ask(gateway.url, { authorization: "Bearer token", "x-bitrix24-portal": named });
      expect([answer.status, errorsOf(answer)[0]?.extensions.code]).toEqual([403, "FORBIDDEN"]);
      expect(answer.text).not.toContain(named);
    },
  );

  describe("a request that is from a key's holder and a Bitrix24 user at once", () => {
    const both = () => ({
      "x-api-key": gateway.keyOf("one"),
      authorization: `Bearer ${portal.issueTokens(person(3).id).accessToken}`,
      "x-bitrix24-portal": host,
    });

    const told = { message: expect.stringContaining("either X-Api-Key or"), extensions: { code: "BAD_REQUEST" } };

    test("acts as neither: it is 400, and told to send one of them", async () => {
      const answer = await ask(gateway.url, both());
      expect([answer.status, errorsOf(answer)]).toEqual([400, [told]]);
      expect(answer.headers["www-authenticate"]).toBeUndefined();
    });

    test("is told the same in place of an event stream", async () => {
      const answer = await ask(`${gateway.url}/stream`, { ...both(), accept: "text/event-stream" });
      expect(answer.status).toBe(400);
      expect(errorsOf(answer)).toEqual([told]);
    });

    test("is closed with 4401 on a socket, and the reason says the same", async () => {
      const nested = await openMessageSocket(new URL(gateway.url).origin, { headers: both() });
      const { "x-api-key": key, ...token } = both();
      const spread = await openMessageSocket(new URL(gateway.url).origin, { "X-Api-Key": key, headers: token });
      for (const socket of [nested, spread]) {
        const { code, reason } = await socket.closed;
        expect(code).toBe(4401);
        expect(reason).toMatch(/^Send either X-Api-Key or .* from\.$/);
      }
    });
  });

  test("a portal without a token is 401", async () => {
    const answer = await ask(gateway.url, { "x-bitrix24-portal": host });
    expect([answer.status, errorsOf(answer)[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
  });
});

describe("without keys", () => {
  test("this machine acts with the configured webhook, from the first key on never again", async () => {
    const directory = mkdtempSync(join(tmpdir(), "identity-"));
    const gateway = await runGateway({ BITRIX24_WEBHOOK_URL: person(1).webhookUrl, GATEWAY_DATA_DIR: directory });
    try {
      expect(userId(await ask(gateway.url, {}))).toBe(String(person(1).id));
      const key = addKey(join(directory, "keys.json"), "first", undefined);
      await eventually(async () => expect((await ask(gateway.url, {})).status).toBe(401));
      expect(userId(await ask(gateway.url, { "x-api-key": key }))).toBe(String(person(1).id));
      removeKey(join(directory, "keys.json"), "first");
      const withdrawn = async () => (await ask(gateway.url, { "x-api-key": key })).status;
      await eventually(async () => expect(await withdrawn()).toBe(401));
      // To withdraw the last key is not to let everybody in.
      expect((await ask(gateway.url, {})).status).toBe(401);
    } finally {
      await gateway.close();
    }
  });

  test("a name that a page on the web made resolve to this machine is refused", async () => {
    const gateway = await runGateway({ BITRIX24_WEBHOOK_URL: person(1).webhookUrl });
    try {
      const answer = await ask(gateway.url, { host: "rebound.example.com:4000" });
      expect([answer.status, errorsOf(answer)[0]?.extensions.code]).toEqual([403, "FORBIDDEN"]);
      expect((await ask(gateway.url, { host: "localhost:4000" })).status).toBe(200);
    } finally {
      await gateway.close();
    }
  });

  test("what a proxy passes on is refused, whatever it says of its client", async () => {
    const gateway = await runGateway({ BITRIX24_WEBHOOK_URL: person(1).webhookUrl });
    try {
      for (const header of ["x-forwarded-for", "x-real-ip", "forwarded", "x-forwarded-proto"]) {
        const answer = await ask(gateway.url, { [header]: "127.0.0.1" });
        expect([answer.status, errorsOf(answer)[0]?.extensions.code]).toEqual([403, "FORBIDDEN"]);
      }
    } finally {
      await gateway.close();
    }
  });

  test("and without a credential to act with the missing setting is named, in the answer and in the log", async () => {
    const lines: string[] = [];
    const log = pino({ level: "info" }, { write: (line) => lines.push(line) });
    const gateway = await runGateway({ BITRIX24_PORTALS: host }, log);
    try {
      const answer = await ask(gateway.url, {});
      expect(answer.status).toBe(401);
      expect(errorsOf(answer)[0]?.message).toMatch(/no keys, and no default credential.*set BITRIX24_WEBHOOK_URL/);
      expect(lines.join()).toContain("no default credential (BITRIX24_WEBHOOK_URL)");
      expect(lines.join()).not.toContain("only this machine is served");
    } finally {
      await gateway.close();
    }
  });

  test("any other address than a loopback one is a start error that says why", async () => {
    const start = runGateway({ BITRIX24_WEBHOOK_URL: person(1).webhookUrl, GATEWAY_HOST: "0.0.0.0" });
    await expect(start).rejects.toThrow(ConfigError);
    await expect(start).rejects.toThrow(/there are no keys.*npm run keys -- add NAME/);
  });

  test("with keys, or where every user brings a token, any address will do", async () => {
    const keyed = await runGateway({
      BITRIX24_WEBHOOK_URL: person(1).webhookUrl,
      GATEWAY_HOST: "0.0.0.0",
      GATEWAY_API_KEYS: "inbox:0123456789abcdef",
    });
    await keyed.close();
    const tokens = await runGateway({ BITRIX24_PORTALS: host, GATEWAY_HOST: "0.0.0.0" });
    await tokens.close();
    expect(new URL(keyed.url).port).not.toBe("0");
  });
});

describe("a key with rights and an end", () => {
  const READ = "{ viewer { user { id } } }";
  const ACT = "mutation { chatPinAll { userErrors { code } } }";
  // Without the right to listen it is refused before the filter is looked at; with it, because of the filter: either way it ends.
  const LISTEN = "subscription { openLineEvents(filter: { chatIds: [] }) { cursor } }";

  async function startWithKeysFile() {
    const directory = mkdtempSync(join(tmpdir(), "identity-"));
    const gateway = await runGateway({ BITRIX24_WEBHOOK_URL: person(1).webhookUrl, GATEWAY_DATA_DIR: directory });
    onTestFinished(() => gateway.close());
    return { gateway, file: join(directory, "keys.json") };
  }

  test.each([
    ["query", { reads: true, acts: false, listens: false }],
    ["act", { reads: false, acts: true, listens: false }],
    ["query,events", { reads: true, acts: false, listens: true }],
  ])("of %s may do that alone", async (rights, expected) => {
    const { gateway, file } = await startWithKeysFile();
    const headers = { "x-api-key": addKey(file, "some", undefined, readKeyTerms({ rights }, Date.now())) };
    const may = (answer: RawAnswer): boolean =>
      !/"message":"This identity has no right to .*FORBIDDEN/.test(answer.text);
    const stream = { ...headers, accept: "text/event-stream" };
    expect({
      reads: may(await ask(gateway.url, headers, READ)),
      acts: may(await ask(gateway.url, headers, ACT)),
      listens: may(await ask(`${gateway.url}/stream`, stream, LISTEN)),
    }).toEqual(expected);
    expect(may(await ask(`${gateway.url}/stream`, stream, ACT))).toBe(expected.acts);
  });

  test("is refused once its time is over, and told when that was", async () => {
    const { gateway, file } = await startWithKeysFile();
    const expiresAt = new Date(Date.now() + 1_000).toISOString();
    const headers = { "x-api-key": addKey(file, "brief", undefined, { expiresAt }) };
    expect((await ask(gateway.url, headers)).status).toBe(200);
    await eventually(async () => expect((await ask(gateway.url, headers)).status).toBe(401));
    expect(errorsOf(await ask(gateway.url, headers))[0]).toEqual({
      message: `The API key brief expired at ${expiresAt}.`,
      extensions: { code: "UNAUTHENTICATED" },
    });
  });

  test("whose credential is not configured is told the setting", async () => {
    const { gateway, file } = await startWithKeysFile();
    const answer = await ask(gateway.url, { "x-api-key": addKey(file, "lost", "anna") });
    expect([answer.status, errorsOf(answer)[0]?.message]).toEqual([
      403,
      "The API key lost acts with the credential anna, which is not configured: add it to BITRIX24_CREDENTIALS_FILE.",
    ]);
  });
});
