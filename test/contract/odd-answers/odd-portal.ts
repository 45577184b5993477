import { execute, type GraphQLField, type GraphQLSchema, parse, validate } from "graphql";
import { expect } from "vitest";
import type { LeftOut } from "../../../src/datasources/bitrix24/decoding.ts";
import { createHistoryCaches } from "../../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, type OperationContext, WITHOUT_STORE } from "../../../src/resolvers/engine/context.ts";
import { startBench } from "../../datasources/bitrix24/portal-fixture.ts";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { wholeField } from "../../resolvers/whole-selection.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Reading } from "./readings.ts";

export interface OddOutcome extends Outcome {
  readonly leftOut: readonly LeftOut[];
}

/** What a reading's operation tells of an answer; each time as if nothing had been read before. */
export type Read = (answer: unknown) => Promise<OddOutcome>;

let schema: GraphQLSchema | undefined;

/** The real client and all resolvers over a portal that answers the reading's method as told; it ends with the test. */
export async function startReading(reading: Reading): Promise<Read> {
  schema ??= buildSchema();
  const built = schema;
  const leftOut: LeftOut[] = [];
  const bench = await startBench({ plan: "on-premise", leftOut: (_portal, parts) => leftOut.push(parts) });
  const document = parse(operationOf(built, reading));
  expect(validate(built, document)).toEqual([]);

  return async (answer) => {
    leftOut.length = 0;
    bench.portal.answer = (method) => {
      if (method === reading.method) return answer;
      const other = Object.hasOwn(reading.others, method)
        ? reading.others[method]
        : new Refused("ERROR_METHOD_NOT_FOUND");
      if (other instanceof Refused) throw other;
      return other;
    };
    const portal = bench.operation();
    const contextValue: OperationContext = {
      viewer: { kind: "open", label: "test" },
      portal,
      loaders: createLoaders(portal, createHistoryCaches().forCredential("test")),
      signal: new AbortController().signal,
      usage: portal.usage,
      upstreamStatus: () => bench.portals.status(bench.webhook),
      live: NO_LIVE_LOG,
      ...WITHOUT_STORE,
    };
    const result = await execute({ schema: built, document, contextValue });
    return { ...outcomeOf(result), leftOut: [...leftOut] };
  };
}

const DEPTH = 6;
/** They tell where an element stands, which changes with what stands before it. */
const PLACES_IN_A_LIST: ReadonlySet<string> = new Set(["edges", "cursor", "startCursor", "endCursor"]);

/** Everything below the root field that the reading's methods tell. */
function operationOf(built: GraphQLSchema, reading: Reading): string {
  if (reading.document !== undefined) return reading.document;
  const root = built.getQueryType()?.getFields()[reading.root];
  if (root === undefined) throw new Error(`no query ${reading.root}`);
  const methods = new Set([reading.method, ...Object.keys(reading.others)]);
  const isTold = (field: GraphQLField<unknown, unknown>): boolean => {
    if (PLACES_IN_A_LIST.has(field.name)) return false;
    const named = methodsOf(field);
    return named.every((method) => methods.has(method));
  };
  return `{ ${wholeField(built, root, reading.literals, DEPTH, isTold)} }`;
}

/** The methods that `@rest` names on a field. */
function methodsOf(field: GraphQLField<unknown, unknown>): string[] {
  return (field.astNode?.directives ?? [])
    .filter((directive) => directive.name.value === "rest")
    .flatMap((directive) => directive.arguments ?? [])
    .map(({ value }) => (value.kind === "StringValue" ? value.value : ""));
}
