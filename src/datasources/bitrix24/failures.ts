import type { Call } from "./calls.ts";
import { UnclearAnswer } from "./connection.ts";
import { type AnswerSource, decodeFrom } from "./decoding.ts";
import { TOO_MANY_REQUESTS } from "./envelope.ts";
import {
  PortalProtocolError,
  PortalRateLimited,
  PortalRefusal,
  PortalTimeout,
  PortalUnavailable,
  UpstreamError,
} from "./errors.ts";
import { TOKEN_METHOD } from "./tokens.ts";
import { TransportFailure } from "./transport.ts";
import { WireError } from "./wire.ts";

/** `OVERLOAD_LIMIT` is a manual block by support, of unknown length. */
const OVERLOAD_RETRY_MS = 60_000;

/** What a failed request means for its calls. */
export interface Failure {
  /** What the caller is told if it is not repeated. */
  readonly error: UpstreamError;
  /** Whether the portal may have run it: decides between repeating a write and `OutcomeUnknown`. */
  readonly mayHaveRun: boolean;
  /** Whether a repetition may succeed. */
  readonly transient: boolean;
  /** The portal said that its request allowance is used up. */
  readonly rateExceeded: boolean;
}

const DEFINITE = { mayHaveRun: false, transient: false, rateExceeded: false };

/** Reads a rejection of `Connection.post`, or a refusal inside a batch, for one method. */
export function readFailure(method: string, error: unknown): Failure {
  if (error instanceof PortalRefusal) return readRefusal(method, error);
  if (error instanceof TransportFailure) {
    if (error.timedOut) {
      const timeout = new PortalTimeout(`The portal did not answer ${method} in time.`, method, { cause: error });
      return { error: timeout, mayHaveRun: true, transient: true, rateExceeded: false };
    }
    const reached = error.sent ? `The portal's connection broke during ${method}.` : "The portal cannot be reached.";
    const unavailable = new PortalUnavailable(reached, method, { cause: error });
    return { error: unavailable, mayHaveRun: error.sent, transient: true, rateExceeded: false };
  }
  if (error instanceof UnclearAnswer) {
    return { error: error.answered, mayHaveRun: true, transient: true, rateExceeded: false };
  }
  if (error instanceof UpstreamError) return { ...DEFINITE, error };
  // A fault of our own: the call ends, the cause is logged where the error is shaped.
  const fault = new PortalProtocolError(`The answer to ${method} could not be handled.`, method, { cause: error });
  return { error: fault, mayHaveRun: true, transient: false, rateExceeded: false };
}

function readRefusal(method: string, refusal: PortalRefusal): Failure {
  switch (refusal.code) {
    case "QUERY_LIMIT_EXCEEDED":
      return rateExceeded(method, refusal);
    case "OVERLOAD_LIMIT":
      return {
        ...DEFINITE,
        error: new PortalRateLimited(
          "The portal is blocked for REST calls by its provider.",
          OVERLOAD_RETRY_MS,
          method,
          refusal.error,
        ),
      };
    case "INTERNAL_SERVER_ERROR":
    case "ERROR_UNEXPECTED_ANSWER":
      return {
        error: new PortalUnavailable(`The portal failed while running ${method}.`, method, { error: refusal.error }),
        mayHaveRun: true,
        transient: true,
        rateExceeded: false,
      };
    case "ERROR_CORE":
      // A query of the portal's database may have failed amid the work. Only a status below 500 says otherwise, and a batch tells none.
      return { ...DEFINITE, error: ownRefusal(method, refusal), mayHaveRun: refusal.status === undefined };
    case "OPERATION_TIME_LIMIT":
      return { ...DEFINITE, error: ownRefusal(method, refusal) };
    default:
      if (refusal.status === TOO_MANY_REQUESTS) return rateExceeded(method, refusal);
      return { ...DEFINITE, error: ownRefusal(method, refusal) };
  }
}

function rateExceeded(method: string, { error }: PortalRefusal): Failure {
  const told = error === "" ? undefined : error;
  return {
    error: new PortalRateLimited("The portal's request allowance is used up.", 1_000, method, told),
    mayHaveRun: false,
    transient: true,
    rateExceeded: true,
  };
}

/** The refusal of a whole batch as told to one method in it. */
function ownRefusal(method: string, refusal: PortalRefusal): PortalRefusal {
  // That no new token could be had is told as what it is.
  if (refusal.method === method || refusal.method === TOKEN_METHOD) return refusal;
  return new PortalRefusal(method, refusal.error, refusal.description, refusal.status, "request");
}

type DecodedCall<T> = Pick<Call<T>, "method" | "decode">;

/** Runs the decoder of a call; what it does not understand becomes a `PortalProtocolError` that names the method and the place. */
export function decodeResult<T>({ method, decode }: DecodedCall<T>, result: unknown, source: AnswerSource): T {
  try {
    return decodeFrom(source, method, () => decode(result));
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    const detail = error instanceof WireError ? ` (${error.message})` : "";
    throw new PortalProtocolError(`The portal's answer to ${method} is not understood${detail}.`, method, {
      cause: error,
    });
  }
}
