import { credentialHost } from "../config/credentials.ts";
import { type Credential, fingerprint } from "../datasources/bitrix24/credentials.ts";
import { type PortalRef, portalName } from "../datasources/bitrix24/portal-ref.ts";
import type { InboxItemRecord } from "../datasources/domain/inbox-item.ts";
import type { LiveContext } from "../resolvers/engine/context.ts";
import type { EventEyes } from "../resolvers/engine/event-eyes.ts";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import type { EventLog } from "../subscriptions/events/event-log.ts";
import type { EventInHand } from "../subscriptions/live/live-request.ts";
import type { LiveViewer } from "../subscriptions/live/live-viewer.ts";
import type { PortalAnswers } from "../subscriptions/live/portal-answers.ts";
import type { Watchers } from "../subscriptions/live/watchers.ts";
import { eventEyes, listEyes } from "./event-eyes.ts";
import type { Identity } from "./identity/identity.ts";
import { NO_RIGHT_TO_EVENTS } from "./identity/rights.ts";
import type { LiveCredentials } from "./live-credentials.ts";
import type { LivePortals } from "./live-portals.ts";

/** Who is shown his own list. */
export interface ListViewer {
  readonly viewer: LiveViewer;
  /** Whether anything brings events of the portal. */
  readonly hasEvents: boolean;
}

/** What identities have of the live side: whose events they may hear, and what they tell of their own actions. */
export interface LiveIdentities {
  /** Whose list an identity is shown; a sentence when it may not. */
  listViewerOf(identity: Identity): Promise<ListViewer | { readonly refusal: string }>;
  /** Whose log an identity reads and with which rights; a sentence when there is none. */
  viewerOf(identity: Identity): Promise<LiveViewer | { readonly refusal: string }>;
  contextFor(identity: Identity): LiveContext;
  /** The application's credential in a portal; undefined when there is none that works. */
  applicationOf(host: string): Promise<Credential | undefined>;
  /** What the execution of an event may read for everybody; undefined for what is no event of a chat. */
  eyesFor(identity: Identity, inHand: EventInHand | undefined): Promise<EventEyes | undefined>;
  /** What the execution of a list's rows may read for everybody. */
  listEyesFor(identity: Identity, rows: readonly InboxItemRecord[]): Promise<EventEyes>;
}

export interface LiveIdentitiesOptions {
  readonly livePortals: LivePortals;
  readonly credentials: LiveCredentials;
  readonly watchers: Watchers;
  readonly answers: PortalAnswers;
  readonly log: EventLog;
  readonly headCursor: (portal: PortalRef) => Promise<string | null>;
  /** Somebody listens in a portal: what has to ask for its events begins to. */
  readonly wanted: (portal: PortalRef) => void;
  /** Whether the dialogs of a webhook are polled. */
  readonly isPolled: boolean;
  /** An event of a portal could not be kept. */
  readonly onOutage: (portal: string) => void;
  readonly onError: (error: unknown) => void;
}

const GUIDE = "docs/live-events.md";

export function createLiveIdentities(options: LiveIdentitiesOptions): LiveIdentities {
  const { livePortals, credentials, watchers, wanted, onError } = options;

  async function portalOf(identity: Identity) {
    return await livePortals.find(credentialHost(identity.credential));
  }

  async function takeCursor(identity: Identity): Promise<string | null> {
    if (identity.rights.events === null) return null;
    const { portal, sources: filledBy } = await portalOf(identity);
    if (filledBy.length === 0) return null;
    wanted(portal);
    return await options.headCursor(portal);
  }

  return {
    async listViewerOf(identity) {
      if (identity.rights.events === null) return { refusal: NO_RIGHT_TO_EVENTS };
      const { portal, sources: filledBy } = await portalOf(identity);
      if (filledBy.length > 0) wanted(portal);
      const credentialKey = fingerprint(identity.credential);
      // A list is its owner's: what else he may see by configuration is not in it.
      const viewer: LiveViewer = {
        portal,
        credentialKey,
        rightsKey: credentialKey,
        scope: "own",
        grantedLines: new Set(),
      };
      credentials.remember(viewer, identity.credential);
      return { viewer, hasEvents: filledBy.length > 0 };
    },
    async viewerOf(identity) {
      const { events } = identity.rights;
      if (events === null) return { refusal: NO_RIGHT_TO_EVENTS };
      const { portal, sources: filledBy } = await portalOf(identity);
      if (filledBy.length === 0) {
        return {
          refusal: `This portal has no source of live events. ${GUIDE} tells how to install the application in it${!options.isPolled ? "" : ", or to let a webhook's dialogs be polled"}.`,
        };
      }
      wanted(portal);
      const { scope, lines } = events;
      const credentialKey = fingerprint(identity.credential);
      const viewer: LiveViewer = {
        portal,
        credentialKey,
        rightsKey: `${credentialKey} ${scope} ${[...lines].sort().join(",")}`,
        scope,
        grantedLines: new Set(lines),
      };
      credentials.remember(viewer, identity.credential);
      return viewer;
    },
    applicationOf: async (host) => (await livePortals.application((await livePortals.find(host)).portal))?.credential,
    contextFor(identity) {
      let cursor: Promise<string | null> | undefined;
      return {
        takeCursor() {
          cursor ??= takeCursor(identity);
          return cursor;
        },
        async status() {
          const { events } = identity.rights;
          const none = { sources: [], scope: "own", needsReinstall: false, checkedEverySeconds: null } as const;
          if (events === null) return none;
          const { portal, sources: filledBy, installation } = await portalOf(identity);
          const credentialKey = fingerprint(identity.credential);
          return {
            sources: filledBy,
            scope: events.scope,
            needsReinstall: installation?.status === "needs-reinstall",
            checkedEverySeconds:
              watchers.isWatched({ portal, credentialKey }) || (events.scope === "own" && filledBy.length > 0)
                ? watchers.checkedEverySeconds({ portal, credentialKey })
                : null,
          };
        },
        acted: () => watchers.acted(fingerprint(identity.credential)),
        chatChanged(chatId, source) {
          watchers.changed(fingerprint(identity.credential));
          portalOf(identity)
            .then(async (found) => {
              if (found.sources.length === 0) return;
              const address = {
                connectorId: null,
                lineId: null,
                chatId,
                externalChatId: null,
                namedChatId: null,
                userId: null,
              };
              const dispatchedAt = new Date().toISOString();
              await options.log.append(portalName(found.portal), [
                { kind: "chatChanged", address, dispatchedAt, source, changed: [], formerUserIds: [] },
              ]);
            })
            .catch((error: unknown) => {
              // Nobody hears of the change now: as with an event of the portal that could not be kept.
              if (error instanceof StorageUnavailable)
                portalOf(identity).then(({ portal }) => options.onOutage(portalName(portal)), onError);
              onError(error);
            });
        },
      };
    },
    async eyesFor(identity, inHand) {
      if (inHand === undefined) return undefined;
      const { portal } = await portalOf(identity);
      const isShared = (await livePortals.application(portal)) !== undefined;
      return eventEyes({ portal, answers: options.answers, isShared, inHand });
    },
    async listEyesFor(identity, rows) {
      const { portal } = await portalOf(identity);
      const isShared = (await livePortals.application(portal)) !== undefined;
      const lines = rows.map(({ record }) => record.session?.lineId ?? record.userCode?.lineId ?? null);
      const lineIds = new Set(lines.filter((id) => id !== null));
      return listEyes({ portal, answers: options.answers, isShared, lineIds });
    },
  };
}
