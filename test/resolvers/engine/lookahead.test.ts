import { GraphQLObjectType, type GraphQLResolveInfo, GraphQLSchema, GraphQLString, graphql } from "graphql";
import { describe, expect, test } from "vitest";
import { lookAhead, type Selection } from "../../../src/resolvers/engine/lookahead.ts";

const Item: GraphQLObjectType = new GraphQLObjectType({
  name: "Item",
  fields: () => ({ id: { type: GraphQLString }, name: { type: GraphQLString }, child: { type: Item } }),
});

/** What the resolver of `item` sees of an operation. */
async function selectionOf(source: string, variableValues: Record<string, unknown> = {}): Promise<Selection> {
  let info: GraphQLResolveInfo | undefined;
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: "Query",
      fields: {
        item: {
          type: Item,
          resolve: (_root, _args, _context, given: GraphQLResolveInfo) => {
            info = given;
            return {};
          },
        },
      },
    }),
  });
  const result = await graphql({ schema, source, variableValues });
  expect(result.errors).toBeUndefined();
  if (info === undefined) throw new Error("item was not resolved");
  return lookAhead(info);
}

describe("a look at the selection below a field", () => {
  test("names fields by their name in the schema, not by alias", async () => {
    const selection = await selectionOf("{ item { a: id b: id c: name } }");
    expect([...selection.names].sort()).toEqual(["id", "name"]);
  });

  test("an object needed for its id alone may name its type too", async () => {
    expect((await selectionOf("{ item { __typename key: id } }")).isIdOnly).toBe(true);
    expect((await selectionOf("{ item { id name } }")).isIdOnly).toBe(false);
  });

  test("sees through inline fragments and spread fragments, nested ones too", async () => {
    const selection = await selectionOf(`
      { item { ... on Item { child { ...Inner } } } }
      fragment Inner on Item { ...Deeper id }
      fragment Deeper on Item { name }
    `);
    expect([...selection.names]).toEqual(["child"]);
    expect([...selection.child("child").names].sort()).toEqual(["id", "name"]);
  });

  test("joins the selections of a field that stands several times", async () => {
    const selection = await selectionOf(
      "{ item { child { id } ...F child { child { id } } } } fragment F on Item { child { name } }",
    );
    expect([...selection.child("child").names].sort()).toEqual(["child", "id", "name"]);
  });

  test.each([
    ["@skip(if: true)", false],
    ["@skip(if: false)", true],
    ["@include(if: true)", true],
    ["@include(if: false)", false],
    ["@skip(if: $yes)", false],
    ["@include(if: $no)", false],
    ["@include(if: $yes) @skip(if: $no)", true],
  ])("name %s is selected: %s", async (directive, expected) => {
    const document = `query ($yes: Boolean! = true, $no: Boolean! = false) {
      item { id name ${directive} used: id @include(if: $yes) @skip(if: $no) }
    }`;
    expect((await selectionOf(document)).has("name")).toBe(expected);
  });

  test("leaves out what a skipped fragment holds", async () => {
    const selection = await selectionOf(
      "query ($v: Boolean!) { item { id ...F @skip(if: $v) ... @include(if: $v) { child { id } } } } fragment F on Item { name }",
      { v: true },
    );
    expect([...selection.names].sort()).toEqual(["child", "id"]);
  });

  test("tells each place where a field is selected, with its alias", async () => {
    const selection = await selectionOf("{ item { a: child { id } ...F } } fragment F on Item { b: child { name } }");
    expect(selection.occurrences("child").map((node) => node.alias?.value)).toEqual(["a", "b"]);
    expect(selection.occurrences("name")).toEqual([]);
  });

  test("what is not selected has an empty selection", async () => {
    const selection = await selectionOf("{ item { id } }");
    expect(selection.child("child").child("child").names.size).toBe(0);
    expect(selection.hasOnly(new Set(["id"]))).toBe(true);
    expect(selection.has("name") || selection.has("child")).toBe(false);
  });
});
