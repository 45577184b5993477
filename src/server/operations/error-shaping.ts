import { GraphQLError, type GraphQLFormattedError, Kind } from "graphql";
import { UnclearAnswer } from "../../datasources/bitrix24/connection.ts";
import {
  CallAborted,
  OutcomeUnknown,
  PortalProtocolError,
  PortalRateLimited,
  PortalRefusal,
  PortalResting,
  PortalTimeout,
  PortalUnavailable,
  UpstreamError,
} from "../../datasources/bitrix24/errors.ts";
import { WireError } from "../../datasources/bitrix24/wire.ts";
import { queryErrorOf } from "../../refusals/query-error.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import { clippedText } from "./clipped-text.ts";

/** The part of an error that follows from its cause; position and path come from where it was thrown. */
export interface ErrorShape {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
}

export interface ErrorLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ErrorShaping {
  readonly log: ErrorLog;
  /** Characters of a message. */
  readonly maxLength: number;
  /** Under which a fault that nobody foresaw stands in the log. */
  readonly requestId: string;
}

/** One error can point at thousands of places. */
const MAX_LOCATIONS = 10;

/**
 * Turns any error of an operation into what the client sees: a stable `extensions.code`, a sentence, and nothing internal.
 * What nobody foresaw is logged whole under a request id, and the client gets the id.
 */
export function shapeError(error: GraphQLError, shaping: ErrorShaping): GraphQLFormattedError {
  const shape = shapeOf(error, shaping);
  return {
    message: clippedText(shape.message, shaping.maxLength),
    ...(error.locations === undefined ? {} : { locations: error.locations.slice(0, MAX_LOCATIONS) }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: shape.extensions,
  };
}

function shapeOf(error: GraphQLError, shaping: ErrorShaping): ErrorShape {
  const cause = rootCause(error);
  if (cause instanceof UpstreamError) {
    logOwnFault(cause, error, shaping);
    return shapeUpstreamError(cause);
  }
  // A decoder's complaint that no method claimed: still the portal's answer that is not understood.
  if (cause instanceof WireError)
    return { message: notUnderstood(undefined, cause), extensions: { code: "UPSTREAM_PROTOCOL" } };
  if (cause instanceof StorageUnavailable) return shapeStorageUnavailable(cause);
  if (!(cause instanceof GraphQLError)) return unforeseen(error, cause, shaping);
  // Apollo names its own errors on the wrapping error, ours carry the code themselves.
  const code = error.extensions.code ?? cause.extensions.code;
  if (typeof code === "string" && code !== "INTERNAL_SERVER_ERROR") {
    return {
      message: error.message,
      extensions: { ...publicExtensions({ ...cause.extensions, ...error.extensions }), code },
    };
  }
  if (isInputError(error, cause)) return { message: error.message, extensions: { code: "BAD_USER_INPUT" } };
  return unforeseen(error, cause, shaping);
}

/** An answer that our own program stumbled over looks like the portal's fault to the client; whoever runs the gateway must see the cause. */
function logOwnFault(failure: UpstreamError, { path }: GraphQLError, { log, requestId }: ErrorShaping): void {
  if (!(failure instanceof PortalProtocolError) || failure.cause === undefined || failure.cause instanceof WireError)
    return;
  log.error(
    { err: failure.cause, method: failure.method, path: path?.join("."), requestId },
    "An answer of the portal could not be handled",
  );
}

/** graphql-js wraps what a resolver threw, and each layer of ours may have wrapped it again. */
function rootCause(error: Error): Error {
  let cause: Error = error;
  while (cause instanceof GraphQLError && cause.originalError != null) cause = cause.originalError;
  return cause;
}

/** Values that do not fit their type, found by graphql-js while it coerces variables or arguments: it points at the client's own text. */
function isInputError(error: GraphQLError, cause: GraphQLError): boolean {
  const node = (cause.nodes ?? error.nodes)?.[0];
  if (node === undefined) return false;
  // A field's node stands there for a value that could not be serialised, too; only the absent argument is the client's doing.
  return node.kind === Kind.FIELD ? /^Argument "/.test(cause.message) : true;
}

/** Without what Apollo uses for HTTP, and without any stack. */
function publicExtensions(extensions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { http: _http, stacktrace: _stacktrace, exception: _exception, ...rest } = extensions;
  return rest;
}

function unforeseen(error: GraphQLError, cause: Error, { log, requestId }: ErrorShaping): ErrorShape {
  log.error({ err: cause, path: error.path?.join("."), requestId }, "An operation failed for a reason nobody foresaw");
  return {
    message: `The gateway failed. Its log has the details under the request id ${requestId}.`,
    extensions: { code: "INTERNAL_SERVER_ERROR", requestId },
  };
}

/** Without its message, which is for the operator: the store is watched, and what is wrong with it is in the log. */
function shapeStorageUnavailable({ retryAfterMs }: StorageUnavailable): ErrorShape {
  return {
    message: `The gateway's own storage cannot be used now. Try again after ${retryAfterMs} ms.`,
    extensions: { code: "STORAGE_UNAVAILABLE", retryAfterMs },
  };
}

function notUnderstood(method: string | undefined, error: WireError): string {
  return `The portal's answer${method === undefined ? "" : ` to ${method}`} is not understood: ${error.message}.`;
}

/** The code and sentence of a failed upstream call. */
export function shapeUpstreamError(error: UpstreamError): ErrorShape {
  if (error instanceof PortalRefusal) return queryErrorOf(error);
  if (error instanceof PortalRateLimited) {
    return {
      message: error.message,
      extensions: {
        code: "UPSTREAM_RATE_LIMITED",
        retryAfterMs: error.retryAfterMs,
        ...calledMethod(error, error.error ?? null),
      },
    };
  }
  const message = error.cause instanceof WireError ? notUnderstood(error.method, error.cause) : error.message;
  const rest = error instanceof PortalResting ? { retryAfterMs: error.retryAfterMs } : {};
  return { message, extensions: { code: upstreamCode(error), ...rest, ...calledMethod(error, toldCode(error)) } };
}

/** The portal's own code, where it gave one with its failure. */
function toldCode(error: UpstreamError): string | null {
  if (error instanceof PortalUnavailable) return error.error ?? null;
  if (!(error instanceof OutcomeUnknown)) return null;
  const answered = error.cause instanceof UnclearAnswer ? error.cause.answered : error.cause;
  const isTold = answered instanceof PortalRefusal || answered instanceof PortalUnavailable;
  return isTold ? (answered.error ?? null) : null;
}

/** Which method failed, with the portal's own code if it gave one. */
function calledMethod(
  { method }: UpstreamError,
  error: string | null,
): { bitrix24?: { method: string; error: string | null } } {
  return method === undefined ? {} : { bitrix24: { method, error } };
}

function upstreamCode(error: UpstreamError): string {
  if (error instanceof OutcomeUnknown) return "OUTCOME_UNKNOWN";
  if (error instanceof PortalProtocolError) return "UPSTREAM_PROTOCOL";
  // An aborted call is one the operation's time did not suffice for; a client that left never reads it.
  if (error instanceof PortalTimeout || error instanceof CallAborted) return "UPSTREAM_TIMEOUT";
  if (error instanceof PortalUnavailable) return "UPSTREAM_UNAVAILABLE";
  return "UPSTREAM_PROTOCOL";
}

export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const original = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(original.message, { originalError: original });
}
