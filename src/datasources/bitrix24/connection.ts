import type { LightSignal } from "../../process/light-signal.ts";
import type { Allowance } from "./bucket.ts";
import type { ParamMap } from "./calls.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { Endpoint } from "./credentials.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import { PortalProtocolError, PortalRefusal, PortalUnavailable } from "./errors.ts";
import type { TokenSource } from "./tokens.ts";
import { type Transport, type TransportAnswer, TransportFailure } from "./transport.ts";
import { wellFormedJson } from "./well-formed.ts";

/** How a lane's requests are authorised. */
export type Authorization =
  | { readonly kind: "path" }
  /** `refused` is told when the portal refuses a request for the token itself. */
  | { readonly kind: "token"; readonly accessToken: string; readonly refused: () => void }
  | { readonly kind: "renewable"; readonly tokens: TokenSource };

/** An answer came but it does not tell what became of the call: a page, half a body, a fault of the portal's program. */
export class UnclearAnswer extends Error {
  readonly answered: PortalProtocolError | PortalUnavailable;
  constructor(answered: PortalProtocolError | PortalUnavailable) {
    super(answered.message);
    this.name = "UnclearAnswer";
    this.answered = answered;
  }
}

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly allowance: Allowance;
  readonly breaker: CircuitBreaker;
  /** Whether a renamed portal may be followed to this host. */
  readonly isAllowedHost: (host: string) => boolean;
  readonly allowHttp: boolean;
}

/** What a request carries, and for whom. */
export interface RequestContent {
  /** Methods in order: the one, or those of the batch. */
  readonly methods: readonly string[];
  /** Ids of the clients' requests that wait for it; none for what the gateway asks by itself. */
  readonly requestIds: readonly string[];
}

export interface PostLimits {
  /** Bounds the whole exchange. */
  readonly timeoutMs: number;
  /** Gives up the exchange, because nobody waits for the answer any more. */
  readonly signal: LightSignal;
  /** For whoever observes requests. */
  readonly content: () => RequestContent;
}

/** Posts single REST requests of one portal: adds the authorization, renews a token, follows a rename, counts failures. */
export interface Connection {
  /**
   * Rejects with `PortalRefusal` (the portal refused the whole request), another `UpstreamError` (nothing was run), `TransportFailure`
   * or `UnclearAnswer` (it may have been run).
   * Repeats the request itself only where the portal surely did not run it: a token that is no longer good and a redirect.
   */
  post(
    endpoint: Endpoint,
    authorization: Authorization,
    method: string,
    params: ParamMap,
    limits: PostLimits,
  ): Promise<Envelope>;
}

const MAX_REDIRECTS = 3;
/** Where not even a new token is known (its user was dismissed), a renewal is not tried again for this long. */
const FUTILE_REST_MS = 60_000;
/** A portal that works answers most requests sooner. */
const FAIR_ANSWER_TIME_MS = 5_000;

/** Whatever the status, a request that is refused with these codes was not let in, so that none of its work was done. */
const BEFORE_THE_WORK: ReadonlySet<string> = new Set([
  "ACCESS_DENIED",
  "APPLICATION_NOT_FOUND",
  "AUTHORIZATION_ERROR",
  "ERROR_METHOD_NOT_FOUND",
  "EXPIRED_TOKEN",
  "INSUFFICIENT_SCOPE",
  "INVALID_CREDENTIALS",
  "INVALID_REQUEST",
  "NO_AUTH_FOUND",
  "OPERATION_TIME_LIMIT",
  "OVERLOAD_LIMIT",
  "PORTAL_DELETED",
  "QUERY_LIMIT_EXCEEDED",
  "USER_ACCESS_ERROR",
]);

/** No answer, but nobody waited for one any more, or the operation's own deadline left the portal hardly any time for one. */
function isHurried(error: unknown, { timeoutMs, signal }: PostLimits): boolean {
  return error instanceof TransportFailure && error.timedOut && (signal.aborted || timeoutMs < FAIR_ANSWER_TIME_MS);
}

/** The portal does not know the token: somebody else may have renewed the pair, which voids the old one before it expires. */
function isUnknownToken(error: unknown): boolean {
  return error instanceof PortalRefusal && ["NO_AUTH_FOUND", "INVALID_TOKEN"].includes(error.code);
}

export function createConnection(options: ConnectionOptions): Connection {
  const { transport, breaker } = options;
  /** Where a renamed portal lives now. */
  let movedTo: string | undefined;
  const futileUntil = new WeakMap<TokenSource, number>();

  function mayHelpToRenew(error: unknown, tokens: TokenSource): boolean {
    if (!(error instanceof PortalRefusal)) return false;
    if (error.code === "EXPIRED_TOKEN") return true;
    return isUnknownToken(error) && performance.now() >= (futileUntil.get(tokens) ?? 0);
  }

  async function exchange(
    endpoint: Endpoint,
    path: string,
    body: string,
    { timeoutMs, signal }: PostLimits,
  ): Promise<TransportAnswer> {
    const deadlineAt = performance.now() + timeoutMs;
    let origin = movedTo ?? endpoint.origin;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await transport.exchange(`${origin}${path}`, body, deadlineAt - performance.now(), signal);
      if (answer.status < 300 || answer.status > 399) {
        movedTo = origin === endpoint.origin ? undefined : origin;
        return answer;
      }
      // The request was not run. A client that follows by itself would turn the POST into a GET and lose the body.
      origin = redirectTarget(answer, origin, redirects);
      options.allowance.count();
    }
  }

  function redirectTarget(answer: TransportAnswer, from: string, redirects: number): string {
    const target =
      answer.location !== undefined && URL.canParse(answer.location, from) ? new URL(answer.location, from) : undefined;
    const insecure = target?.protocol === "http:" && from.startsWith("https:") && !options.allowHttp;
    if (target === undefined || insecure || redirects >= MAX_REDIRECTS || !options.isAllowedHost(target.host)) {
      throw new PortalUnavailable(
        "The portal redirects to an address that is not allowed. If it was renamed, configure its new name (and allow it in BITRIX24_PORTALS).",
      );
    }
    if (target.origin === from) {
      throw new PortalUnavailable(
        "The portal leads calls to a page of its own, such as a login. Check the address of the webhook, and that nothing before the portal asks for a login.",
      );
    }
    return target.origin;
  }

  async function attempt(endpoint: Endpoint, method: string, params: ParamMap, limits: PostLimits): Promise<Envelope> {
    breaker.starting();
    let isAnswered = false;
    try {
      const answer = await exchange(endpoint, `${endpoint.path}${method}`, wellFormedJson(params), limits);
      isAnswered = true;
      const envelope = readEnvelope(method, answer);
      breaker.succeeded();
      return envelope;
    } catch (error) {
      if (error instanceof PortalRefusal) {
        // A fault of the portal's program may come before, amid or after the work.
        if (error.status !== undefined && error.status >= 500 && !BEFORE_THE_WORK.has(error.code)) {
          breaker.failed();
          const message = `The portal failed while running ${method} (HTTP ${error.status}).`;
          throw new UnclearAnswer(new PortalUnavailable(message, method, { error: error.error }));
        }
        breaker.succeeded();
        throw error;
      }
      if (isHurried(error, limits)) breaker.undecided();
      else breaker.failed();
      if (error instanceof PortalProtocolError) throw new UnclearAnswer(error);
      throw isAnswered && error instanceof PortalUnavailable ? new UnclearAnswer(error) : error;
    }
  }

  return {
    async post(endpoint, authorization, method, params, limits) {
      switch (authorization.kind) {
        case "path":
          return attempt(endpoint, method, params, limits);
        case "token":
          return attempt(endpoint, method, { ...params, auth: authorization.accessToken }, limits);
        case "renewable": {
          const { tokens } = authorization;
          const deadlineAt = performance.now() + limits.timeoutMs;
          const accessToken = tokens.current();
          try {
            return await attempt(endpoint, method, { ...params, auth: accessToken }, limits);
          } catch (error) {
            if (!mayHelpToRenew(error, tokens)) throw error;
          }
          const renewed = await tokens.renew(accessToken);
          options.allowance.count();
          try {
            const timeoutMs = deadlineAt - performance.now();
            return await attempt(endpoint, method, { ...params, auth: renewed }, { ...limits, timeoutMs });
          } catch (error) {
            if (isUnknownToken(error)) futileUntil.set(tokens, performance.now() + FUTILE_REST_MS);
            throw error;
          }
        }
      }
    },
  };
}
