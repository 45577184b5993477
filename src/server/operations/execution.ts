import {
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from "graphql";
import type { Limits } from "../../config/limits.ts";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import { type Json, jsonText } from "../../subscriptions/live/json-pieces.ts";
import { WrittenData } from "../../subscriptions/live/written-data.ts";
import { leastBytes, oversizedAnswer, withBoundedErrors } from "./answer-limits.ts";
import type { ComparedQueries } from "./compiled/compared-queries.ts";
import type { CompiledQueries, WrittenResult } from "./compiled/compiled-queries.ts";
import { NULL } from "./compiled/writing.ts";
import { errorsInAnswer } from "./error-order.ts";
import { asGraphQLError } from "./error-shaping.ts";
import type { FailedFields } from "./failed-fields.ts";
import type { PreparedOperation } from "./prepare.ts";
import type { Variables } from "./variable-limits.ts";

export interface Executing {
  readonly schema: GraphQLSchema;
  readonly hideSuggestions: boolean;
  readonly limits: Limits;
  readonly failedFields: FailedFields;
  /** Undefined: graphql-js runs everything. */
  readonly compiled: CompiledQueries | undefined;
  /** Undefined: no query is run by both. */
  readonly compared: ComparedQueries | undefined;
}

export interface Execution {
  readonly operation: PreparedOperation;
  readonly variables: Variables | null | undefined;
  readonly context: OperationContext;
  /** Gives up what is still to be asked for. */
  readonly giveUp: () => void;
  /** Computed before it began. */
  readonly cost: number;
  readonly shape: (error: GraphQLError) => GraphQLFormattedError;
  /** What a subscription's selection is executed on: the delivered event. */
  readonly rootValue?: unknown;
}

/** Runs a query, a mutation, or a subscription's selection for one event. Never rejects. */
export async function run(executing: Executing, execution: Execution): Promise<FormattedExecutionResult> {
  const { limits, failedFields } = executing;
  const { operation, context, giveUp, cost, shape } = execution;
  let result: ExecutionResult;
  // A mutation's fields run one after another: what was sent has its answer before a field of its payload fails, and nothing more is sent.
  const unwatch = failedFields.watch(context, limits.fieldErrors, giveUp);
  try {
    if (operation.takesCursor) await context.live.takeCursor().catch(() => null);
    const { answer, bytes } = await answered(executing, execution);
    // First, since what was given up because of it failed only for that.
    const oversized = oversizedAnswer(bytes, operation.kind, limits);
    result =
      oversized === undefined ? withBoundedErrors(answer, operation.kind, limits) : { errors: [oversized], data: null };
  } catch (error) {
    result = { errors: [asGraphQLError(error)] };
  } finally {
    unwatch();
  }
  return {
    ...(result.errors === undefined ? {} : { errors: result.errors.map(shape) }),
    ...(result.data === undefined ? {} : { data: result.data }),
    extensions: { upstream: { ...context.usage.toJSON(), cost } },
  };
}

interface Answered {
  readonly answer: ExecutionResult;
  /** That it has at the least. */
  readonly bytes: number;
}

async function answered(
  { schema, hideSuggestions, limits, compiled, compared }: Executing,
  { operation, variables, context, giveUp, rootValue }: Execution,
): Promise<Answered> {
  const { document, node, kind } = operation;
  const witness = compared?.next(operation);
  const run = { operation, variables, context, rootValue, maxLength: limits.answerBytes, tooLong: giveUp, witness };
  const written = await compiled?.run(run);
  if (written !== undefined) {
    const bytes = written.length;
    // It was not written to its end.
    if (bytes > limits.answerBytes) return { answer: { data: null }, bytes };
    if (witness !== undefined) compared?.compare(witness, { operation, variables, written });
    return { answer: readWritten(written), bytes };
  }
  const result = await execute({
    schema,
    document,
    rootValue,
    contextValue: context,
    variableValues: variables ?? null,
    operationName: node.name?.value ?? null,
    hideSuggestions,
  });
  const { errors, data } = result;
  const answer =
    errors === undefined || kind === "mutation" ? result : { ...result, errors: errorsInAnswer(errors, data) };
  return { answer, bytes: leastBytes(data) };
}

function readWritten({ data, errors }: WrittenResult): ExecutionResult {
  const told = errors.length === 0 ? {} : { errors: inOrder(errors, data) };
  if (data === undefined) return told;
  return { ...told, data: data === NULL ? null : new WrittenData(data) };
}

/** Several are put in the order of the answer, for which it has to be read. */
function inOrder(errors: readonly GraphQLError[], data: Json | undefined): readonly GraphQLError[] {
  return errors.length === 1 || data === undefined ? errors : errorsInAnswer(errors, JSON.parse(jsonText(data)));
}
