import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  getOperationAST,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  parse,
  validate,
} from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSchema } from "../../../../src/resolvers/build-schema.ts";
import { createCompiledQueries } from "../../../../src/server/operations/compiled/compiled-queries.ts";
import { errorsInAnswer } from "../../../../src/server/operations/error-order.ts";
import type { PreparedOperation } from "../../../../src/server/operations/prepare.ts";
import { startComputing } from "../../../kit/own-time.ts";
import { type RandomDocument, randomDocument } from "../../../kit/random-document.ts";
import { createDice, type Dice } from "../../../kit/random-operation.ts";
import { countOf, SEED } from "../../../kit/seeds.ts";

/** By its class an error becomes what a client is told. */
class Broken extends Error {}

/** What a field is answered from: where it stands decides what comes. */
interface Source {
  readonly place: string;
  readonly __typename: string;
}

function placeOf(source: unknown): string {
  return typeof source === "object" && source !== null && "place" in source ? String(source.place) : "";
}

/** The same dice for the same place in both executors. */
function diceAt(text: string): Dice {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return createDice(hash);
}

/** The whole schema over made-up data: values, nulls, lists, errors and promises of each, whatever field it is. */
function madeUpSchema(): GraphQLSchema {
  const schema = buildSchema();

  function valueFor(type: GraphQLOutputType, place: string, dice: Dice): unknown {
    if (dice.onceIn(25)) return new Broken(`broken at ${place}`);
    if (dice.onceIn(isNonNullType(type) ? 60 : 10)) return null;
    const bare = getNullableType(type);
    if (isListType(bare)) {
      return Array.from({ length: dice.below(4) }, (_, index) => {
        const item = valueFor(bare.ofType, `${place}[${index}]`, dice);
        return dice.onceIn(8) ? Promise.resolve(item) : item;
      });
    }
    if (isEnumType(bare)) return dice.onceIn(30) ? "NO SUCH WORD" : dice.pick(bare.getValues()).value;
    if (isScalarType(bare)) return scalarFor(bare.name, dice);
    const possible = isAbstractType(bare) ? schema.getPossibleTypes(bare) : [bare];
    const chosen = dice.pick(possible.filter(isObjectType));
    return { place, __typename: chosen.name } satisfies Source;
  }

  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (source: Source) => source.__typename;
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    type.isTypeOf = undefined;
    for (const field of Object.values(type.getFields())) {
      const resolve: GraphQLFieldResolver<unknown, unknown> = (source, args) => {
        const place = `${placeOf(source)}.${field.name}${JSON.stringify(args)}`;
        const dice = diceAt(place);
        if (dice.onceIn(20)) throw dice.onceIn(2) ? new Broken("thrown") : coded(dice);
        const value = valueFor(field.type, place, dice);
        if (!dice.onceIn(4)) return value;
        return dice.onceIn(5) ? Promise.reject(coded(dice)) : Promise.resolve(value);
      };
      field.resolve = resolve;
    }
  }
  return schema;
}

function coded(dice: Dice): GraphQLError {
  return new GraphQLError("refused", { extensions: { code: dice.pick(["FORBIDDEN", "UPSTREAM_TIMEOUT"]) } });
}

function scalarFor(name: string, dice: Dice): unknown {
  switch (name) {
    case "Int":
    case "SafeInt":
    case "Float":
      return dice.onceIn(30) ? "no number" : dice.below(1_000);
    case "Boolean":
      return dice.onceIn(2);
    case "DateTime":
      return dice.onceIn(30) ? "no date" : new Date(1_700_000_000_000 + dice.below(1_000_000));
    case "JSONObject":
      return { some: dice.below(5) };
    case "URL":
      return "https://example.com/";
    default:
      return String(dice.below(1_000));
  }
}

function prepared(document: RandomDocument["source"]): PreparedOperation {
  const parsed = parse(document);
  const node = getOperationAST(parsed);
  if (!node) throw new Error("a document without an operation");
  return { document: parsed, node, kind: "query", name: node.name?.value ?? null, takesCursor: false };
}

/** As it is shown, with everything that a client or the log gets to see of an error. */
function shown({ data, errors }: ExecutionResult) {
  return {
    data: JSON.stringify(data),
    // Where several failures made one object null, it is chance which of them was the first.
    errors: errors && errorsInAnswer(errors, data).map((error) => nulledPlace(error, data) ?? allOf(error)),
  };
}

function allOf({ message, path, locations, extensions, originalError }: GraphQLError) {
  return { message, path, locations, extensions, isOwn: originalError instanceof Broken };
}

/** Where what failed made something around it null. */
function nulledPlace({ path = [] }: GraphQLError, data: unknown): string | undefined {
  let at = data;
  for (const [depth, step] of path.entries()) {
    if (typeof at !== "object" || at === null) return `an error within ${path.slice(0, depth).join(".")}`;
    at = Reflect.get(at, step);
  }
  return undefined;
}

/** graphql-js lets go of the promises beside what fails at once: here, where so much fails, many of them reject and nobody hears it. */
const listeners = process.listeners("unhandledRejection");
beforeAll(() => {
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", () => {});
});
afterAll(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

test("a compiled query answers what graphql-js answers: data, nulls, errors, their places and their order", {
  timeout: 7_200_000,
}, async () => {
  const schema = madeUpSchema();
  const compiled = createCompiledQueries(schema, { afterRuns: 1 });
  const dice = createDice(SEED);
  let ran = 0;
  let invalid = 0;
  const count = countOf(400, 100_000);
  for (let tried = 0; tried < count; tried += 1) {
    const { source, variables } = randomDocument(schema, dice);
    const operation = prepared(source);
    const wrong = validate(schema, operation.document);
    if (wrong.length > 0) {
      invalid += 1;
      continue;
    }
    const expected = await execute({
      schema,
      document: operation.document,
      variableValues: variables,
      contextValue: {},
    });
    const answered = await compiled.run(operation, variables, {});
    if (answered === undefined) continue;
    ran += 1;
    expect(shown(answered), `${source}\n${JSON.stringify(variables)}`).toEqual(shown(expected));
  }
  // Most are compiled, or nothing was compared.
  expect(ran).toBeGreaterThan(count / 3);
  expect(invalid).toBeLessThan(count / 2);
});

test("what is not for a compiled function is left to graphql-js", () => {
  const schema = madeUpSchema();
  const compiled = createCompiledQueries(schema, { afterRuns: 2 });
  const often = prepared("{ upstream { __typename } }");
  expect(compiled.run(often, {}, {})).toBeUndefined();
  expect(compiled.run(often, {}, {})).toBeDefined();
  const schemaQuery = prepared("{ __schema { queryType { name } } }");
  const long = prepared(`{ upstream { __typename } } # ${"x".repeat(20_000)}`);
  const empty = prepared("query Q($a: Boolean!) { upstream { __typename @skip(if: $a) } }");
  const several = prepared("{ chat(by: { id: 1 }) { messages { nodes { attachments { blocks { __typename } } } } } }");
  const writes = { ...prepared("{ upstream { __typename } }"), kind: "mutation" } as const;
  for (const operation of [schemaQuery, long, several, writes]) {
    expect([1, 2, 3].map(() => compiled.run(operation, {}, {}))).toEqual([undefined, undefined, undefined]);
  }
  expect([1, 2].map(() => compiled.run(empty, { a: true }, {}))).toEqual([undefined, undefined]);
  expect(compiled.run(empty, { a: false }, {})).toBeDefined();
});

test.each([
  ["spread twice", (next: string) => `${next} ${next}`],
  ["below one field", (next: string) => `latestSession { chat { ${next} } } latestSession { chat { ${next} } }`],
  ["below two fields", (next: string) => `currentSession { chat { ${next} } } latestSession { chat { ${next} } }`],
  ["below aliases", (next: string) => `a: latestSession { chat { ${next} } } b: latestSession { chat { ${next} } }`],
  ["within fragments", (next: string) => `... on Chat { ${next} } ... @include(if: true) { ${next} }`],
  [
    "below arguments",
    (next: string) => `messages(last: 1) { nodes { chat { ${next} } } edges { node { chat { ${next} } } } }`,
  ],
])("a few fragments that double are compiled, many are not, in no time: %s", (_where, twice) => {
  const schema = buildSchema();
  const compiled = createCompiledQueries(schema, { afterRuns: 1 });
  const doubling = (levels: number): PreparedOperation => {
    const fragments = Array.from(
      { length: levels },
      (_, at) => `fragment F${at} on Chat { ${twice(`...F${at + 1}`)} }`,
    );
    return prepared(
      `{ upstream { level } chat(by: { id: 1 }) { ...F0 } } ${fragments.join(" ")} fragment F${levels} on Chat { id }`,
    );
  };
  expect(compiled.run(doubling(4), {}, {})).toBeDefined();
  const computed = startComputing();
  for (const levels of [10, 13, 25, 60, 1_100]) expect(compiled.run(doubling(levels), {}, {})).toBeUndefined();
  expect(computed()).toBeLessThan(1_000);
});

test("an operation is compiled for so many combinations of its conditions, and so many operations are kept", () => {
  const schema = madeUpSchema();
  const compiled = createCompiledQueries(schema, { afterRuns: 1, maxOperations: 2 });
  const names = ["a", "b", "c", "d"];
  const definitions = names.map((name) => `$${name}: Boolean!`).join(", ");
  const fields = names.map((name) => `${name}: __typename @include(if: $${name})`).join(" ");
  const many = prepared(`query Q(${definitions}) { always: __typename ${fields} }`);
  const ran = Array.from({ length: 16 }, (_, bits) => {
    const variables = Object.fromEntries(names.map((name, bit) => [name, ((bits >> bit) & 1) === 1]));
    return compiled.run(many, variables, {}) !== undefined;
  });
  expect(ran.filter((isCompiled) => isCompiled)).toHaveLength(8);
  expect(ran.slice(0, 8)).not.toContain(false);
  for (const name of ["x", "y"]) compiled.run(prepared(`{ ${name}: __typename }`), {}, {});
  // It has been forgotten, and is begun anew.
  const last = Object.fromEntries(names.map((name) => [name, true]));
  expect(compiled.run(many, last, {})).toBeDefined();
});
