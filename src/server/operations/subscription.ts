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
import type { InboxItemRecord } from "../../datasources/domain/inbox-item.ts";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import { type InboxDelivery, InboxRequest } from "../../subscriptions/live/inbox/inbox-request.ts";
import type { Inboxes } from "../../subscriptions/live/inbox/inboxes.ts";
import type { LiveEvents } from "../../subscriptions/live/live-events.ts";
import { type EventInHand, type LiveDelivery, LiveRequest } from "../../subscriptions/live/live-request.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { LiveStream } from "../../subscriptions/live/live-stream.ts";
import type { LiveViewer } from "../../subscriptions/live/live-viewer.ts";
import type { ListViewer } from "../live-identities.ts";
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
  readonly shape: (error: GraphQLError) => GraphQLFormattedError;
  /** Who listens; a sentence when live events cannot be had. */
  readonly viewerOf: () => Promise<LiveViewer | { readonly refusal: string }>;
  /** Whose list is shown; a sentence when it may not be. */
  readonly listViewerOf: () => Promise<ListViewer | { readonly refusal: string }>;
  /** A fresh context for what became of a list. */
  readonly startListChange: (
    rows: readonly InboxItemRecord[],
  ) => Promise<{ readonly context: OperationContext; abort(): void; close(): void }>;
  /** A fresh context for the execution of one event. */
  readonly startEvent: (
    inHand: EventInHand | undefined,
  ) => Promise<{ readonly context: OperationContext; abort(): void; close(): void }>;
}

/** What subscriptions are opened on. */
export interface LiveSources {
  readonly live: LiveEvents;
  readonly inboxes: Inboxes;
}

/** A subscription whose arguments were checked. */
interface Opening {
  readonly executing: Executing;
  readonly subscription: Subscription;
  /** Name of the field in the answer. */
  readonly responseKey: string;
  readonly field: FieldNode;
  readonly failed: (error: unknown, cursor?: string) => LiveResult;
}

/**
 * Opens a subscription: the schema's own `subscribe` checks the arguments, then a reader is opened and equal subscriptions execute
 * together; the viewer's own list has a window opened on it. Resolves to a single result when it cannot begin. Never rejects.
 * @param context of the opening; each event has one of its own, so that this one is kept by nothing
 * @param after cursor to go on after in place of what was asked for
 */
export async function subscribe(
  executing: Executing,
  { live, inboxes }: LiveSources,
  subscription: Subscription,
  context: OperationContext,
  after?: string,
): Promise<LiveStream | LiveResult> {
  const { operation, variables, shape } = subscription;
  const { document, node } = operation;
  try {
    const field = rootField(operation);
    const stream = await createSourceEventStream({
      schema: executing.schema,
      document,
      contextValue: context,
      variableValues: variables ?? null,
      operationName: node.name?.value ?? null,
      hideSuggestions: executing.hideSuggestions,
    });
    const responseKey = field.alias?.value ?? field.name.value;
    const opening: Opening = { executing, subscription, responseKey, field, failed: failing(responseKey, shape) };
    if (stream instanceof LiveRequest) {
      const request = after === undefined ? stream : new LiveRequest(stream.criteria, { ...stream, after });
      return await openEvents(live, request, opening);
    }
    if (stream instanceof InboxRequest) return await openInbox(inboxes, stream, opening);
    return Symbol.asyncIterator in stream
      ? refused(shape, new Error("a subscription field must return a live request"))
      : new LiveResult({ errors: (stream.errors ?? []).map(shape) });
  } catch (error) {
    return refused(shape, error);
  }
}

async function openEvents(live: LiveEvents, request: LiveRequest, opening: Opening): Promise<LiveStream | LiveResult> {
  const { subscription, responseKey, field, failed } = opening;
  const viewer = await subscription.viewerOf();
  if ("refusal" in viewer) return notAllowed(viewer.refusal, opening);
  return await live.open({
    viewer,
    request,
    sharingKey: sharingKey(subscription, field),
    responseKey,
    failed,
    execute: async (delivery, _position, inHand) => execute(await subscription.startEvent(inHand), delivery, opening),
  });
}

async function openInbox(inboxes: Inboxes, request: InboxRequest, opening: Opening): Promise<LiveStream | LiveResult> {
  const { subscription, failed } = opening;
  const found = await subscription.listViewerOf();
  if ("refusal" in found) return notAllowed(found.refusal, opening);
  return inboxes.open({
    ...found,
    request,
    failed,
    execute: async (delivery) => execute(await subscription.startListChange(delivery.changed), delivery, opening),
  });
}

/** Runs the selection for what was delivered. */
async function execute(
  within: { readonly context: OperationContext; abort(): void; close(): void },
  rootValue: LiveDelivery | InboxDelivery,
  { executing, subscription }: Opening,
): Promise<LiveResult> {
  const { operation, variables, cost, shape } = subscription;
  const { context, abort: giveUp } = within;
  try {
    return new LiveResult(await run(executing, { operation, variables, context, giveUp, cost, shape, rootValue }));
  } finally {
    within.close();
  }
}

function refused(shape: Subscription["shape"], error: unknown): LiveResult {
  return new LiveResult({ errors: [shape(asGraphQLError(error))] });
}

function notAllowed(refusal: string, { subscription, field }: Opening): LiveResult {
  return refused(subscription.shape, new GraphQLError(refusal, { nodes: field, extensions: { code: "FORBIDDEN" } }));
}

/** Makes results that carry an error only; with the cursor of the event that it concerns, where there is one. */
function failing(responseKey: string, shape: Subscription["shape"]): Opening["failed"] {
  return (error, cursor) => {
    const { message, extensions } = shape(asGraphQLError(error));
    const shaped = { ...extensions, ...(cursor === undefined ? {} : { cursor }) };
    return new LiveResult({
      data: { [responseKey]: null },
      errors: [{ message, path: [responseKey], extensions: shaped }],
    });
  };
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
