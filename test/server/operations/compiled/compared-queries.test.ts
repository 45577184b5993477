import { createHash } from "node:crypto";
import { getOperationAST, parse } from "graphql";
import { expect, test } from "vitest";
import { buildSchema } from "../../../../src/resolvers/build-schema.ts";
import { createComparedQueries } from "../../../../src/server/operations/compiled/compared-queries.ts";
import {
  createCompiledQueries,
  type WrittenResult,
} from "../../../../src/server/operations/compiled/compiled-queries.ts";
import type { PreparedOperation } from "../../../../src/server/operations/prepare.ts";
import { jsonText } from "../../../../src/subscriptions/live/json-pieces.ts";
import { send } from "../../../kit/http-client.ts";
import { logTo } from "../../../kit/log-lines.ts";
import { startScriptedGateway } from "../../../kit/scripted-gateway.ts";
import { eventually } from "../../../kit/until.ts";
import { dialogOnWire } from "../../../resolvers/wire-answers.ts";

const DIFFERS = "A query was answered otherwise than graphql-js answers it";
const JSON_TYPE = { "content-type": "application/json" };

const QUERIES = [
  "{ viewer { kind } upstream { level } }",
  '{ chat(by: { id: 1 }) { id title state participantCount line { id name } operator { name } } again: chat(by: { userCode: "livechat|1|1|1" }) { id } }',
  "{ quickReplies(lineId: 1) { nodes { id } } inbox(first: 2) { nodes { id chat { title } } } }",
  "query Q($a: Boolean!) { chat(by: { id: 2 }) { ...F @skip(if: $a) title } } fragment F on Chat { id messages(last: 2) { nodes { id html } } }",
  '{ chat(by: { id: "none" }) { id } }',
];

/** Answers of a gateway to the queries and a mutation, with what its portal was asked and what it counts. */
async function askAll(settings: Readonly<Record<string, string>>) {
  const log = logTo("warn");
  const { origin, portal } = await startScriptedGateway(settings, log.logger);
  portal.answer = () => dialogOnWire({ id: 1, dialog_id: "chat1" });
  const before = portal.requests.length;
  const post = (query: string) =>
    send(`${origin}/graphql`, { headers: JSON_TYPE, body: JSON.stringify({ query, variables: { a: false } }) });
  for (const query of QUERIES) await post(query);
  await post("mutation { chatPin(chatId: 1) { userErrors { code } } }");
  const counts = async (): Promise<unknown> =>
    JSON.parse((await send(`${origin}/ready`, { method: "GET" })).text).comparedQueries;
  return { requests: () => portal.requests.length - before, counts, lines: log.lines };
}

test("queries that are run by both executors are counted, cost the portal nothing, and a mutation is never one of them", async () => {
  const alone = await askAll({});
  const compared = await askAll({ GATEWAY_COMPARED_QUERIES: "1" });
  await eventually(async () => expect(await compared.counts()).toEqual({ compared: QUERIES.length, differing: 0 }));
  expect(compared.requests()).toBe(alone.requests());
  expect(compared.lines().map(({ msg }) => msg)).not.toContain(DIFFERS);
  expect(await alone.counts()).toBeUndefined();
});

test("one in so many is compared", async () => {
  const compared = await askAll({ GATEWAY_COMPARED_QUERIES: "2" });
  await eventually(async () => expect(await compared.counts()).toEqual({ compared: 2, differing: 0 }));
});

test("none is where graphql-js runs everything", async () => {
  const off = await askAll({ GATEWAY_COMPARED_QUERIES: "1", GATEWAY_COMPILED_QUERIES: "off" });
  expect(await off.counts()).toBeUndefined();
});

const SECRET = '{ viewer { name: kind secret: __typename } } # "a secret"';

function prepared(source: string): PreparedOperation {
  const document = parse(source);
  const node = getOperationAST(document);
  if (!node) throw new Error("a document without an operation");
  return { document, node, kind: "query", name: null, takesCursor: false };
}

test.each([
  ["a value", (data: string) => data.replace('"OPEN"', '"CLOSED"'), "viewer.name"],
  ["a field less", (data: string) => data.replace(',"secret":"Viewer"', ""), "viewer.secret"],
  ["an order", (data: string) => data.replace(/("name":"OPEN"),("secret":"Viewer")/, "$2,$1"), ""],
])(
  "an answer that differs in %s is told by its place and the document's hash, never with what is in either",
  async (_what, changed, path) => {
    const schema = buildSchema();
    const viewer = schema.getQueryType()?.getFields().viewer;
    if (viewer === undefined) throw new Error("the schema has no viewer");
    viewer.resolve = () => ({ kind: "OPEN" });
    const log = logTo("warn");
    const compared = createComparedQueries({ schema, every: 1, log: log.logger });
    const operation = prepared(SECRET);
    const witness = compared.next(operation);
    if (witness === undefined) throw new Error("every query is compared");
    const run = { operation, variables: {}, context: {}, maxLength: 10_000, tooLong: () => {}, witness };
    const written = await createCompiledQueries(schema).run(run);
    const data = changed(jsonText(written?.data ?? ""));
    expect(data).not.toBe(written?.data);
    compared.compare(witness, {
      operation,
      variables: {},
      written: { data, errors: [], length: 1 } satisfies WrittenResult,
    });
    await eventually(() => expect(compared.counts()).toEqual({ compared: 1, differing: 1 }));
    const document = createHash("sha256").update(SECRET).digest("hex");
    expect(log.lines()).toHaveLength(1);
    expect(log.lines()[0]).toMatchObject({ msg: DIFFERS, document, path });
    expect(JSON.stringify(log.lines())).not.toMatch(/OPEN|CLOSED|a secret/);
  },
);
