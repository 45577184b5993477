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
import { leastBytes, oversizedAnswer, withBoundedErrors } from "./answer-limits.ts";
import type { CompiledQueries } from "./compiled/compiled-queries.ts";
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
export async function run(
  { schema, hideSuggestions, limits, failedFields, compiled }: Executing,
  { operation, variables, context, giveUp, cost, shape, rootValue }: Execution,
): Promise<FormattedExecutionResult> {
  const { document, node, kind, takesCursor } = operation;
  let result: ExecutionResult;
  // A mutation's fields run one after another: what was sent has its answer before a field of its payload fails, and nothing more is sent.
  const unwatch = failedFields.watch(context, limits.fieldErrors, giveUp);
  try {
    if (takesCursor) await context.live.takeCursor().catch(() => null);
    const answered = await (compiled?.run(operation, variables, context) ??
      execute({
        schema,
        document,
        rootValue,
        contextValue: context,
        variableValues: variables ?? null,
        operationName: node.name?.value ?? null,
        hideSuggestions,
      }));
    const { errors, data } = answered;
    const ordered =
      errors === undefined || kind === "mutation" ? answered : { ...answered, errors: errorsInAnswer(errors, data) };
    result = withBoundedErrors(ordered, kind, limits);
    const oversized = oversizedAnswer(leastBytes(result.data), kind, limits);
    if (oversized !== undefined) result = { errors: [oversized], data: null };
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
