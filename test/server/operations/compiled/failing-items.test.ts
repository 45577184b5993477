import { setImmediate as nextTurn } from "node:timers/promises";
import {
  GraphQLError,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  Kind,
  parse,
} from "graphql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createCompiledQueries } from "../../../../src/server/operations/compiled/compiled-queries.ts";
import { jsonText } from "../../../../src/subscriptions/live/json-pieces.ts";

const listeners = process.listeners("unhandledRejection");
let unhandled: unknown[] = [];

beforeEach(() => {
  unhandled = [];
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => unhandled.push(error));
});

afterEach(() => {
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

/** A query for one list of objects, made of these items. */
async function ask(items: () => unknown[], sliceSize: number, maxLength = 100_000) {
  const item = new GraphQLObjectType({ name: "Item", fields: { n: { type: GraphQLInt } } });
  const list = { type: new GraphQLList(new GraphQLNonNull(item)), resolve: items };
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: "Query", fields: { list } }) });
  const document = parse("{ list { n } }");
  const [node] = document.definitions;
  if (node?.kind !== Kind.OPERATION_DEFINITION) throw new Error("no operation");
  const operation = { document, node, kind: "query" as const, name: null, takesCursor: false };
  const written = await createCompiledQueries(schema, { sliceSize }).run({
    operation,
    variables: {},
    context: {},
    maxLength,
    tooLong: () => {},
  });
  if (written === undefined) throw new Error("not run");
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  const { data } = written;
  return {
    data: data === undefined ? undefined : jsonText(data),
    messages: written.errors.map(({ message }) => message),
  };
}

const failing = async (): Promise<never> => {
  await nextTurn();
  throw new GraphQLError("too late");
};

test("items that are still to come when one fails at once fail unheard, whatever waited before it", async () => {
  for (const before of [[], [Promise.resolve({ n: 1 })]]) {
    const answer = await ask(() => [...before, new GraphQLError("at once"), failing(), failing()], 100);
    expect(answer).toEqual({ data: '{"list":null}', messages: ["at once"] });
  }
  expect(unhandled).toEqual([]);
});

test("an item that fails while the list waits for its next turn is told when the list comes to it", async () => {
  const plain = Array.from({ length: 50 }, (_, n) => ({ n }));
  const answer = await ask(() => [...plain, Promise.reject(new GraphQLError("early"))], 5);
  expect(answer).toEqual({ data: '{"list":null}', messages: ["early"] });
  expect(unhandled).toEqual([]);
});

test("items behind the end of an answer that became too long fail unheard", async () => {
  await ask(() => [{ n: 1 }, { n: 2 }, { n: 3 }, failing()], 100, 10);
  expect(unhandled).toEqual([]);
});
