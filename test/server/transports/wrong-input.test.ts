import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";
import { errorsOf, send } from "../../kit/http-client.ts";

const JSON_TYPE = { "content-type": "application/json" };

let portal: RunningPortal;
let gateway: TestGateway;
let key: Record<string, string>;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  gateway = await startGateway({ portal, keys: { plain: portal.users[1]?.webhookUrl ?? "" } });
  key = { "x-api-key": gateway.keyOf("plain") };
});

afterAll(async () => {
  await gateway.close();
  await portal.close();
});

describe("a body that is not a request", () => {
  test.each([
    ["text that is not JSON", { ...JSON_TYPE }, "{ viewer { id } }", 400, "BAD_REQUEST", "not JSON"],
    ["half a JSON text", { ...JSON_TYPE }, '{"query": "{ view', 400, "BAD_REQUEST", "not JSON"],
    ["no body", { ...JSON_TYPE }, "", 400, "BAD_REQUEST", "empty"],
    ["no body and no type", {}, "", 400, "BAD_REQUEST", "empty"],
    ["an empty object", { ...JSON_TYPE }, "{}", 400, "BAD_REQUEST", "no keys"],
    ["a list", { ...JSON_TYPE }, "[]", 400, "BAD_REQUEST", "atching"],
    ["a number", { ...JSON_TYPE }, "7", 400, "BAD_REQUEST", "body"],
    ["an object without a query", { ...JSON_TYPE }, '{"variables": {}}', 400, "BAD_REQUEST", "query"],
    ["a query that is no text", { ...JSON_TYPE }, '{"query": 5}', 400, "BAD_REQUEST", "strings"],
    [
      "variables that are no object",
      { ...JSON_TYPE },
      '{"query": "{ __typename }", "variables": "{}"}',
      400,
      "BAD_REQUEST",
      "variables",
    ],
    ["XML", { "content-type": "application/xml" }, "<query/>", 415, "BAD_REQUEST", "application/json"],
    [
      "a form",
      { "content-type": "application/x-www-form-urlencoded" },
      "query=%7B__typename%7D",
      400,
      "BAD_REQUEST",
      "CSRF",
    ],
  ])("%s is refused with a sentence", async (_name, headers, body, status, code, words) => {
    const answer = await send(gateway.url, { headers: { ...key, ...headers }, body });
    const [error] = errorsOf(answer);
    expect([answer.status, error?.extensions.code]).toEqual([status, code]);
    expect(error?.message).toContain(words);
    expect(answer.headers["content-type"]).toMatch(/^application\/(graphql-response\+)?json/);
    expect(answer.text).not.toMatch(/FST_ERR|stack|node_modules|\.ts:/);
  });

  test("10 MB are refused without being read to the end", async () => {
    const answer = await send(gateway.url, {
      headers: { ...key, ...JSON_TYPE, "content-length": String(10 * 1024 * 1024) },
      body: "x".repeat(10 * 1024 * 1024),
    });
    expect(answer.status).toBe(413);
    expect(errorsOf(answer)[0]).toEqual({
      message: "The request's body is larger than the limit of 1048576 bytes.",
      extensions: { code: "LIMIT_EXCEEDED", limit: "bodyBytes", maximum: 1_048_576 },
    });
  });
});

describe("a document or variables that do not fit", () => {
  test.each([
    ["a syntax error", "{ chat( }", {}, 400, "GRAPHQL_PARSE_FAILED", /Syntax Error/],
    ["an unknown field", "{ viewr { user { id } } }", {}, 400, "GRAPHQL_VALIDATION_FAILED", /Did you mean "viewer"/],
    ["an absent look-up", "{ chat { id } }", {}, 400, "GRAPHQL_VALIDATION_FAILED", /"by".*required/],
    ["an empty look-up", "{ chat(by: {}) { id } }", {}, 400, "GRAPHQL_VALIDATION_FAILED", /exactly one key/],
    ["a null look-up", "{ chat(by: {id: null}) { id } }", {}, 400, "GRAPHQL_VALIDATION_FAILED", /non-null/],
    [
      "a double look-up",
      '{ chat(by: {id: 5, userCode: "a"}) { id } }',
      {},
      400,
      "GRAPHQL_VALIDATION_FAILED",
      /exactly one key/,
    ],
    [
      "a double look-up in variables",
      "query($by: ChatLookup!) { chat(by: $by) { id } }",
      { by: { id: 5, sessionId: 6 } },
      400,
      "BAD_USER_INPUT",
      /Exactly one key|exactly one/,
    ],
    [
      "a null look-up in variables",
      "query($by: ChatLookup!) { chat(by: $by) { id } }",
      { by: { id: null } },
      400,
      "BAD_USER_INPUT",
      /non-null/,
    ],
    ["a missing variable", "query($by: ChatLookup!) { chat(by: $by) { id } }", {}, 400, "BAD_USER_INPUT", /\$by/],
    [
      "a variable of the wrong type",
      "query($n: Int) { inbox(first: $n) { nodes { id } } }",
      { n: "many" },
      400,
      "BAD_USER_INPUT",
      /\$n/,
    ],
    ["an id that is not a number", '{ chat(by: {id: "abc"}) { id } }', {}, 200, "BAD_USER_INPUT", /whole number/],
    ["an id of zero", "{ chat(by: {id: 0}) { id } }", {}, 200, "BAD_USER_INPUT", /greater than 0/],
    ["a page of 1000", "{ inbox(first: 1000) { nodes { id } } }", {}, 200, "BAD_USER_INPUT", /between 1 and 100/],
    [
      "two operations and no name",
      "query A { __typename } query B { __typename }",
      {},
      400,
      "OPERATION_RESOLUTION_FAILURE",
      /several operations/,
    ],
  ])("%s is refused with a sentence", async (_name, query, variables, status, code, words) => {
    const answer = await gateway.graphql(query, variables, { key: "plain" });
    expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([status, code]);
    expect(answer.errors?.[0]?.message).toMatch(words);
    expect(answer.extensions.upstream.requests).toBe(0);
  });
});

describe("an object that is not there", () => {
  test("an absent chat is told apart from a failure", async () => {
    const answer = await gateway.graphql("{ chat(by: {id: 999999999}) { id title } }", {}, { key: "plain" });
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ chat: null });
    expect(answer.errors?.[0]).toMatchObject({
      path: ["chat"],
      extensions: {
        code: "NOT_FOUND_OR_FORBIDDEN",
        bitrix24: { method: "imopenlines.dialog.get", error: "ACCESS_ERROR" },
      },
    });
  });

  test("one refused field leaves the others alone", async () => {
    const answer = await gateway.graphql(
      "{ chat(by: {id: 999999999}) { title } apiRevision { rest } }",
      {},
      { key: "plain" },
    );
    expect(answer.errors).toHaveLength(1);
    expect(answer.data.apiRevision.rest).toBe(2);
  });
});

test.each(["9", '"25:00"'])("a time of day written as %s is refused where it stands", async (time) => {
  const query = `mutation { openLineUpdate(openLineId: 1, input: {workTime: {from: ${time}}}) { userErrors { code } } }`;
  const answer = await send(gateway.url, { headers: { ...key, ...JSON_TYPE }, body: JSON.stringify({ query }) });
  expect(answer.status).toBe(400);
  expect(errorsOf(answer)).toMatchObject([
    {
      message: expect.stringContaining("HH:MM"),
      locations: [{ line: 1, column: query.indexOf(time) + 1 }],
      extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
    },
  ]);
});
