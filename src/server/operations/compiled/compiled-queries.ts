import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getVariableValues,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import type { PreparedOperation } from "../prepare.ts";
import { countSelected } from "../selected-counts.ts";
import type { Variables } from "../variable-limits.ts";
import { conditionVariables, decided } from "./decided-conditions.ts";
import { COERCED, schemaForCompiling } from "./schema-for-compiling.ts";

/** Runs queries that come again and again as compiled functions. */
export interface CompiledQueries {
  /** Undefined where this operation is to be run by graphql-js: it is no query, has not come often enough, or cannot be compiled. */
  run(
    operation: PreparedOperation,
    variables: Variables | null | undefined,
    context: object,
  ): ExecutionResult | Promise<ExecutionResult> | undefined;
}

export interface CompiledQueriesOptions {
  /** Compiled when it comes for the so manieth time. */
  readonly afterRuns?: number;
  /** Operations that are kept compiled. */
  readonly maxOperations?: number;
}

type Run = (root: unknown, context: object, variables: Readonly<Record<string, unknown>>) => unknown;

interface Known {
  runs: number;
  /** Variables that decide what is asked for; null: not to be compiled; undefined: not looked at yet. */
  conditions: readonly string[] | null | undefined;
  /** By the values of its conditions; null where it is graphql-js's. */
  readonly variants: Map<string, Run | null>;
}

/** Compiling takes a millisecond or two, so that it must come again. */
const AFTER_RUNS = 3;
const MAX_OPERATIONS = 200;
/** Of one operation; what clients send with many conditions is run by graphql-js beyond. */
const MAX_VARIANTS = 8;
/** Characters of a document: compiling must not hold up others. */
const MAX_DOCUMENT = 20_000;
/** Selections, those of a fragment as often as it is spread: a compiled document is written out, and short ones can double without end. */
const MAX_SELECTIONS = 500;

export function createCompiledQueries(schema: GraphQLSchema, options: CompiledQueriesOptions = {}): CompiledQueries {
  const { afterRuns = AFTER_RUNS, maxOperations = MAX_OPERATIONS } = options;
  const compilable = schemaForCompiling(schema);
  const known = new LRUCache<PreparedOperation, Known>({ max: maxOperations });

  function lookUp(operation: PreparedOperation): Known {
    const found = known.get(operation);
    if (found !== undefined) return found;
    const made: Known = { runs: 0, conditions: undefined, variants: new Map() };
    known.set(operation, made);
    return made;
  }

  function compiled(operation: PreparedOperation, of: Known, values: Readonly<Record<string, unknown>>): Run | null {
    if (of.conditions === undefined)
      of.conditions = isCompilable(schema, operation) ? conditionVariables(operation.document) : null;
    if (of.conditions === null) return null;
    const variant = of.conditions.map((name) => (values[name] === true ? "1" : "0")).join("");
    const found = of.variants.get(variant);
    if (found !== undefined) return found;
    if (of.variants.size >= MAX_VARIANTS) return null;
    const run = compile(compilable, operation, values);
    of.variants.set(variant, run);
    return run;
  }

  return {
    run(operation, variables, context) {
      if (operation.kind !== "query") return undefined;
      const of = lookUp(operation);
      of.runs += 1;
      if (of.runs < afterRuns || of.conditions === null) return undefined;
      const { coerced } = getVariableValues(schema, operation.node.variableDefinitions ?? [], variables ?? {});
      if (coerced === undefined) return undefined;
      const run = compiled(operation, of, coerced);
      if (run === null) return undefined;
      const result = run(undefined, context, coerced);
      return result instanceof Promise ? result.then(asUsual) : asUsual(result);
    },
  };
}

/**
 * The schema's own description is graphql-js's, and so is what may be of several types: which of them is told by a promise, for which compiled
 * functions do not wait.
 */
function isCompilable(schema: GraphQLSchema, { document, node }: PreparedOperation): boolean {
  if ((document.loc?.end ?? Number.POSITIVE_INFINITY) > MAX_DOCUMENT) return false;
  if (countSelected(document, node).selections > MAX_SELECTIONS) return false;
  let isPlain = true;
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const type = types.getType();
        const isIntrospection = name.value === "__schema" || name.value === "__type";
        if (!isIntrospection && type !== undefined && type !== null && !isAbstractType(getNamedType(type)))
          return undefined;
        isPlain = false;
        return BREAK;
      },
    }),
  );
  return isPlain;
}

function compile(
  schema: GraphQLSchema,
  { document, node }: PreparedOperation,
  values: Readonly<Record<string, unknown>>,
): Run | null {
  const parts = decided(document, node, values);
  if (parts === undefined) return null;
  const compilable: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [withCoercedVariables(parts.operation), ...parts.fragments],
  };
  try {
    const compiled = compileQuery(schema, compilable, node.name?.value, { disablingCapturingStackErrors: true });
    return isCompiledQuery(compiled) ? compiled.query : null;
  } catch {
    return null;
  }
}

function withCoercedVariables(operation: OperationDefinitionNode): OperationDefinitionNode {
  const variableDefinitions = (operation.variableDefinitions ?? []).map(({ variable }) => ({
    kind: Kind.VARIABLE_DEFINITION as const,
    variable,
    type: { kind: Kind.NAMED_TYPE as const, name: { kind: Kind.NAME as const, value: COERCED.name } },
  }));
  return { ...operation, variableDefinitions };
}

/** The result with errors as graphql-js makes them; their order is that in which fields fail in either. */
function asUsual(result: unknown): ExecutionResult {
  const { data, errors } = result as ExecutionResult;
  return errors === undefined ? { data: data ?? null } : { errors: errors.map(usualError), data: data ?? null };
}

function usualError({ message, path, locations, originalError }: GraphQLError): GraphQLError {
  const thrown = originalError instanceof GraphQLError ? originalError : undefined;
  const error = new GraphQLError(message, {
    ...(thrown?.nodes === undefined ? {} : { nodes: thrown.nodes }),
    path: thrown?.path ?? path ?? null,
    originalError: originalError ?? null,
    ...(thrown === undefined ? {} : { extensions: thrown.extensions }),
  });
  // graphql-js finds them by the nodes of the field, which a compiled document does not hand on.
  if (error.locations === undefined && locations !== undefined)
    Object.defineProperty(error, "locations", { value: locations, enumerable: true });
  return error;
}
