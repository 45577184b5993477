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
import type { Identity } from "../identity/identity.ts";
import type { ListViewer } from "../live-identities.ts";
import { asGraphQLError } from "./error-shaping.ts";
import { type Executing, run } from "./execution.ts";
import type { IdentityHolder } from "./identity-holder.ts";
import type { RunningOperation } from "./operation-context.ts";
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
  /** Who listens. */
  readonly from: IdentityHolder;
  readonly requestId: string;
  readonly reachedAt: string | undefined;
}

/** What subscriptions are opened on. */
export interface LiveSources {
  readonly live: LiveEvents;
  readonly inboxes: Inboxes;
  /** The live side of an identity: whose log it reads with which rights, or why there is none. */
  readonly viewerOf: (identity: Identity) => Promise<LiveViewer | { readonly refusal: string }>;
  /** Whose list an identity is shown, or why it may not. */
  readonly listViewerOf: (identity: Identity) => Promise<ListViewer | { readonly refusal: string }>;
  /** A context for what becomes of a list: nothing in it was read before. */
  readonly startListChange: (
    identity: Identity,
    rows: readonly InboxItemRecord[],
    requestId: string,
    reachedAt: string | undefined,
  ) => Promise<RunningOperation>;
  /** A context for the execution of one event: nothing in it was read before the event. */
  readonly startEvent: (identity: Identity, inHand: EventInHand | undefined) => Promise<RunningOperation>;
}

/** A subscription whose arguments were checked. */
interface Opening {
  readonly executing: Executing;
  readonly sources: LiveSources;
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
  sources: LiveSources,
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
    const failed = failing(responseKey, shape);
    const opening: Opening = { executing, sources, subscription, responseKey, field, failed };
    if (stream instanceof LiveRequest) {
      const request = after === undefined ? stream : new LiveRequest(stream.criteria, { ...stream, after });
      return await openEvents(request, opening);
    }
    if (stream instanceof InboxRequest) return await openInbox(stream, opening);
    return Symbol.asyncIterator in stream
      ? refused(shape, new Error("a subscription field must return a live request"))
      : new LiveResult({ errors: (stream.errors ?? []).map(shape) });
  } catch (error) {
    return refused(shape, error);
  }
}

async function openEvents(request: LiveRequest, opening: Opening): Promise<LiveStream | LiveResult> {
  const { sources, subscription, responseKey, field, failed } = opening;
  const { from } = subscription;
  const viewer = await sources.viewerOf(from.identity);
  if ("refusal" in viewer) return notAllowed(viewer.refusal, opening);
  return await sources.live.open({
    viewer,
    request,
    sharingKey: sharingKey(subscription, field),
    responseKey,
    failed,
    execute: async (delivery, _position, inHand) =>
      execute(await sources.startEvent(from.identity, inHand), delivery, opening),
  });
}

async function openInbox(request: InboxRequest, opening: Opening): Promise<LiveStream | LiveResult> {
  const { sources, subscription, failed } = opening;
  const { from, requestId, reachedAt } = subscription;
  const found = await sources.listViewerOf(from.identity);
  if ("refusal" in found) return notAllowed(found.refusal, opening);
  return sources.inboxes.open({
    ...found,
    request,
    failed,
    execute: async (delivery) =>
      execute(await sources.startListChange(from.identity, delivery.changed, requestId, reachedAt), delivery, opening),
  });
}

/** Runs the selection for what was delivered. */
async function execute(
  within: RunningOperation,
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
