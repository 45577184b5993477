import { LRUCache } from "lru-cache";
import { credentialHost } from "../config/credentials.ts";
import type { PortalSession } from "../datasources/bitrix24/calls.ts";
import type { Credential, WebhookCredential } from "../datasources/bitrix24/credentials.ts";
import { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import { type PortalRef, portalName } from "../datasources/bitrix24/portal-ref.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import type { Operation } from "../datasources/bitrix24/session.ts";
import { UpstreamUsage } from "../datasources/bitrix24/usage.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { profileGet } from "../datasources/im/account.ts";
import { atMost } from "../process/growing-cache.ts";
import type { ListUrgency } from "../subscriptions/live/dialog-lists.ts";
import type { LiveViewer } from "../subscriptions/live/live-viewer.ts";
import type { LivePortals } from "./live-portals.ts";

/** With whose credential the live side asks a portal, and which user that is. */
export interface LiveCredentials {
  /** A viewer that asks with its own credential. */
  remember(viewer: LiveViewer, credential: Credential): void;
  /** The viewer's own, bound to a fresh deadline; of the live side's share unless the viewer himself waits. */
  ofViewer(viewer: LiveViewer, urgency?: ListUrgency): PortalSession;
  /** The viewer's user of the portal; null where the portal does not tell it. */
  userOf(viewer: LiveViewer): Id | null | Promise<Id | null>;
  /** The application's, or where none is installed the polled owner's or a configured one; undefined where there is none. */
  ofPortal(portal: PortalRef): Promise<PortalSession | undefined>;
  /** The user of that credential. */
  readerOf(portal: PortalRef): Promise<Id | null>;
  /** The polled owner's, bound to a fresh deadline and to `signal`; not of the share that questions about events have. */
  ofPolling(credential: Credential, signal: AbortSignal): PortalSession;
}

export interface LiveCredentialsOptions {
  readonly portals: Portals;
  readonly livePortals: LivePortals;
  readonly polled: WebhookCredential | undefined;
  /** A configured credential of a portal that posts by an outgoing webhook, to look up what it tells. */
  readonly configuredAt: (host: string) => Credential | undefined;
  /** Ends everything that is under way. */
  readonly closing: AbortSignal;
}

const CALL_TIMEOUT_MS = 20_000;
/** Who reads for a portal is asked for each event and viewer, and stands encrypted in the store. */
const READER_KEPT_MS = 5_000;
const MAX_READERS = 1_000;
/** What the application's own user may be able to read, by method: of each right its own. */
const ABILITY_FOR = new Map([
  ["imopenlines.dialog.get", "chats"],
  ["imopenlines.session.history.get", "histories"],
] as const);

export function createLiveCredentials(options: LiveCredentialsOptions): LiveCredentials {
  const { portals, livePortals, polled, closing } = options;
  const credentials = new WeakMap<LiveViewer, Credential>();
  const users = new WeakMap<Credential, Id | Promise<Id | null>>();
  const readers = new LRUCache<string, Promise<Id | null>>({ ...atMost(MAX_READERS), ttl: READER_KEPT_MS });

  function credentialOf(viewer: LiveViewer): Credential {
    const credential = credentials.get(viewer);
    if (credential === undefined) throw new Error("a viewer without a credential");
    return credential;
  }

  function bounded(...signals: AbortSignal[]): Operation {
    return {
      signal: AbortSignal.any([closing, AbortSignal.timeout(CALL_TIMEOUT_MS), ...signals]),
      deadlineAt: performance.now() + CALL_TIMEOUT_MS,
      usage: new UpstreamUsage(),
      fresh: true,
    };
  }

  function session(credential: Credential, urgency: Operation["urgency"] = "event"): PortalSession {
    return portals.session(credential, { ...bounded(), budget: "live", urgency });
  }

  /** A portal that does not say now is asked again by the next question. */
  async function askUser(credential: Credential): Promise<Id | null> {
    try {
      const { id } = await session(credential).read(profileGet());
      users.set(credential, id);
      return id;
    } catch {
      users.delete(credential);
      return null;
    }
  }

  function userOf(credential: Credential): Id | null | Promise<Id | null> {
    if (credential.kind === "webhook") return webhookUser(credential);
    const known = users.get(credential);
    if (known !== undefined) return known;
    const asked = askUser(credential);
    users.set(credential, asked);
    return asked;
  }

  async function askReader(portal: PortalRef): Promise<Id | null> {
    if (portal.memberId !== undefined) {
      const able = await livePortals.ableTo(portal, "chats");
      return (able ?? (await livePortals.application(portal)))?.userId ?? null;
    }
    const configured = ofHost(portal.host);
    return configured === undefined ? null : await userOf(configured);
  }

  /** Where no application is installed: the polled owner's, or one that is configured for an outgoing webhook. */
  function ofHost(host: string): Credential | undefined {
    return polled !== undefined && host === credentialHost(polled) ? polled : options.configuredAt(host);
  }

  return {
    ofPolling: (credential, signal) => portals.session(credential, bounded(signal)),
    remember(viewer, credential) {
      credentials.set(viewer, credential);
    },
    ofViewer(viewer, urgency) {
      const credential = credentialOf(viewer);
      return urgency === "viewer" ? portals.session(credential, bounded()) : session(credential, urgency);
    },
    userOf: (viewer) => userOf(credentialOf(viewer)),
    async ofPortal(portal) {
      const application = await livePortals.application(portal);
      if (application !== undefined) {
        const ofAll = session(application.credential);
        const own = new Map<string, PortalSession>();
        let ofUser: PortalSession | undefined;
        for (const [method, ability] of ABILITY_FOR) {
          const able = await livePortals.ableTo(portal, ability);
          if (able === undefined || able.credential === application.credential) continue;
          // One session for both, so that what is asked together leaves in one request.
          ofUser ??= session(able.credential);
          own.set(method, ofUser);
        }
        return own.size === 0 ? ofAll : firstFrom(own, ofAll);
      }
      const configured = portal.memberId === undefined ? ofHost(portal.host) : undefined;
      return configured === undefined ? undefined : session(configured);
    },
    readerOf(portal) {
      const name = portalName(portal);
      const kept = readers.get(name);
      if (kept !== undefined) return kept;
      const asked = askReader(portal);
      readers.set(name, asked);
      const forget = (): boolean => readers.delete(name);
      asked.then((id) => id !== null || forget(), forget);
      return asked;
    },
  };
}

/** Reads by some methods with another credential, what that may not see and everything else with the usual one. */
function firstFrom(own: ReadonlyMap<string, PortalSession>, others: PortalSession): PortalSession {
  return {
    ...others,
    async read(call, options) {
      const first = own.get(call.method);
      if (first === undefined) return others.read(call, options);
      try {
        return await first.read(call, options);
      } catch (error) {
        if (error instanceof PortalRefusal) return others.read(call, options);
        throw error;
      }
    },
  };
}

/** A webhook's address names its user: `/rest/27/secret/`. */
export function webhookUser({ url }: WebhookCredential): Id | null {
  const user = new URL(url).pathname.split("/")[2] ?? "";
  return /^[1-9][0-9]*$/.test(user) ? user : null;
}
