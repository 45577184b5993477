import type { FormattedExecutionResult } from "graphql";
import { GraphQLError } from "graphql";
import type { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { Door } from "../operations/door.ts";
import { holderOf } from "../operations/identity-holder.ts";
import type { PreparedOperation } from "../operations/prepare.ts";
import { MUTATION_OVER_GET, statusOf } from "../operations/refusal.ts";
import type { Variables } from "../operations/variable-limits.ts";
import type { Sender } from "./authentication.ts";
import { EVENT_STREAM_PATH, GRAPHQL_PATH } from "./paths.ts";
import { reachedAt } from "./reached-at.ts";

/** An operation as an HTTP request brings it. */
export interface HttpOperation {
  readonly sender: Sender;
  readonly requestId: string;
  readonly isGet: boolean;
  readonly source: string;
  readonly operationName: string | null | undefined;
  readonly variables: Variables | null | undefined;
}

export interface HttpAnswer {
  /** Undefined: as usual. */
  readonly status: number | undefined;
  readonly result: FormattedExecutionResult;
  /** Of the operation that was run; undefined when it was refused. */
  readonly kind: PreparedOperation["kind"] | undefined;
}

const SUBSCRIPTION_OVER_HTTP = new GraphQLError(
  `Subscriptions need a stream: connect a WebSocket (graphql-transport-ws) to ${GRAPHQL_PATH}, or send this request with Accept: text/event-stream to ${EVENT_STREAM_PATH}.`,
  { extensions: { code: "BAD_REQUEST" } },
);

/** Takes an operation through the door and waits for its one result. Rejects only with what the operation's own sink throws: never. */
export async function runHttpOperation(door: Door, operation: HttpOperation): Promise<HttpAnswer> {
  const { sender, requestId, isGet, source, operationName, variables } = operation;
  const accepted = await door.accept({
    transport: "http",
    requestId,
    from: holderOf(sender.identity),
    reachedAt: reachedAt(sender.request.headers),
    source,
    operationName,
    variables,
    gone: sender.gone,
    declines: isGet ? declinedOverGet : declined,
  });
  if (accepted.kind === "refused") {
    const { status, errors, extensions } = accepted;
    return { status, result: { errors, extensions }, kind: undefined };
  }
  let answer: LiveResult | undefined;
  await accepted.run((result) => {
    answer = result;
    return undefined;
  });
  const result = answer?.result ?? {};
  // No data at all: nothing was carried out.
  const status = result.data === undefined ? statusOf(undefined, result.errors?.[0]?.extensions?.code) : undefined;
  return { status, result, kind: accepted.kind };
}

function declined(kind: PreparedOperation["kind"]): GraphQLError | undefined {
  return kind === "subscription" ? SUBSCRIPTION_OVER_HTTP : undefined;
}

function declinedOverGet(kind: PreparedOperation["kind"]): GraphQLError | undefined {
  return kind === "mutation" ? MUTATION_OVER_GET : declined(kind);
}
