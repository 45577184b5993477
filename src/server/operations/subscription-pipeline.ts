import { createHash } from "node:crypto";
import {
  createSourceEventStream,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import type { LiveEvents } from "../../subscriptions/live/live-events.ts";
import { type EventInHand, LiveRequest } from "../../subscriptions/live/live-request.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { LiveStream } from "../../subscriptions/live/live-stream.ts";
import type { LiveViewer } from "../../subscriptions/live/live-viewer.ts";
import { asGraphQLError, type Operation, type Pipeline } from "./pipeline.ts";

/** A subscription as a transport hands it over. */
export interface SubscriptionOperation extends Operation {
  /** Text of the document: equal texts are equal documents. */
  readonly source: string;
  /** Who listens; a sentence when live events cannot be had. */
  readonly viewerOf: () => Promise<LiveViewer | { readonly refusal: string }>;
  /** A fresh context for the execution of one event. */
  readonly startEvent: (
    inHand: EventInHand | undefined,
  ) => Promise<{ readonly context: OperationContext; close(): void }>;
}

/**
 * Opens a subscription: the schema's own `subscribe` checks the arguments, then a reader is opened and equal subscriptions execute
 * together. Resolves to a single result when it cannot begin. Never rejects.
 */
export async function subscribe(
  pipeline: Pipeline,
  live: LiveEvents,
  operation: SubscriptionOperation,
): Promise<LiveStream | LiveResult> {
  const { document, operationName, variables, context } = operation;
  const failed = (error: unknown): LiveResult =>
    new LiveResult({ errors: [pipeline.shapeError(asGraphQLError(error))] });
  try {
    const field = rootField(document, operationName);
    if (field === undefined) return failed(badRequest("The document has no subscription of that name."));
    const wrong = pipeline.checkVariables(operation);
    if (wrong.length > 0) return new LiveResult({ errors: wrong.map(pipeline.shapeError) });
    const viewer = await operation.viewerOf();
    if ("refusal" in viewer) {
      return failed(new GraphQLError(viewer.refusal, { nodes: field, extensions: { code: "FORBIDDEN" } }));
    }
    const stream = await createSourceEventStream({
      schema: pipeline.schema,
      document,
      contextValue: context,
      variableValues: variables ?? null,
      operationName: operationName ?? null,
      hideSuggestions: pipeline.hideSuggestions,
    });
    if (!(stream instanceof LiveRequest)) {
      return Symbol.asyncIterator in stream
        ? failed(new Error("a subscription field must return a live request"))
        : new LiveResult({ errors: (stream.errors ?? []).map((error) => pipeline.shapeError(error)) });
    }
    const responseKey = field.alias?.value ?? field.name.value;
    return await live.open({
      viewer,
      request: stream,
      sharingKey: sharingKey(operation, field),
      responseKey,
      failed: (error, cursor) => {
        const { message, extensions } = pipeline.shapeError(asGraphQLError(error));
        const shaped = { ...extensions, ...(cursor === undefined ? {} : { cursor }) };
        return new LiveResult({
          data: { [responseKey]: null },
          errors: [{ message, path: [responseKey], extensions: shaped }],
        });
      },
      async execute(rootValue, _position, inHand) {
        const event = await operation.startEvent(inHand);
        try {
          return new LiveResult(
            await pipeline.execute({ document, operationName, variables, context: event.context, rootValue }),
          );
        } finally {
          event.close();
        }
      },
    });
  } catch (error) {
    return failed(error);
  }
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "OPERATION_RESOLUTION_FAILURE" } });
}

/** Equal for subscriptions that want the same: the cursor decides only where each begins. */
function sharingKey({ source, operationName, variables }: SubscriptionOperation, field: FieldNode): string {
  const after = field.arguments?.find((argument) => argument.name.value === "after")?.value;
  const cursorVariable = after?.kind === Kind.VARIABLE ? after.name.value : undefined;
  const kept = Object.entries(variables ?? {}).filter(([name]) => name !== cursorVariable);
  return createHash("sha256")
    .update(JSON.stringify([source, operationName ?? null, kept.sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest("base64url");
}

/** The one field of a subscription; validation has made sure that there is no second. */
function rootField(document: DocumentNode, operationName: string | null | undefined): FieldNode | undefined {
  const operation: OperationDefinitionNode | null | undefined = getOperationAST(document, operationName);
  if (operation?.operation !== "subscription") return undefined;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return firstField(operation.selectionSet, fragments);
}

function firstField(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FieldNode | undefined {
  for (const selection of selections) {
    const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (inner?.kind === Kind.FIELD) return inner;
    const found = inner?.selectionSet === undefined ? undefined : firstField(inner.selectionSet, fragments);
    if (found !== undefined) return found;
  }
  return undefined;
}
