import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { type Credential, fingerprint } from "../../datasources/bitrix24/credentials.ts";
import type { Portals } from "../../datasources/bitrix24/portals.ts";
import { type AllowanceStatus, UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import type { CredentialMemories } from "../../datasources/loaders/credential-memory.ts";
import type { HistoryCache, HistoryCaches } from "../../datasources/loaders/history-cache.ts";
import { type KeptViewsStore, NO_VIEWS } from "../../datasources/loaders/kept-views.ts";
import { createLoaders, type Loaders } from "../../datasources/loaders/loaders.ts";
import { createDeadlineSignal, type LightSignal } from "../../process/light-signal.ts";
import type { LiveContext, OperationContext, Turns, ViewerIdentity } from "../../resolvers/engine/context.ts";
import type { EventEyes } from "../../resolvers/engine/event-eyes.ts";
import type { FileLinks } from "../../resolvers/engine/file-links.ts";
import type { Uploads } from "../../resolvers/files/uploads.ts";
import type { Sends } from "../../resolvers/sends/sends.ts";
import type { Turns as StoreTurns } from "../../storage/turns.ts";
import type { OperationLinks } from "../files/operation-links.ts";
import type { OperationUploads } from "../files/operation-uploads.ts";
import type { Identity } from "../identity/identity.ts";
import { type SendLedger, turnsOf } from "../sends/send-ledger.ts";

export interface OperationServices {
  readonly portals: Portals;
  readonly histories: HistoryCaches;
  readonly views: KeptViewsStore;
  readonly memories: CredentialMemories;
  readonly timeoutMs: number;
  /** The live side of an identity's portal. */
  readonly liveFor: (identity: Identity) => LiveContext;
  readonly turns: StoreTurns;
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
  return start(services, identity, {
    histories: () => NOTHING_KEPT,
    links: (origin) => services.links.forEvent(identity, origin, eyes),
    eyes,
    fresh: true,
  });
}

/**
 * Binds one operation to its credential, its deadline and its abort signal. `reachedAt`: the gateway's address as the client used it. Only a
 * query may be answered from what earlier operations read: a mutation looks before it writes.
 */
export function startOperation(
  services: OperationServices,
  identity: Identity,
  kind: "query" | "mutation" | "subscription",
  requestId?: string,
  reachedAt?: string,
): RunningOperation {
  return start(services, identity, {
    histories: (credential) => services.histories.forOperation(credential),
    links: (origin) => services.links.forOperation(identity, origin, reachedAt),
    fresh: false,
    showsKept: kind === "query",
    requestId,
    reachedAt,
  });
}

/** The execution of what is different in a shown list: its reads are never answered from what was kept before, but for what `eyes` lists. */
export function startListChange(
  services: OperationServices,
  identity: Identity,
  eyes: EventEyes,
  requestId?: string,
  reachedAt?: string,
): RunningOperation {
  return start(services, identity, {
    histories: () => NOTHING_KEPT,
    links: (origin) => services.links.forOperation(identity, origin, reachedAt),
    eyes,
    fresh: true,
    requestId,
    reachedAt,
  });
}

interface Start {
  /** Histories that answer for the credential of that name. */
  readonly histories: (credential: string) => HistoryCache;
  readonly links: (portalOrigin: string) => FileLinks;
  readonly eyes?: EventEyes | undefined;
  /** No read joins one that began earlier. */
  readonly fresh: boolean;
  /** Views of earlier operations may answer. */
  readonly showsKept?: boolean;
  readonly requestId?: string | undefined;
  readonly reachedAt?: string | undefined;
}

function start(services: OperationServices, identity: Identity, begun: Start): RunningOperation {
  const deadlineAt = performance.now() + services.timeoutMs;
  const { signal, abort, settle } = createDeadlineSignal(deadlineAt);
  const usage = new UpstreamUsage(begun.requestId);
  const portal = services.portals.session(identity.credential, {
    signal,
    deadlineAt,
    usage,
    identity: identity.name,
    fresh: begun.fresh,
  });
  return {
    context: new LazyContext(services, identity, { ...begun, portal, signal, usage }),
    abort,
    close: settle,
  };
}

interface Begun extends Start {
  readonly portal: PortalSession;
  readonly signal: LightSignal;
  readonly usage: UpstreamUsage;
}

/**
 * Makes what many an operation, and nearly every event's execution, does without only when it is asked for. To be handed on as it is: a copy
 * would make all of it. A class, because getters in an object literal give each object a shape of its own in the old part of the heap, and all
 * that they see stays there until that is collected.
 */
class LazyContext implements OperationContext {
  readonly viewer: ViewerIdentity;
  readonly portal: PortalSession;
  readonly signal: LightSignal;
  readonly usage: UpstreamUsage;
  readonly event?: EventEyes;
  readonly #services: OperationServices;
  readonly #identity: Identity;
  readonly #begun: Begun;
  #loaders: Loaders | undefined;
  #links: FileLinks | undefined;
  #live: LiveContext | undefined;

  constructor(services: OperationServices, identity: Identity, begun: Begun) {
    this.#services = services;
    this.#identity = identity;
    this.#begun = begun;
    this.viewer = identity.viewer;
    this.portal = begun.portal;
    this.signal = begun.signal;
    this.usage = begun.usage;
    if (begun.eyes !== undefined) this.event = begun.eyes;
  }

  get loaders(): Loaders {
    this.#loaders ??= this.#startLoaders();
    return this.#loaders;
  }

  get live(): LiveContext {
    this.#live ??= this.#services.liveFor(this.#identity);
    return this.#live;
  }

  get links(): FileLinks {
    this.#links ??= this.#begun.links(this.portal.origin);
    return this.#links;
  }

  get uploads(): Uploads {
    return this.#services.uploads.forOperation(this.#identity, this.portal.host, this.#begun.reachedAt);
  }

  get turns(): Turns {
    return turnsOf(this.#services.turns, this.portal.host);
  }

  get sends(): Sends {
    return this.#services.sends.forIdentity(this.portal.host, this.#identity.name);
  }

  upstreamStatus(): AllowanceStatus {
    return this.#services.portals.status(this.#identity.credential);
  }

  #startLoaders(): Loaders {
    const name = nameOf(this.#identity.credential);
    const memory = this.#services.memories.forCredential(this.portal.host, name);
    const views = this.#begun.showsKept === true ? this.#services.views.forOperation(name, this.usage) : NO_VIEWS;
    return createLoaders(this.portal, this.#begun.histories(name), memory, views);
  }
}
