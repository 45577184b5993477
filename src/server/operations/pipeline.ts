import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  visit,
} from "graphql";
import type { Limits } from "../../config/limits.ts";
import type { IdentityRights } from "../../config/rights.ts";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import { missingRight } from "../identity/rights.ts";
import { conditionalSubscriptions } from "./conditional-subscriptions.ts";
import { createDocumentCache, type DocumentCache } from "./document-cache.ts";
import { oversizedDocument } from "./document-limits.ts";
import { type ErrorLog, shapeError } from "./error-shaping.ts";
import { limitExceeded } from "./limit-exceeded.ts";
import { oversizedVariables, type Variables } from "./variable-limits.ts";
import { variableErrors } from "./variable-values.ts";

/** What graphql-js says when it has compared a document's fields with each other for too long. */
const VALIDATION_ABORTED = "Validation aborted.";
const INCOMPARABLE = limitExceeded({
  limit: "documentComparisons",
  maximum: 500_000,
  message:
    "The document repeats fields so often that comparing them takes more than 500,000 steps; select each once, or share them through a fragment.",
});

export interface PipelineOptions {
  readonly schema: GraphQLSchema;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  readonly limits: Limits;
  readonly log: ErrorLog;
}

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Variables | null | undefined;
  readonly context: OperationContext;
  /** What a subscription's selection is executed on: the delivered event. */
  readonly rootValue?: unknown;
}

export type PreparedDocument =
  | { readonly kind: "valid"; readonly document: DocumentNode }
  | { readonly kind: "invalid"; readonly errors: readonly GraphQLFormattedError[] };

/** The one way of an operation, whatever transport brought it: `prepare`, then `execute`. */
export interface Pipeline {
  readonly schema: GraphQLSchema;
  /** Whether errors keep to what the client sent: "Did you mean …" tells names of a schema that must not be asked for. */
  readonly hideSuggestions: boolean;
  /** Valid documents only. */
  readonly documents: DocumentCache;
  /** Parses and validates a document, or finds it among those that were valid before. */
  prepare(source: string): PreparedDocument;
  /** What is wrong with the variables of an operation of a valid document; nothing for a document without that operation. */
  checkVariables(operation: Pick<Operation, "document" | "operationName" | "variables">): readonly GraphQLError[];
  /** Runs a query or mutation of a valid document. Never rejects; `data` is absent when the operation could not begin. */
  execute(operation: Operation): Promise<FormattedExecutionResult>;
  shapeError(error: GraphQLError): GraphQLFormattedError;
}

export function createPipeline({ schema, introspection, limits, log }: PipelineOptions): Pipeline {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const hideSuggestions = !introspection;
  const documents = createDocumentCache();
  const shape = (error: GraphQLError) => shapeError(error, log, limits.errorLength);
  const refuse = (code: string, errors: readonly GraphQLError[]): PreparedDocument => ({
    kind: "invalid",
    errors: errors.map((error) => shape(withCode(error, code))),
  });

  function validateBounded(document: DocumentNode): readonly GraphQLError[] {
    // graphql-js adds an error that says it has stopped.
    const maxErrors = Math.max(1, limits.requestErrors - 1);
    const errors = validate(schema, document, rules, { hideSuggestions, maxErrors });
    return errors.some(({ message }) => message === VALIDATION_ABORTED) ? [INCOMPARABLE] : errors;
  }

  function checkVariables({
    document,
    operationName,
    variables,
  }: Pick<Operation, "document" | "operationName" | "variables">): readonly GraphQLError[] {
    const operation = getOperationAST(document, operationName);
    if (operation === null || operation === undefined) return [];
    const oversized = oversizedVariables(variables, limits);
    if (oversized !== undefined) return [oversized];
    return variableErrors(operation, variables, { schema, maxErrors: limits.requestErrors, hideSuggestions });
  }

  return {
    schema,
    hideSuggestions,
    checkVariables,
    documents,
    shapeError: shape,
    prepare(source) {
      const known = documents.find(source);
      if (known !== undefined) return { kind: "valid", document: known };
      if (source === "") return refuse("BAD_REQUEST", [new GraphQLError("The query is empty.")]);
      const oversized = oversizedDocument(source, limits);
      if (oversized !== undefined) return refuse("LIMIT_EXCEEDED", [oversized]);
      let document: DocumentNode;
      try {
        document = parse(source, { maxTokens: limits.documentTokens });
      } catch (error) {
        return refuse("GRAPHQL_PARSE_FAILED", [asGraphQLError(error)]);
      }
      const conditional = conditionalSubscriptions(document);
      const errors = conditional.length > 0 ? conditional : validateBounded(document);
      if (errors.includes(INCOMPARABLE)) return refuse("LIMIT_EXCEEDED", errors);
      if (errors.length > 0) return refuse("GRAPHQL_VALIDATION_FAILED", errors);
      documents.keep(source, document);
      return { kind: "valid", document };
    },
    async execute({ document, operationName, variables, context, rootValue }) {
      let result: ExecutionResult;
      try {
        const unnamed = operationProblem(document, operationName);
        if (unnamed !== undefined) throw unnamed;
        const forbidden = rightsProblem(document, operationName, context.rights);
        if (forbidden !== undefined) throw forbidden;
        // The variables of an event's execution were checked when its subscription began.
        const wrong = rootValue === undefined ? checkVariables({ document, operationName, variables }) : [];
        if (wrong.length > 0) return { errors: wrong.map(shape), extensions: { upstream: context.usage.toJSON() } };
        if (asksForCursor(document)) await context.live.takeCursor().catch(() => null);
        result = await execute({
          schema,
          document,
          rootValue,
          contextValue: context,
          variableValues: variables,
          operationName,
          hideSuggestions,
        });
      } catch (error) {
        result = { errors: [asGraphQLError(error)] };
      }
      return {
        ...(result.errors === undefined ? {} : { errors: result.errors.map(shape) }),
        ...(result.data === undefined ? {} : { data: result.data }),
        extensions: { upstream: context.usage.toJSON() },
      };
    },
  };
}

/** Why a document does not tell which operation to run; undefined when it does. */
export function operationProblem(
  document: DocumentNode,
  operationName: string | null | undefined,
): GraphQLError | undefined {
  if (getOperationAST(document, operationName)) return undefined;
  const message =
    operationName === undefined || operationName === null
      ? "The document has several operations. Name one of them in operationName."
      : "The document has no operation of the name in operationName.";
  return new GraphQLError(message, { extensions: { code: "OPERATION_RESOLUTION_FAILURE" } });
}

/** Why whoever has these rights may not run the operation; undefined when he may. */
function rightsProblem(
  document: DocumentNode,
  operationName: string | null | undefined,
  rights: IdentityRights,
): GraphQLError | undefined {
  const kind = getOperationAST(document, operationName)?.operation;
  const missing = kind === undefined ? undefined : missingRight(rights, kind);
  return missing === undefined ? undefined : new GraphQLError(missing, { extensions: { code: "FORBIDDEN" } });
}

const cursorDocuments = new WeakMap<DocumentNode, boolean>();

/** Whether a document mentions `eventCursor`, whose value must be taken before anything else is read. */
function asksForCursor(document: DocumentNode): boolean {
  const known = cursorDocuments.get(document);
  if (known !== undefined) return known;
  let found = false;
  visit(document, {
    Field(field) {
      if (field.name.value !== "eventCursor") return undefined;
      found = true;
      return BREAK;
    },
  });
  cursorDocuments.set(document, found);
  return found;
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { ...error.extensions, code },
  });
}

export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const original = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(original.message, { originalError: original });
}
