import { createHash } from "node:crypto";
import {
  createSourceEventStream,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  type SelectionSetNode,
} from "graphql";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import type { LiveEvents } from "../../subscriptions/live/live-events.ts";
import { type EventInHand, LiveRequest } from "../../subscriptions/live/live-request.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { LiveStream } from "../../subscriptions/live/live-stream.ts";
import type { LiveViewer } from "../../subscriptions/live/live-viewer.ts";
import { asGraphQLError } from "./error-shaping.ts";
import { type Executing, run } from "./execution.ts";
import type { PreparedOperation } from "./prepare.ts";
import type { Variables } from "./variable-limits.ts";

/** A subscription as the door lets it in. */
export interface Subscription {
  /** Text of the document: equal texts are equal documents. */
  readonly source: string;
  readonly operation: PreparedOperation;
  readonly variables: Variables | null | undefined;
  readonly cost: number;
  readonly context: OperationContext;
  readonly shape: (error: GraphQLError) => GraphQLFormattedError;
  /** Who listens; a sentence when live events cannot be had. */
  readonly viewerOf: () => Promise<LiveViewer | { readonly refusal: string }>;
  /** A fresh context for the execution of one event. */
  readonly startEvent: (
    inHand: EventInHand | undefined,
  ) => Promise<{ readonly context: OperationContext; abort(): void; close(): void }>;
}

/**
 * Opens a subscription: the schema's own `subscribe` checks the arguments, then a reader is opened and equal subscriptions execute
 * together. Resolves to a single result when it cannot begin. Never rejects.
 * @param after cursor to go on after in place of what was asked for
 */
export async function subscribe(
  executing: Executing,
  live: LiveEvents,
  subscription: Subscription,
  after?: string,
): Promise<LiveStream | LiveResult> {
  const { operation, variables, context, shape, cost } = subscription;
  const { document, node } = operation;
  const failed = (error: unknown): LiveResult => new LiveResult({ errors: [shape(asGraphQLError(error))] });
  try {
    const field = rootField(operation);
    const viewer = await subscription.viewerOf();
    if ("refusal" in viewer) {
      return failed(new GraphQLError(viewer.refusal, { nodes: field, extensions: { code: "FORBIDDEN" } }));
    }
    const stream = await createSourceEventStream({
      schema: executing.schema,
      document,
      contextValue: context,
      variableValues: variables ?? null,
      operationName: node.name?.value ?? null,
      hideSuggestions: executing.hideSuggestions,
    });
    if (!(stream instanceof LiveRequest)) {
      return Symbol.asyncIterator in stream
        ? failed(new Error("a subscription field must return a live request"))
        : new LiveResult({ errors: (stream.errors ?? []).map(shape) });
    }
    const responseKey = field.alias?.value ?? field.name.value;
    return await live.open({
      viewer,
      request: after === undefined ? stream : new LiveRequest(stream.criteria, { ...stream, after }),
      sharingKey: sharingKey(subscription, field),
      responseKey,
      failed: (error, cursor) => {
        const { message, extensions } = shape(asGraphQLError(error));
        const shaped = { ...extensions, ...(cursor === undefined ? {} : { cursor }) };
        return new LiveResult({
          data: { [responseKey]: null },
          errors: [{ message, path: [responseKey], extensions: shaped }],
        });
      },
      async execute(rootValue, _position, inHand) {
        const event = await subscription.startEvent(inHand);
        try {
          return new LiveResult(
            await run(executing, {
              operation,
              variables,
              context: event.context,
              giveUp: event.abort,
              cost,
              shape,
              rootValue,
            }),
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

/** Equal for subscriptions that want the same: the cursor decides only where each begins. */
function sharingKey({ source, operation, variables }: Subscription, field: FieldNode): string {
  const after = field.arguments?.find((argument) => argument.name.value === "after")?.value;
  const cursorVariable = after?.kind === Kind.VARIABLE ? after.name.value : undefined;
  const kept = Object.entries(variables ?? {}).filter(([name]) => name !== cursorVariable);
  return createHash("sha256")
    .update(JSON.stringify([source, operation.name, kept.sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest("base64url");
}

/** The one field of a subscription; validation has made sure that there is one, and no second. */
function rootField({ document, node }: PreparedOperation): FieldNode {
  const field = firstField(node.selectionSet, fragmentsOf(document));
  if (field === undefined) throw new Error("a subscription without a field");
  return field;
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
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
