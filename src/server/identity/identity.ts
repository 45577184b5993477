import type { IncomingHttpHeaders } from "node:http";
import { type Config, resolveCredentialName } from "../../config/config.ts";
import { type EventScope, portalHost } from "../../config/setting-values.ts";
import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import { isLoopback } from "../../datasources/bitrix24/loopback.ts";
import type { ViewerIdentity } from "../../resolvers/engine/context.ts";
import type { ApiKeys } from "./api-keys.ts";

/** Who sent a request, and the credential it acts with. */
export interface Identity {
  readonly viewer: ViewerIdentity;
  readonly credential: Credential;
  /** Live events beyond those of chats that the credential's user may see. */
  readonly events: EventRights;
}

export interface EventRights {
  readonly scope: EventScope;
  /** Lines whose events are granted. */
  readonly lines: readonly string[];
}

const OWN_EVENTS: EventRights = { scope: "own", lines: [] };

/** What an identity is read from: the same for HTTP, and for the first message of a socket. Header names in lower case. */
export interface IdentityRequest {
  readonly headers: IncomingHttpHeaders;
}

export interface IdentityRefusal {
  readonly kind: "refused";
  readonly code: "BAD_REQUEST" | "UNAUTHENTICATED" | "FORBIDDEN";
  readonly message: string;
}
export type IdentityDecision = { readonly kind: "identity"; readonly identity: Identity } | IdentityRefusal;
/** `not-mine`: the request brings nothing of this provider's kind. */
export type IdentityResult = IdentityDecision | { readonly kind: "not-mine" };

/** One way of telling who a request is. Providers are asked in order; the first that does not answer `not-mine` decides. */
export type IdentityProvider = (request: IdentityRequest) => IdentityResult;

const NOT_MINE: IdentityResult = { kind: "not-mine" };

function refusal(code: IdentityRefusal["code"], message: string): IdentityRefusal {
  return { kind: "refused", code, message };
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
    default:
      return code satisfies never;
  }
}

function header(request: IdentityRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Short enough for the reason that a socket is closed with. */
const TWO_IDENTITIES =
  "Send either X-Api-Key or X-Bitrix24-Portal with the user's token, not both: each says who the request is from.";

const BEARER = /^Bearer +([\x21-\x7e]+)$/i;

function bearerToken(request: IdentityRequest): string | undefined {
  return BEARER.exec(header(request, "authorization") ?? "")?.[1];
}

/** A Bitrix24 user's own access token, for a portal of the allow-list. The portal itself checks the token when it is first used. */
export function userTokenProvider(hosts: readonly string[], botClientId: string | undefined): IdentityProvider {
  const allowed = new Set(hosts);
  return (request) => {
    const named = header(request, "x-bitrix24-portal");
    if (named === undefined) return NOT_MINE;
    // Whichever of the two were taken, the sender might have meant the other.
    if (header(request, "x-api-key") !== undefined) return refusal("BAD_REQUEST", TWO_IDENTITIES);
    const portal = portalHost.safeParse(named);
    if (!portal.success || !allowed.has(portal.data)) {
      return refusal("FORBIDDEN", "The portal in X-Bitrix24-Portal is not one this gateway serves.");
    }
    const accessToken = bearerToken(request);
    if (accessToken === undefined) {
      return refusal(
        "UNAUTHENTICATED",
        "X-Bitrix24-Portal needs the user's access token: Authorization: Bearer TOKEN.",
      );
    }
    return {
      kind: "identity",
      identity: {
        viewer: { kind: "user-token", label: portal.data },
        credential: { kind: "user-token", portal: portal.data, accessToken, botClientId },
        events: OWN_EVENTS,
      },
    };
  };
}

/** A key of this gateway, in `X-Api-Key` or as a bearer token. */
export function apiKeyProvider(keys: ApiKeys, credentials: ReadonlyMap<string, Credential>): IdentityProvider {
  return (request) => {
    const key = header(request, "x-api-key") ?? bearerToken(request);
    if (key === undefined) return NOT_MINE;
    const found = keys.match(key);
    if (found === undefined) return refusal("UNAUTHENTICATED", "The API key is not known to this gateway.");
    const credential = credentials.get(resolveCredentialName(found.credential, credentials) ?? "");
    if (credential === undefined) {
      return refusal("FORBIDDEN", `The API key ${found.name} acts with a credential that is not configured.`);
    }
    const events = { scope: found.events, lines: found.lines };
    return { kind: "identity", identity: { viewer: { kind: "api-key", label: found.name }, credential, events } };
  };
}

/**
 * As long as there have been no keys, whoever reaches the loopback address acts with the default credential. Removing the last key withdraws
 * somebody's access: it must not open the gateway to everybody, so that from the first key on only a restart does.
 */
export function openProvider(keys: ApiKeys, credentials: ReadonlyMap<string, Credential>): IdentityProvider {
  const credential = credentials.get(resolveCredentialName(undefined, credentials) ?? "");
  return (request) => {
    if (keys.hadAny() || credential === undefined) return NOT_MINE;
    // A page on the web can make its own name resolve to this machine; its requests still carry that name.
    if (!isLoopback(hostName(header(request, "host") ?? ""))) {
      return refusal("FORBIDDEN", "Without keys the gateway answers only to a loopback host name, such as localhost.");
    }
    const viewer = { kind: "open", label: "open" } as const;
    return { kind: "identity", identity: { viewer, credential, events: OWN_EVENTS } };
  };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}

/** The providers that a configuration calls for, in the order in which they are asked. */
export function identityProviders(config: Config, keys: ApiKeys): readonly IdentityProvider[] {
  const { credentials, userTokenHosts, botClientId } = config.portal;
  const providers = [userTokenProvider(userTokenHosts, botClientId), apiKeyProvider(keys, credentials)];
  // Last: a wrong key is refused even where none is needed, so that the mistake shows.
  if (isLoopback(config.server.host)) providers.push(openProvider(keys, credentials));
  return providers;
}

/** Asks the providers; a request that none of them knows is refused. */
export function identify(providers: readonly IdentityProvider[], request: IdentityRequest): IdentityDecision {
  for (const provider of providers) {
    const result = provider(request);
    if (result.kind !== "not-mine") return result;
  }
  return refusal(
    "UNAUTHENTICATED",
    "Send an API key of this gateway as X-Api-Key, or your Bitrix24 access token as a bearer token with X-Bitrix24-Portal.",
  );
}
