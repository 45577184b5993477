import { type Allowance, createLocalAllowance } from "./bucket.ts";
import type { ParamMap, PortalSession } from "./calls.ts";
import { type CircuitBreaker, createCircuitBreaker } from "./circuit-breaker.ts";
import { type Authorization, createConnection } from "./connection.ts";
import {
  type ApplicationCredential,
  type Credential,
  type Endpoint,
  endpointOf,
  fingerprint,
  type UserTokenCredential,
} from "./credentials.ts";
import type { LeftOut } from "./decoding.ts";
import { tellingRefusedTokens } from "./refused-tokens.ts";
import { type ObservedRequest, observingRequests } from "./request-observer.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";
import { createSession, type Operation } from "./session.ts";
import { createTokenSource, type RenewTokens, type TokenSource } from "./tokens.ts";
import { createTransport, type TransportOptions } from "./transport.ts";
import { type AllowanceStatus, type Plan, UpstreamUsage } from "./usage.ts";

export type { Credential } from "./credentials.ts";

export interface PortalsOptions extends TransportOptions {
  /** The plan of every portal; decides the request allowance. */
  readonly plan: Plan;
  /** Plain http to hosts other than loopback. */
  readonly allowHttp: boolean;
  /** Hosts to which a renamed portal may be followed, besides its own. */
  readonly allowedHosts: readonly string[];
  /** How an application's tokens are renewed and kept. */
  readonly renewTokens?: RenewTokens | undefined;
  /** The part of a portal's drain that the live side's own questions may use together; a quarter by default. */
  readonly liveShare?: number | undefined;
  /** A portal has refused a request for the user's token that it came with. */
  /** Told of each request after it is over. */
  readonly onRequest?: ((request: ObservedRequest) => void) | undefined;
  readonly onTokenRefused?: ((credential: UserTokenCredential) => void) | undefined;
  /** Parts of a portal's answer could not be read and were left out of it. */
  readonly leftOut?: ((host: string, parts: LeftOut) => void) | undefined;
  /** Told of each call that changes something, when it is asked for and when it is answered or given up, with whose credential by its fingerprint. */
  readonly onWrite?: ((credentialKey: string, params: ParamMap) => void) | undefined;
  /** The allowance of a portal where several processes share it; by default this process counts alone. */
  readonly createAllowance?: ((host: string, plan: Plan) => Allowance) | undefined;
}

/** All portals that the gateway talks to: one scheduler and one allowance for each, shared by all its credentials. */
export interface Portals {
  /** A credential bound to one operation. Throws `CredentialError` for a credential that cannot be used. */
  session(credential: Credential, operation: Operation): PortalSession;
  status(credential: Credential): AllowanceStatus;
  /** By host, for each portal that was asked for anything: `failing` while it is given a rest. */
  states(): Readonly<Record<string, "ready" | "failing">>;
  /** Asks the portal for its scopes; rejects with an `UpstreamError` when it cannot be used. */
  probe(credential: Credential): Promise<void>;
  close(): Promise<void>;
}

interface KnownCredential {
  readonly endpoint: Endpoint;
  readonly laneName: string;
  readonly authorization: () => Authorization;
}

/** User tokens come and go; what is known about one is only a shortcut. */
const MAX_KNOWN_CREDENTIALS = 5_000;
const LIVE_SHARE = 0.25;
const PROBE_TIMEOUT_MS = 5_000;

export function createPortals(options: PortalsOptions): Portals {
  const transport = createTransport(options);
  const schedulers = new Map<string, Scheduler>();
  const breakers = new Map<string, CircuitBreaker>();
  const known = new WeakMap<Credential, KnownCredential>();
  const tokenSources = new Map<string, TokenSource>();
  const allowedHosts = new Set(options.allowedHosts);

  function schedulerFor(endpoint: Endpoint): Scheduler {
    const existing = schedulers.get(endpoint.host);
    if (existing !== undefined) return existing;
    const allowance = options.createAllowance?.(endpoint.host, options.plan) ?? createLocalAllowance(options.plan);
    const breaker = createCircuitBreaker();
    breakers.set(endpoint.host, breaker);
    const isAllowedHost = (host: string): boolean => host === endpoint.host || allowedHosts.has(host);
    const plain = tellingRefusedTokens(
      createConnection({ transport, allowance, breaker, isAllowedHost, allowHttp: options.allowHttp }),
    );
    const connection = options.onRequest === undefined ? plain : observingRequests(plain, options.onRequest);
    const scheduler = createScheduler({
      plan: options.plan,
      connection,
      allowance,
      breaker,
      liveShare: options.liveShare ?? LIVE_SHARE,
    });
    schedulers.set(endpoint.host, scheduler);
    return scheduler;
  }

  function recognise(credential: Credential): KnownCredential {
    const found = known.get(credential);
    if (found !== undefined) return found;
    const address = endpointOf(credential, options.allowHttp);
    const endpoint = { ...address, leftOut: (parts: LeftOut) => options.leftOut?.(address.host, parts) };
    const laneName = fingerprint(credential);
    const recognised = { endpoint, laneName, authorization: () => authorizationOf(credential, laneName) };
    known.set(credential, recognised);
    return recognised;
  }

  function authorizationOf(credential: Credential, laneName: string): Authorization {
    switch (credential.kind) {
      case "webhook":
        return { kind: "path" };
      case "user-token":
        return {
          kind: "token",
          accessToken: credential.accessToken,
          refused: () => options.onTokenRefused?.(credential),
        };
      case "application":
        return { kind: "renewable", tokens: tokensOf(credential, laneName) };
    }
  }

  function tokensOf(credential: ApplicationCredential, laneName: string): TokenSource {
    const existing = tokenSources.get(laneName);
    if (existing !== undefined) return existing;
    const source = createTokenSource(credential, transport, options.renewTokens);
    if (tokenSources.size < MAX_KNOWN_CREDENTIALS) tokenSources.set(laneName, source);
    return source;
  }

  const session = (credential: Credential, operation: Operation): PortalSession => {
    const { endpoint, laneName, authorization } = recognise(credential);
    const scheduler = schedulerFor(endpoint);
    operation.usage.observe(scheduler.bucket);
    return createSession(
      {
        scheduler,
        endpoint,
        laneName,
        authorization,
        botClientId: credential.botClientId,
        onWrite: options.onWrite,
      },
      operation,
    );
  };

  return {
    session,
    status(credential) {
      const { endpoint, laneName, authorization } = recognise(credential);
      const scheduler = schedulerFor(endpoint);
      return scheduler.status(scheduler.lane(laneName, endpoint, authorization));
    },
    states: () =>
      Object.fromEntries(
        [...breakers].map(([host, breaker]) => [host, breaker.state() === "closed" ? "ready" : "failing"] as const),
      ),
    async probe(credential) {
      const portal = session(credential, {
        signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
        deadlineAt: performance.now() + PROBE_TIMEOUT_MS,
        usage: new UpstreamUsage(),
      });
      await portal.read({ method: "scope", params: {}, decode: () => undefined });
    },
    async close() {
      for (const scheduler of schedulers.values()) scheduler.close();
      await transport.close();
    },
  };
}
