import { type Credential, fingerprint } from "../../datasources/bitrix24/credentials.ts";
import type { Portals } from "../../datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import type { CredentialMemories } from "../../datasources/loaders/credential-memory.ts";
import type { HistoryCache, HistoryCaches } from "../../datasources/loaders/history-cache.ts";
import { createLoaders, type Loaders } from "../../datasources/loaders/loaders.ts";
import { guard } from "../../process/guard.ts";
import { createLightSignal } from "../../process/light-signal.ts";
import type { LiveContext, OperationContext } from "../../resolvers/engine/context.ts";
import type { EventEyes } from "../../resolvers/engine/event-eyes.ts";
import type { FileLinks } from "../../resolvers/engine/file-links.ts";
import type { Turns } from "../../storage/turns.ts";
import type { OperationLinks } from "../files/operation-links.ts";
import type { OperationUploads } from "../files/operation-uploads.ts";
import type { Identity } from "../identity/identity.ts";
import { type SendLedger, turnsOf } from "../sends/send-ledger.ts";

export interface OperationServices {
  readonly portals: Portals;
  readonly histories: HistoryCaches;
  readonly memories: CredentialMemories;
  readonly timeoutMs: number;
  /** The live side of an identity's portal. */
  readonly liveFor: (identity: Identity) => LiveContext;
  readonly turns: Turns;
  readonly sends: SendLedger;
  readonly links: OperationLinks;
  readonly uploads: OperationUploads;
}

/** An operation's context with what ends it. */
export interface RunningOperation {
  readonly context: OperationContext;
  /** The client has gone: what is still queued upstream is given up. */
  abort(): void;
  /** The operation is over; its deadline is forgotten. */
  close(): void;
}

/** Configured credentials are the same objects in every operation, so that each is named once. */
const fingerprints = new WeakMap<Credential, string>();

function nameOf(credential: Credential): string {
  const name = fingerprints.get(credential) ?? fingerprint(credential);
  fingerprints.set(credential, name);
  return name;
}

/** Reads of an event's execution are never answered from what was kept before it. */
const NOTHING_KEPT: HistoryCache = { get: () => undefined, set: () => {} };

/** The execution of one live event: with the viewer's own credential, but for what `eyes` lists. */
export function startEvent(
  services: OperationServices,
  identity: Identity,
  eyes: EventEyes | undefined,
): RunningOperation {
  const running = startOperation(services, identity, "event");
  const { context } = running;
  const links = services.links.forEvent(identity, context.portal.origin, eyes);
  return { ...running, context: { ...context, links, ...(eyes === undefined ? {} : { event: eyes }) } };
}

/**
 * Binds one operation, or the execution of one live event, to its credential, its deadline and its abort signal. `reachedAt`: the gateway's
 * address as the client used it.
 */
export function startOperation(
  services: OperationServices,
  identity: Identity,
  purpose: "operation" | "event" = "operation",
  requestId?: string,
  reachedAt?: string,
): RunningOperation {
  const { signal, abort } = createLightSignal();
  const usage = new UpstreamUsage(requestId);
  const deadlineAt = performance.now() + services.timeoutMs;
  const timer = setTimeout(guard("an operation's deadline", abort), services.timeoutMs);
  timer.unref();
  const portal = services.portals.session(identity.credential, {
    signal,
    deadlineAt,
    usage,
    identity: identity.name,
    fresh: purpose === "event",
  });
  // Many an operation reads nothing by them.
  let loaders: Loaders | undefined;
  let links: FileLinks | undefined;
  const startLoaders = (): Loaders => {
    const name = nameOf(identity.credential);
    const histories = purpose === "event" ? NOTHING_KEPT : services.histories.forCredential(name);
    return createLoaders(portal, histories, services.memories.forCredential(portal.host, name));
  };
  return {
    context: {
      viewer: identity.viewer,
      portal,
      get loaders() {
        loaders ??= startLoaders();
        return loaders;
      },
      signal,
      usage,
      upstreamStatus: () => services.portals.status(identity.credential),
      live: services.liveFor(identity),
      turns: turnsOf(services.turns, portal.host),
      sends: services.sends.forIdentity(portal.host, identity.name),
      get links() {
        links ??= services.links.forOperation(identity, portal.origin, reachedAt);
        return links;
      },
      get uploads() {
        return services.uploads.forOperation(identity, portal.host, reachedAt);
      },
    },
    abort,
    close: () => clearTimeout(timer),
  };
}
