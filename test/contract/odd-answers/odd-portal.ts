import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  parse,
  validate,
} from "graphql";
import { expect } from "vitest";
import { decodeFrom, type LeftOut } from "../../../src/datasources/bitrix24/decoding.ts";
import { createHistoryCaches } from "../../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, type OperationContext, WITHOUT_STORE } from "../../../src/resolvers/engine/context.ts";
import { type Bench, startBench } from "../../datasources/bitrix24/portal-fixture.ts";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { wholeField } from "../../resolvers/whole-selection.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { CallReading, EventReading, FieldReading, Reading } from "./readings.ts";

export interface OddOutcome extends Outcome {
  readonly leftOut: readonly LeftOut[];
}

/** What a reading's operation tells of an answer; each time as if nothing had been read before. */
export type Read = (answer: unknown) => Promise<OddOutcome>;

let schema: GraphQLSchema | undefined;

/** The real client and all resolvers over a portal that answers the reading's method as told; it ends with the test. */
export async function startReading(reading: Reading): Promise<Read> {
  const leftOut: LeftOut[] = [];
  if (reading.kind === "event") return async (answer) => readEvent(reading, answer);
  const bench = await startBench({ plan: "on-premise", leftOut: (_portal, parts) => leftOut.push(parts) });
  const others: Readonly<Record<string, unknown>> = "call" in reading ? {} : reading.others;
  const ask = "call" in reading ? asCall(reading, bench) : asOperation(reading, bench);

  return async (answer) => {
    leftOut.length = 0;
    bench.portal.answer = (method) => {
      if (method === reading.method) return answer;
      const other = Object.hasOwn(others, method) ? others[method] : new Refused("ERROR_METHOD_NOT_FOUND");
      if (other instanceof Refused) throw other;
      return other;
    };
    return { ...outcomeOf(await ask()), leftOut: [...leftOut] };
  };
}

/** An event that is set aside whole is as one that could not be read. */
function readEvent({ method, read }: EventReading, answer: unknown): OddOutcome {
  const leftOut: LeftOut[] = [];
  const source = { origin: "", leftOut: (parts: LeftOut) => leftOut.push(parts) };
  const told = decodeFrom(source, method, () => read(answer));
  const errors = told === undefined ? [{ code: "SET_ASIDE", path: "", message: "" }] : [];
  return { ...outcomeOf({ data: { told } }), errors, leftOut };
}

/** A campaign goes beside other work on few processors. */
const TIMEOUT_MS = 120_000;

type Ask = () => Promise<ExecutionResult>;

/** What the gateway itself is told; with an error in the place of what it throws. */
function asCall({ call, kind }: CallReading, bench: Bench): Ask {
  return async () => {
    try {
      const portal = bench.operation({ timeoutMs: TIMEOUT_MS });
      if (kind === "read") return { data: { told: plain(await portal.read(call)) } };
      const { result } = await portal.write(call);
      return { data: { told: result.kind === "done" ? plain(result.value) : result } };
    } catch (error) {
      const originalError = error instanceof Error ? error : new Error(String(error));
      return { errors: [new GraphQLError(originalError.message, { originalError })] };
    }
  };
}

function plain(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function asOperation(reading: FieldReading, bench: Bench): Ask {
  schema ??= buildSchema();
  const built = schema;
  const document = parse(operationOf(built, reading));
  expect(validate(built, document)).toEqual([]);
  return async () => {
    const portal = bench.operation({ timeoutMs: TIMEOUT_MS });
    const contextValue: OperationContext = {
      viewer: { kind: "open", label: "test" },
      portal,
      loaders: createLoaders(portal, createHistoryCaches().forOperation("test")),
      signal: new AbortController().signal,
      usage: portal.usage,
      upstreamStatus: () => bench.portals.status(bench.webhook),
      live: NO_LIVE_LOG,
      ...WITHOUT_STORE,
    };
    return await execute({ schema: built, document, contextValue });
  };
}

const DEPTH = 6;
/** They tell where an element stands, which changes with what stands before it. */
const PLACES_IN_A_LIST: ReadonlySet<string> = new Set(["edges", "cursor", "startCursor", "endCursor"]);
/** It tells when it was asked for. */
const CLOCK = "lookedAt";

/** Everything below the root field that the reading's methods tell. */
function operationOf(built: GraphQLSchema, reading: FieldReading): string {
  if (reading.document !== undefined) return reading.document;
  const { kind = "query", depth = DEPTH } = reading;
  const type = kind === "query" ? built.getQueryType() : built.getMutationType();
  const root = type?.getFields()[reading.root];
  if (root === undefined) throw new Error(`no ${kind} ${reading.root}`);
  const methods = new Set([reading.method, ...Object.keys(reading.others)]);
  const isTold = (field: GraphQLField<unknown, unknown>): boolean => {
    if (PLACES_IN_A_LIST.has(field.name) || field.name === CLOCK) return false;
    const named = methodsOf(field);
    return named.every((method) => methods.has(method));
  };
  return `${kind} { ${wholeField(built, root, reading.literals, depth, isTold)} }`;
}

/** The methods that `@rest` names on a field. */
function methodsOf(field: GraphQLField<unknown, unknown>): string[] {
  return (field.astNode?.directives ?? [])
    .filter((directive) => directive.name.value === "rest")
    .flatMap((directive) => directive.arguments ?? [])
    .map(({ value }) => (value.kind === "StringValue" ? value.value : ""));
}
