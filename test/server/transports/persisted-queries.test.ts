import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";
import { errorsOf, type RawAnswer, send } from "../../kit/http-client.ts";

const QUERY = "query Label { viewer { label } }";

let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  gateway = await startGateway({ portal, keys: { plain: portal.users[1]?.webhookUrl ?? "" } });
});

afterAll(async () => {
  await gateway.close();
  await portal.close();
});

function post(body: Readonly<Record<string, unknown>>): Promise<RawAnswer> {
  const headers = { "x-api-key": gateway.keyOf("plain"), "content-type": "application/json" };
  return send(gateway.url, { headers, body: JSON.stringify(body) });
}

function get(parameters: Readonly<Record<string, string>>): Promise<RawAnswer> {
  const headers = { "x-api-key": gateway.keyOf("plain"), "apollo-require-preflight": "true" };
  return send(`${gateway.url}?${new URLSearchParams(parameters)}`, { method: "GET", headers });
}

function persisted(text: string, version = 1): Record<string, unknown> {
  return { persistedQuery: { version, sha256Hash: createHash("sha256").update(text).digest("hex") } };
}

test("a query is asked for once and then known by its hash, with POST and GET", async () => {
  const extensions = persisted(QUERY);
  const unknown = await post({ extensions });
  expect(unknown.status).toBe(200);
  expect(errorsOf(unknown)[0]?.extensions.code).toBe("PERSISTED_QUERY_NOT_FOUND");
  const expected = { data: { viewer: { label: "plain" } } };
  expect(JSON.parse((await post({ query: QUERY, extensions })).text)).toMatchObject(expected);
  expect(JSON.parse((await post({ extensions })).text)).toMatchObject(expected);
  expect(JSON.parse((await get({ extensions: JSON.stringify(extensions) })).text)).toMatchObject(expected);
});

describe("a wrong use of persisted queries is the client's fault and says so", () => {
  test.each([
    ["the hash of another text", { query: QUERY, extensions: persisted("{ viewer { kind } }") }, "sha does not match"],
    ["another version", { query: QUERY, extensions: persisted(QUERY, 2) }, "version"],
    ["no hash", { query: QUERY, extensions: { persistedQuery: { version: 1 } } }, "sha does not match"],
    ["no object", { query: QUERY, extensions: { persistedQuery: "yes" } }, "version"],
  ])("%s", async (_name, body, words) => {
    const answer = await post(body);
    expect([answer.status, errorsOf(answer)[0]?.extensions]).toEqual([400, { code: "BAD_REQUEST" }]);
    expect(errorsOf(answer)[0]?.message).toContain(words);
  });
});
