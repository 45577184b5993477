import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildSchema } from "../../../src/resolvers/build-schema.ts";
import { readKnownOperations } from "../../../src/server/operations/known-operations.ts";
import { createPreparation } from "../../../src/server/operations/prepare.ts";
import { defaultLimits } from "../../kit/default-limits.ts";
import { startComputing } from "../../kit/own-time.ts";

const preparation = createPreparation({
  schema: buildSchema(),
  introspection: false,
  limits: defaultLimits,
  known: undefined,
});

function prepare(source: string, operationName: string | null = null) {
  const prepared = preparation.prepare(source, operationName);
  return prepared.kind === "operation" ? prepared.operation : prepared.errors.map(({ extensions }) => extensions);
}

test("a valid document is parsed once, an invalid one is never kept", () => {
  const source = "{ upstream { level } }";
  expect(prepare(source)).toMatchObject({ kind: "query", name: null });
  expect(prepare(source)).toBe(prepare(source));
  expect(prepare("{ nothing }")).toMatchObject([{ code: "GRAPHQL_VALIDATION_FAILED" }]);
  expect(preparation.documents.find("{ nothing }")).toBeUndefined();
});

test.each([
  ["rootFields", 40, (count: number) => `{ ${"__typename ".repeat(count)} }`],
  ["rootFields", 40, (count: number) => `{ ...F } fragment F on Query { ${"__typename ".repeat(count)} }`],
  ["aliases", 200, (count: number) => `{ viewer { ${listed(count, (at) => `a${at}: kind`)} } }`],
  ["directives", 100, (count: number) => `{ viewer { ${"kind @include(if: true) ".repeat(count)} } }`],
  [
    "variables",
    100,
    (count: number) =>
      `query (${listed(count, (at) => `$v${at}: ID!`)}) { users(ids: [${listed(count, (at) => `$v${at}`)}]) { id } }`,
  ],
])("as many %s as may be pass, one more does not", (limit, maximum, document) => {
  expect(prepare(document(maximum))).toMatchObject({ kind: "query" });
  expect(prepare(document(maximum + 1))).toEqual([{ code: "LIMIT_EXCEEDED", limit, maximum, actual: maximum + 1 }]);
});

function listed(count: number, text: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => text(at)).join(" ");
}

test("fragments count as often as they are spread, in no time", () => {
  const doubling = listed(60, (at) => `fragment F${at} on Viewer { ...F${at + 1} ...F${at + 1} }`);
  const computed = startComputing();
  expect(prepare(`{ viewer { ...F0 } } ${doubling} fragment F60 on Viewer { a: kind }`)).toEqual([
    { code: "LIMIT_EXCEEDED", limit: "aliases", maximum: 200 },
  ]);
  expect(
    prepare(
      `{ viewer { ...F0 } } ${listed(8, (at) => `fragment F${at} on Viewer { ...F${at + 1} ...F${at + 1} }`)} fragment F8 on Viewer { a: kind }`,
    ),
  ).toEqual([{ code: "LIMIT_EXCEEDED", limit: "aliases", maximum: 200, actual: 256 }]);
  expect(computed()).toBeLessThan(1_000);
});

describe("fields that repeat are refused before they are compared with each other:", () => {
  const comparisons = { code: "LIMIT_EXCEEDED", limit: "documentComparisons", maximum: 30_000 };
  const nodes = (selections: string) => `{ inbox { nodes { ${selections} } } }`;

  test.each([
    ["in one place", (count: number) => nodes("id ".repeat(count)), 245],
    ["with what is below them", (count: number) => nodes("chat { id } ".repeat(count)), 173],
    ["in inline fragments", (count: number) => nodes("... on InboxItem { id } ".repeat(count)), 245],
    ["below what repeats itself", (count: number) => nodes(`chat { ${"id ".repeat(count)} } `.repeat(4)), 61],
    [
      "in fragments",
      (count: number) =>
        `${nodes(listed(count, (at) => `...F${at}`))} ${listed(count, (at) => `fragment F${at} on InboxItem { id }`)}`,
      245,
    ],
  ])("%s", (_where, document, most) => {
    expect(prepare(document(most))).toMatchObject({ kind: "query" });
    expect(prepare(document(most + 1))).toEqual([comparisons]);
    expect(prepare(document(most * 2))).toEqual([comparisons]);
  });

  test("in more fragments of fragments than can be looked at", () => {
    const next = (at: number) => `latestSession { chat { ...F${at + 1} } } currentSession { chat { ...F${at + 1} } }`;
    const doubling = listed(20, (at) => `fragment F${at} on Chat { ${next(at)} }`);
    const computed = startComputing();
    expect(prepare(`${doubling} fragment F20 on Chat { id } ${nodes("chat { ...F0 }")}`)).toEqual([comparisons]);
    expect(computed()).toBeLessThan(500);
  });
});

test("fragments that spread themselves are validation's to refuse", () => {
  expect(prepare("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")).toMatchObject([
    { code: "GRAPHQL_VALIDATION_FAILED" },
  ]);
});

test("what the operation that runs does not use counts as tokens only", () => {
  const many = listed(50, (at) => `a${at}: __typename`);
  const source = `query Small { __typename } query Large { ${many} }`;
  expect(prepare(source, "Small")).toMatchObject({ name: "Small" });
  expect(prepare(source, "Large")).toMatchObject([{ limit: "rootFields", actual: 50 }]);
});

test.each([
  ["{ __typename }", "Other", "no operation of the name"],
  ["query A { __typename } query B { __typename }", null, "several operations"],
])("%s with the name %s names no operation", (source, name, words) => {
  const prepared = preparation.prepare(source, name);
  expect(prepared).toMatchObject({
    kind: "refused",
    errors: [{ message: expect.stringContaining(words), extensions: { code: "OPERATION_RESOLUTION_FAILURE" } }],
  });
});

test("where only known operations run, others are refused before they are parsed", () => {
  const file = join(mkdtempSync(join(tmpdir(), "operations-")), "operations.json");
  const hash = "8bc25b6ab6d2a0e5a24ac4fd7c5c2d1c5f1ce7b7d3f6d1d7c1b0a0e9d8c7b6a5";
  writeFileSync(file, JSON.stringify(["{ __typename }", hash]));
  const known = readKnownOperations(file);
  const strict = createPreparation({ schema: buildSchema(), introspection: false, limits: defaultLimits, known });
  expect(strict.prepare("{ __typename }", null).kind).toBe("operation");
  for (const source of ["{ viewer { kind } }", "{ __typename } ", "{ chat( }"]) {
    expect(strict.prepare(source, null)).toMatchObject({
      kind: "refused",
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
  }
});
