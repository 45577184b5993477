import type { IncomingHttpHeaders } from "node:http";
import type { IdentityRights } from "../../config/rights.ts";
import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import type { ViewerIdentity } from "../../resolvers/engine/context.ts";

/** Who sent a request, the credential it acts with, and what it may do. */
export interface Identity {
  /** Stable, without a secret, and one for each who: `key:inbox`, `token:HOST:17`, `jwt:ISSUER:SUBJECT`, `open`. Turns and bounds go by it. */
  readonly name: string;
  readonly viewer: ViewerIdentity;
  readonly credential: Credential;
  readonly rights: IdentityRights;
  /** Milliseconds of `Date.now()`; undefined where it lasts until it is taken back. `watch` tells what becomes of it then. */
  readonly expiresAt: number | undefined;
}

/** What an identity is read from: the same for HTTP, and for the first message of a socket. */
export interface IdentityRequest {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The client's address: behind a trusted proxy the one it tells, else the connection's. */
  readonly address: string;
  /** The connection comes from this machine and nobody forwarded it. */
  readonly isLoopback: boolean;
}

export interface IdentityRefusal {
  readonly kind: "refused";
  readonly code:
    | "BAD_REQUEST"
    | "UNAUTHENTICATED"
    | "FORBIDDEN"
    | "LIMIT_EXCEEDED"
    | "UPSTREAM_RATE_LIMITED"
    | "UPSTREAM_UNAVAILABLE";
  readonly message: string;
  /** When asking again makes sense; only where the same request may be answered otherwise then. */
  readonly retryAfterMs?: number;
  /** With `LIMIT_EXCEEDED`: what is bounded, and what would pass. */
  readonly limit?: string;
  readonly maximum?: number;
}

export type IdentityDecision = { readonly kind: "identity"; readonly identity: Identity } | IdentityRefusal;

/** `not-mine`: the request brings nothing of this provider's kind. */
export type ProviderResult = IdentityDecision | { readonly kind: "not-mine" };

export const NOT_MINE: ProviderResult = { kind: "not-mine" };

/**
 * One way of telling who a request is. Providers are asked in order; the first that does not answer `not-mine` decides. `isOpen`: it is asked
 * for a connection that was opened before, to which what is over is over, however much clocks may differ.
 */
export type IdentityProvider = (request: IdentityRequest, isOpen: boolean) => ProviderResult | Promise<ProviderResult>;

/** Tells who requests are from, and when that would be told otherwise. */
export interface Identities {
  /** Never rejects. */
  identify(request: IdentityRequest): Promise<IdentityDecision>;
  /**
   * Calls back when the same request is decided otherwise than it was for `identity`: the key was removed, narrowed or widened, the token
   * is no longer good, its time is over. May call back several times; ends with the function that is returned.
   */
  watch(request: IdentityRequest, identity: Identity, changed: (decision: IdentityDecision) => void): () => void;
  close(): void;
}

export function refusal(code: IdentityRefusal["code"], message: string, retryAfterMs?: number): IdentityRefusal {
  return { kind: "refused", code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The refusal of one who may try, only not so much at once. */
export function tooMany(excess: {
  readonly limit: string;
  readonly maximum: number;
  readonly message: string;
  readonly retryAfterMs: number;
}): IdentityRefusal {
  return { kind: "refused", code: "LIMIT_EXCEEDED", ...excess };
}

/** The HTTP status that goes with a refusal. */
export function refusalStatus({ code }: IdentityRefusal): number {
  switch (code) {
    case "BAD_REQUEST":
      return 400;
    case "UNAUTHENTICATED":
      return 401;
    case "FORBIDDEN":
      return 403;
    case "LIMIT_EXCEEDED":
    case "UPSTREAM_RATE_LIMITED":
      return 429;
    case "UPSTREAM_UNAVAILABLE":
      return 503;
    default:
      return code satisfies never;
  }
}
