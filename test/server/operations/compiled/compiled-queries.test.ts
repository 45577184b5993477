import DataLoader from "dataloader";
import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getIntrospectionQuery,
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
import {
  type CompiledQueries,
  createCompiledQueries,
  type WrittenResult,
} from "../../../../src/server/operations/compiled/compiled-queries.ts";
import { errorsInAnswer, placeInAnswer } from "../../../../src/server/operations/error-order.ts";
import type { PreparedOperation } from "../../../../src/server/operations/prepare.ts";
import { jsonText } from "../../../../src/subscriptions/live/json-pieces.ts";
import { type RandomDocument, randomDocument } from "../../../kit/random-document.ts";
import { createDice, type Dice } from "../../../kit/random-operation.ts";
import { countOf, SEED } from "../../../kit/seeds.ts";
import { until } from "../../../kit/until.ts";

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

/** The whole schema over made-up data: values, nulls, lists, errors and promises of each, whatever field it is, from resolvers and from properties. */
function madeUpSchema(): GraphQLSchema {
  const schema = buildSchema();

  /** An object whose fields are properties, functions where they have arguments. */
  function sourceOf(place: string, typeName: string): Source {
    const type = schema.getType(typeName);
    const own: Source = { place, __typename: typeName };
    const fields = isObjectType(type) ? type.getFields() : {};
    return new Proxy(own, {
      get(target, name) {
        const field = typeof name === "string" ? fields[name] : undefined;
        if (field === undefined) return Reflect.get(target, name);
        return field.args.length > 0 ? (args: unknown) => answerOf(field, place, args) : answerOf(field, place, {});
      },
    });
  }

  function valueFor(type: GraphQLOutputType, place: string, dice: Dice): unknown {
    if (dice.onceIn(25)) return new Broken(`broken at ${place}`);
    if (dice.onceIn(isNonNullType(type) ? 60 : 10)) return dice.onceIn(2) ? null : undefined;
    const bare = getNullableType(type);
    if (isListType(bare)) {
      if (dice.onceIn(40)) return "no list";
      const items = Array.from({ length: dice.below(4) }, (_, index) => {
        const item = valueFor(bare.ofType, `${place}[${index}]`, dice);
        return dice.onceIn(8) ? Promise.resolve(item) : item;
      });
      return dice.onceIn(10) ? new Set(items) : items;
    }
    if (isEnumType(bare)) return dice.onceIn(30) ? "NO SUCH WORD" : dice.pick(bare.getValues()).value;
    if (isScalarType(bare)) return scalarFor(bare.name, dice);
    const possible = isAbstractType(bare) ? schema.getPossibleTypes(bare) : [bare];
    return sourceOf(place, dice.pick(possible.filter(isObjectType)).name);
  }

  function answerOf(field: GraphQLField<unknown, unknown>, at: string, args: unknown): unknown {
    const place = `${at}.${field.name}${JSON.stringify(args)}`;
    const dice = diceAt(place);
    if (dice.onceIn(20)) throw dice.onceIn(2) ? new Broken("thrown") : coded(dice);
    const value = valueFor(field.type, place, dice);
    if (!dice.onceIn(4)) return value;
    return dice.onceIn(5) ? Promise.reject(coded(dice)) : Promise.resolve(value);
  }

  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) {
      type.resolveType = ({ place, __typename }: Source) =>
        diceAt(`type of ${place}`).onceIn(2) ? __typename : Promise.resolve(__typename);
    }
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    const dice = diceAt(type.name);
    type.isTypeOf = dice.onceIn(2)
      ? undefined
      : (source: Source) => {
          const isOfType = !diceAt(`is ${source.place}`).onceIn(30);
          return diceAt(`when ${source.place}`).onceIn(2) ? isOfType : Promise.resolve(isOfType);
        };
    const isRoot = type === schema.getQueryType();
    for (const field of Object.values(type.getFields())) {
      const resolve: GraphQLFieldResolver<unknown, unknown> = (source, args) => answerOf(field, placeOf(source), args);
      if (isRoot || dice.onceIn(2)) field.resolve = resolve;
      else Reflect.deleteProperty(field, "resolve");
    }
  }
  return schema;
}

/** What JSON escapes, and what it does not. */
const TEXTS = [
  "",
  "plain",
  "Привет, ",
  '"quoted"',
  "back\\slash",
  "new\nline",
  "\u0001",
  "\u2028",
  "😀",
  "\ud83d",
  "</script>",
];

function coded(dice: Dice): GraphQLError {
  return new GraphQLError("refused", { extensions: { code: dice.pick(["FORBIDDEN", "UPSTREAM_TIMEOUT"]) } });
}

function scalarFor(name: string, dice: Dice): unknown {
  switch (name) {
    case "Int":
    case "SafeInt":
    case "Float":
      return dice.onceIn(30) ? "no number" : dice.onceIn(3) ? -0 : dice.below(1_000);
    case "Boolean":
      return dice.onceIn(2);
    case "DateTime":
      return dice.onceIn(30) ? "no date" : new Date(1_700_000_000_000 + dice.below(1_000_000));
    case "JSONObject":
      return { some: dice.below(5), 'a "b"': [null, { more: undefined }, 1.5] };
    case "URL":
      return "https://example.com/";
    default:
      return dice.pick(TEXTS).repeat(dice.below(4)) + String(dice.below(1_000));
  }
}

function prepared(document: RandomDocument["source"]): PreparedOperation {
  const parsed = parse(document);
  const node = getOperationAST(parsed);
  if (!node) throw new Error("a document without an operation");
  return { document: parsed, node, kind: "query", name: node.name?.value ?? null, takesCursor: false };
}

function run(compiled: CompiledQueries, operation: PreparedOperation, variables = {}, rootValue?: unknown) {
  return compiled.run({ operation, variables, context: {}, rootValue, maxLength: 1e9, tooLong: () => {} });
}

/** As it is shown, with everything that a client or the log gets to see of an error. */
function shown(json: string | undefined, errors: readonly GraphQLError[]) {
  const data: unknown = json === undefined ? undefined : JSON.parse(json);
  return { json, errors: errorsInAnswer(errors, data).map((error) => shownError(error, data)) };
}

function shownWritten({ data, errors }: WrittenResult) {
  return shown(data && jsonText(data), errors);
}

function shownResult({ data, errors = [] }: ExecutionResult) {
  return shown(data === undefined ? undefined : JSON.stringify(data), errors);
}

function shownError({ message, path = [], locations, extensions, originalError }: GraphQLError, data: unknown) {
  const place = placeInAnswer(path, data);
  // Where several failures made one object null, it is chance which of them was the first.
  if (place.length < path.length) return `an error within ${place.join(".")}`;
  // Of a value that is not of its type graphql-js tells the value.
  const told = message.replace(/ but got.*/s, "");
  return { message: told, path, locations, extensions, isOwn: originalError instanceof Broken };
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

test("a query is answered as graphql-js answers it: each byte of its data, nulls, errors, their places and their order", {
  timeout: 7_200_000,
}, async () => {
  const schema = madeUpSchema();
  const compiled = createCompiledQueries(schema);
  const dice = createDice(SEED);
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
    // Once as it is planned, once by the plan that was kept.
    for (const _time of [1, 2]) {
      const written = await run(compiled, operation, variables);
      if (written === undefined) throw new Error("a query that is not run");
      expect(shownWritten(written), `${source}\n${JSON.stringify(variables)}`).toEqual(shownResult(expected));
    }
  }
  expect(invalid).toBeLessThan(count / 2);
});

test("the schema's own description is answered as graphql-js answers it", async () => {
  const schema = buildSchema();
  const operation = prepared(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
  const written = await run(createCompiledQueries(schema), operation);
  const expected = await execute({ schema, document: operation.document });
  expect(written && shownWritten(written)).toEqual(shownResult(expected));
});

test("what a subscription selects of an event is answered as graphql-js answers it", async () => {
  const schema = madeUpSchema();
  const source = "subscription S { openLineEvents { __typename cursor  } }";
  const operation = { ...prepared(source), kind: "subscription" } as const;
  const compiled = createCompiledQueries(schema);
  let answered = 0;
  for (let event = 0; event < 100; event += 1) {
    const rootValue = { place: `event ${event}` };
    const written = await run(compiled, operation, {}, rootValue);
    const expected = await execute({ schema, document: operation.document, rootValue });
    expect(written && shownWritten(written)).toEqual(shownResult(expected));
    if (written?.data !== undefined && written.data !== "null") answered += 1;
  }
  expect(answered).toBeGreaterThan(10);
});

test("mutations are left to graphql-js", () => {
  const writes = { ...prepared("{ upstream { __typename } }"), kind: "mutation" } as const;
  expect(run(createCompiledQueries(madeUpSchema()), writes)).toBeUndefined();
});

test("a variable that does not fit, and a condition without a value, are refused as graphql-js refuses them", async () => {
  const schema = buildSchema();
  const compiled = createCompiledQueries(schema);
  for (const [source, variables] of [
    ["query Q($a: Boolean!) { __typename @skip(if: $a) }", { a: "yes" }],
    ["query Q($a: Boolean!) { __typename @skip(if: $a) }", {}],
    ["query Q($a: Boolean = true) { __typename @skip(if: $a) }", { a: null }],
    ["query Q($a: Boolean!) { __typename @skip(if: $a) }", { a: true }],
  ] as const) {
    const operation = prepared(source);
    const expected = await execute({ schema, document: operation.document, variableValues: variables });
    const written = await run(compiled, operation, variables);
    expect(written && shownWritten(written)).toEqual(shownResult(expected));
  }
});

/** A chat's messages in a schema of its own: each text is asked for by a resolver, and authors together. */
function historySchema(count: number, authorOf?: (id: string) => unknown) {
  const schema = buildSchema();
  let resolved = 0;
  setResolver(schema, "Query", "chat", () => ({ id: "1" }));
  setResolver(schema, "Chat", "messages", async () => {
    await laterTurn();
    return { nodes: Array.from({ length: count }, (_, id) => ({ id })) };
  });
  setResolver(schema, "Message", "text", () => {
    resolved += 1;
    return "Привет … 😀";
  });
  setResolver(schema, "Message", "author", (source) => {
    const id = String(Reflect.get(Object(source), "id"));
    return authorOf === undefined ? { id } : authorOf(id);
  });
  return { schema, resolved: () => resolved };
}

/** As what a portal answers: in a turn in which nothing of what came before is done. */
async function laterTurn(): Promise<void> {
  for (const _turn of [1, 2]) await new Promise((resolve) => setImmediate(resolve));
}

function setResolver(
  schema: GraphQLSchema,
  typeName: string,
  name: string,
  resolve: GraphQLFieldResolver<unknown, unknown>,
) {
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  if (field === undefined) throw new Error(`no field ${typeName}.${name}`);
  field.resolve = resolve;
}

const HISTORY = prepared("{ chat(by: { id: 1 }) { messages { nodes { id text author { id } } } } }");

/** How far something came in each turn of the event loop until a promise is settled. */
async function eachTurn(count: () => number, until: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = until.finally(() => {
    isOver = true;
  });
  const steps: number[] = [];
  let before = count();
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    steps.push(count() - before);
    before = count();
  }
  await over;
  return steps;
}

test("of an answer of 5,000 messages no more than a slice is written before others have their turn", async () => {
  const { schema, resolved } = historySchema(5_000);
  const written = Promise.resolve(run(createCompiledQueries(schema, { sliceSize: 100 }), HISTORY));
  const steps = await eachTurn(resolved, written);
  expect(Math.max(...steps)).toBeLessThanOrEqual(100);
  expect(steps.filter((messages) => messages > 0).length).toBeGreaterThanOrEqual(50);
  const expected = await execute({ schema, document: HISTORY.document });
  const { data } = (await written) ?? {};
  expect(data && jsonText(data)).toBe(JSON.stringify(expected.data));
});

test("of 5,000 messages that each wait for something no more than eight slices are written, or go on, before others have their turn", async () => {
  const asked: (readonly string[])[] = [];
  let released: () => void = () => {};
  const isAnswered = new Promise<void>((resolve) => {
    released = resolve;
  });
  const authors = new DataLoader<string, unknown>(async (ids) => {
    asked.push(ids);
    await isAnswered;
    return ids.map((id) => ({ id }));
  });
  let named = 0;
  const { schema, resolved } = historySchema(5_000, (id) => authors.load(id));
  setResolver(schema, "User", "id", (source) => {
    named += 1;
    return Reflect.get(Object(source), "id");
  });
  const written = Promise.resolve(run(createCompiledQueries(schema, { sliceSize: 100 }), HISTORY));
  const allAsked = until(() => asked.flat().length === 5_000);
  const asking = await eachTurn(resolved, allAsked);
  expect(Math.max(...asking)).toBeLessThanOrEqual(800);
  // Not one by one: each of these is a call, and what is asked for in one turn is one.
  expect(asked.length).toBe(Math.ceil(5_000 / 800));
  released();
  const going = await eachTurn(() => named, written);
  expect(Math.max(...going)).toBeLessThanOrEqual(800);
  const expected = await execute({ schema, document: HISTORY.document });
  const { data, errors } = (await written) ?? {};
  expect(errors).toEqual([]);
  expect(data && jsonText(data)).toBe(JSON.stringify(expected.data));
});

test("what the messages of an answer ask for together is asked for together, up to some thousands", async () => {
  const asked: (readonly string[])[] = [];
  const authors = new DataLoader<string, unknown>(async (ids) => {
    asked.push(ids);
    return ids.map((id) => ({ id }));
  });
  const { schema } = historySchema(1_000, (id) => authors.load(id));
  const written = await run(createCompiledQueries(schema, { sliceSize: 130 }), HISTORY);
  expect(written?.errors).toEqual([]);
  expect(asked.map((ids) => ids.length)).toEqual([1_000]);
});

test("what a late message asks for is asked for with what another field asks for in the turn in which the list was cut", async () => {
  const asked: (readonly string[])[] = [];
  const authors = new DataLoader<string, unknown>(async (ids) => {
    asked.push(ids);
    return ids.map((id) => ({ id, name: id }));
  });
  const { schema } = historySchema(1_000, (id) => (Number(id) < 500 ? { id } : authors.load(id)));
  setResolver(schema, "Chat", "line", async () => {
    await laterTurn();
    return {};
  });
  setResolver(schema, "OpenLine", "name", async () => {
    await authors.load("line");
    return "Line";
  });
  const query = prepared("{ chat(by: { id: 1 }) { messages { nodes { text author { id } } } line { name } } }");
  const written = await run(createCompiledQueries(schema, { sliceSize: 300 }), query);
  expect(written?.errors).toEqual([]);
  expect(asked.map((ids) => ids.length)).toEqual([501]);
});

test("an answer that becomes too long is not written to its end, and what it waits for is given up", async () => {
  const { schema, resolved } = historySchema(5_000);
  let givenUp = 0;
  const written = await createCompiledQueries(schema).run({
    operation: HISTORY,
    variables: {},
    context: {},
    maxLength: 2_000,
    tooLong: () => {
      givenUp += 1;
    },
  });
  expect(written?.length).toBeGreaterThan(2_000);
  expect(givenUp).toBe(1);
  expect(resolved()).toBeLessThan(100);
});

test("plans are kept for so many operations, combinations of conditions and fields", () => {
  const schema = buildSchema();
  let planned = 0;
  const compiled = createCompiledQueries(schema, {
    maxOperations: 2,
    maxFields: 40,
    planned: (fields) => {
      planned += fields;
    },
  });
  const plannedFor = (operation: PreparedOperation, variables = {}): number => {
    const before = planned;
    run(compiled, operation, variables);
    return planned - before;
  };
  const names = ["a", "b", "c", "d"];
  const definitions = names.map((name) => `$${name}: Boolean!`).join(", ");
  const fields = names.map((name) => `${name}: __typename @include(if: $${name})`).join(" ");
  const conditional = prepared(`query Q(${definitions}) { always: __typename ${fields} }`);
  const values = (bits: number) => Object.fromEntries(names.map((name, bit) => [name, ((bits >> bit) & 1) === 1]));
  expect(plannedFor(conditional, values(0))).toBe(1);
  expect(plannedFor(conditional, values(0))).toBe(0);
  for (let bits = 1; bits < 8; bits += 1) plannedFor(conditional, values(bits));
  expect(plannedFor(conditional, values(7))).toBe(0);
  // More combinations are planned for each run.
  expect([1, 2].map(() => plannedFor(conditional, values(8)))).toEqual([2, 2]);
  // Others push it out.
  const others = ["x", "y"].map((name) => prepared(`{ ${name}: __typename }`));
  expect(others.map((other) => plannedFor(other))).toEqual([1, 1]);
  expect(plannedFor(conditional, values(0))).toBe(1);
  // More fields than are kept: all begin anew.
  const long = prepared(`{ ${Array.from({ length: 40 }, (_, at) => `a${at}: __typename`).join(" ")} }`);
  expect(plannedFor(long)).toBe(40);
  expect(plannedFor(conditional, values(0))).toBe(1);
});
