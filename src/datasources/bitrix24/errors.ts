/**
 * What can go wrong between the gateway and a portal, as a few named classes. None of their messages carries an address,
 * a secret or a token, so each may be shown to a client.
 */
export abstract class UpstreamError extends Error {
  /** The REST method that was called, in its documented spelling; absent where no single method is to blame. */
  readonly method: string | undefined;

  constructor(message: string, method?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.method = method;
  }
}

/**
 * Which part of the portal refused: `request` refuses a batch as a whole, before any method is looked at; `command` one command of a batch that was let in;
 * `call` either, of a request that is one call.
 */
export type RefusalLayer = "request" | "command" | "call";

/** The portal answered with `{error, error_description}`: it understood the call and refused it. */
export class PortalRefusal extends UpstreamError {
  /** The portal's error code as sent; the empty string is a documented oddity of several operator methods. */
  readonly error: string;
  /** The same in upper case, to compare: some codes arrive in lower case. */
  readonly code: string;
  /** Free text, partly in the portal's language. Never match on it. */
  readonly description: string;
  /** HTTP status; undefined inside a batch, where the portal does not send one. */
  readonly status: number | undefined;
  readonly layer: RefusalLayer;

  constructor(
    method: string,
    error: string,
    description: string,
    status?: number,
    layer: RefusalLayer = status === undefined ? "command" : "call",
  ) {
    super(
      error === "" ? `The portal refused ${method} without a reason.` : `The portal refused ${method}: ${error}.`,
      method,
    );
    this.error = error;
    this.code = error.toUpperCase();
    this.description = description;
    this.status = status;
    this.layer = layer;
  }
}

/** The portal's allowance is used up (request rate, operating time, or a manual block), or the gateway's queue cannot serve in time. */
export class PortalRateLimited extends UpstreamError {
  readonly retryAfterMs: number;
  /** The portal's code, when it was the portal that refused; undefined when the gateway did not ask. */
  readonly error: string | undefined;

  constructor(message: string, retryAfterMs: number, method?: string, error?: string) {
    super(message, method);
    this.error = error;
    this.retryAfterMs = Math.max(1, Math.ceil(retryAfterMs));
  }
}

interface UnavailableOptions extends ErrorOptions {
  readonly error?: string;
}

/** The portal could not be reached, or kept failing. Nothing was changed by the call. */
export class PortalUnavailable extends UpstreamError {
  /** The portal's code, where it gave one. */
  readonly error: string | undefined;

  constructor(message: string, method?: string, { error, ...options }: UnavailableOptions = {}) {
    super(message, method, options);
    this.error = error;
  }
}

/** The portal failed again and again and is being given a rest: the call was not sent. */
export class PortalResting extends PortalUnavailable {
  /** Milliseconds, a whole number above 0, after which the portal is asked again. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number, method: string) {
    super("The portal failed repeatedly and is being given a rest. Try again in a few seconds.", method);
    this.retryAfterMs = Math.max(1, Math.ceil(retryAfterMs));
  }
}

/** The portal did not answer a read within the operation's time. */
export class PortalTimeout extends UpstreamError {}

/** The portal's answer is not REST JSON, or a value in it has a shape that is not understood. */
export class PortalProtocolError extends UpstreamError {}

interface UnknownOptions extends ErrorOptions {
  /** What the client should do, in a sentence. */
  readonly advice?: string;
}

/** A write may or may not have been carried out: it was sent and no readable answer came back. */
export class OutcomeUnknown extends UpstreamError {
  constructor(
    method: string,
    { advice = "Read the object again before repeating it.", ...options }: UnknownOptions = {},
  ) {
    super(
      `${method} was sent but no answer came back: it may or may not have been carried out. ${advice}`,
      method,
      options,
    );
  }
}

/** The client went away or the operation's deadline passed before the call left the gateway. */
export class CallAborted extends UpstreamError {}
