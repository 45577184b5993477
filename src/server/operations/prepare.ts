import {
  BREAK,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
  visit,
} from "graphql";
import type { Limits } from "../../config/limits.ts";
import { conditionalSubscriptions } from "./conditional-subscriptions.ts";
import { createDocumentCache, type DocumentCache } from "./document-cache.ts";
import { oversizedDocument } from "./document-limits.ts";
import { asGraphQLError } from "./error-shaping.ts";
import type { KnownOperations } from "./known-operations.ts";
import { oversizedOperation } from "./operation-limits.ts";
import { repeatedFields } from "./repeated-fields.ts";

export interface PrepareOptions {
  readonly schema: GraphQLSchema;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  readonly limits: Limits;
  /** Undefined: every operation may be sent. */
  readonly known: KnownOperations | undefined;
}

/** One operation of a valid document. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly node: OperationDefinitionNode;
  readonly kind: "query" | "mutation" | "subscription";
  readonly name: string | null;
  /** It asks for `eventCursor`, whose value must be taken before anything else is read. */
  readonly takesCursor: boolean;
}

export type Prepared =
  | { readonly kind: "operation"; readonly operation: PreparedOperation }
  | { readonly kind: "refused"; readonly errors: readonly GraphQLError[] };

/** Parses and validates documents once, whatever transport brings them. */
export interface Preparation {
  /** Whether errors keep to what the client sent: "Did you mean …" tells names of a schema that must not be asked for. */
  readonly hideSuggestions: boolean;
  /** Valid documents only. */
  readonly documents: DocumentCache;
  /** A document's operation, or why there is none. Never throws. */
  prepare(source: string, operationName: string | null | undefined): Prepared;
}

type Document =
  | { readonly kind: "valid"; readonly document: DocumentNode }
  | { readonly kind: "refused"; readonly errors: readonly GraphQLError[] };

const EMPTY = new GraphQLError("The query is empty.", { extensions: { code: "BAD_REQUEST" } });
const UNKNOWN_OPERATION = new GraphQLError(
  "This gateway runs known operations only, and this document is none of them.",
  { extensions: { code: "FORBIDDEN" } },
);

export function createPreparation({ schema, introspection, limits, known }: PrepareOptions): Preparation {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const hideSuggestions = !introspection;
  const documents = createDocumentCache();
  const operations = new WeakMap<DocumentNode, Map<string | null, PreparedOperation>>();

  function prepareDocument(source: string, operationName: string | null): Document {
    const cached = documents.find(source);
    if (cached !== undefined) return { kind: "valid", document: cached };
    if (source === "") return refused(EMPTY);
    if (known !== undefined && !known.has(source)) return refused(UNKNOWN_OPERATION);
    const oversized = oversizedDocument(source, limits);
    if (oversized !== undefined) return refused(oversized);
    let document: DocumentNode;
    try {
      document = parse(source, { maxTokens: limits.documentTokens });
    } catch (error) {
      return refused(withCode(asGraphQLError(error), "GRAPHQL_PARSE_FAILED"));
    }
    // Validating takes long for what is too much anyway.
    const tooMuch = tooMuchSelected(document, operationName) ?? repeatedFields(document);
    if (tooMuch !== undefined) return refused(tooMuch);
    const errors = faults(document);
    if (errors.length > 0) return refused(...errors.map((error) => withCode(error, "GRAPHQL_VALIDATION_FAILED")));
    documents.keep(source, document);
    return { kind: "valid", document };
  }

  function tooMuchSelected(document: DocumentNode, operationName: string | null): GraphQLError | undefined {
    const node = getOperationAST(document, operationName);
    return node ? oversizedOperation(document, node, limits) : undefined;
  }

  function faults(document: DocumentNode): readonly GraphQLError[] {
    const conditional = conditionalSubscriptions(document);
    if (conditional.length > 0) return conditional;
    try {
      // graphql-js adds an error that says it has stopped.
      return validate(schema, document, rules, { hideSuggestions, maxErrors: limits.requestErrors - 1 });
    } catch (error) {
      return [asGraphQLError(error)];
    }
  }

  function operationOf(document: DocumentNode, operationName: string | null): Prepared {
    const prepared = operations.get(document) ?? new Map<string | null, PreparedOperation>();
    operations.set(document, prepared);
    const known = prepared.get(operationName);
    if (known !== undefined) return { kind: "operation", operation: known };
    const node = getOperationAST(document, operationName);
    if (!node) return refused(unresolved(document, operationName));
    // Of a document with several operations the one that was prepared first has been measured.
    const tooMuch = oversizedOperation(document, node, limits);
    if (tooMuch !== undefined) return refused(tooMuch);
    const operation: PreparedOperation = {
      document,
      node,
      kind: node.operation,
      name: node.name?.value ?? null,
      takesCursor: asksForCursor(document),
    };
    prepared.set(operationName, operation);
    return { kind: "operation", operation };
  }

  return {
    hideSuggestions,
    documents,
    prepare(source, operationName) {
      const prepared = prepareDocument(source, operationName ?? null);
      return prepared.kind === "refused" ? prepared : operationOf(prepared.document, operationName ?? null);
    },
  };
}

function refused(...errors: readonly GraphQLError[]): {
  readonly kind: "refused";
  readonly errors: readonly GraphQLError[];
} {
  return { kind: "refused", errors };
}

/** Why a document does not tell which operation to run. */
function unresolved(document: DocumentNode, operationName: string | null): GraphQLError {
  const hasOperation = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const message = !hasOperation
    ? "The document has no operation."
    : operationName === null
      ? "The document has several operations. Name one of them in operationName."
      : "The document has no operation of the name in operationName.";
  return new GraphQLError(message, { extensions: { code: "OPERATION_RESOLUTION_FAILURE" } });
}

function asksForCursor(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field(field) {
      if (field.name.value !== "eventCursor") return undefined;
      found = true;
      return BREAK;
    },
  });
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
