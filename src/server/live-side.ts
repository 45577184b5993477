import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { credentialHost, DEFAULT_CREDENTIAL } from "../config/credentials.ts";
import { type Credential, fingerprint, type WebhookCredential } from "../datasources/bitrix24/credentials.ts";
import type { LeftOut } from "../datasources/bitrix24/decoding.ts";
import { isNamedByHost, type PortalRef, portalName } from "../datasources/bitrix24/portal-ref.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import { createTransport } from "../datasources/bitrix24/transport.ts";
import type { ChatRecord } from "../datasources/domain/chat.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { eventsAddress } from "../installation/bindings.ts";
import { registerCommandEndpoint } from "../installation/command-endpoint.ts";
import { type AddressOf, registerInstallEndpoint } from "../installation/install-endpoint.ts";
import { createInstaller, type Installer } from "../installation/installer.ts";
import { guard, inBackground } from "../process/guard.ts";
import type { LiveContext } from "../resolvers/engine/context.ts";
import type { EventEyes } from "../resolvers/engine/event-eyes.ts";
import { previewOfEvent } from "../resolvers/live/inbox-preview.ts";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import type { ChatStoredEvent } from "../subscriptions/events/event-filter.ts";
import type { EventLog, LoggedEvent } from "../subscriptions/events/event-log.ts";
import { createHeartbeat } from "../subscriptions/events/gaps/heartbeat.ts";
import type { StoredEvent } from "../subscriptions/events/stored-event.ts";
import { createActivityIntake } from "../subscriptions/intake/activities/activity-intake.ts";
import { createKnownSessions } from "../subscriptions/intake/activities/known-session.ts";
import { createNoticedActivities } from "../subscriptions/intake/activities/noticed-activities.ts";
import type { EventSource } from "../subscriptions/intake/event-source.ts";
import { createEventPolling } from "../subscriptions/intake/polling/event-polling.ts";
import { createPollingSource } from "../subscriptions/intake/polling/polling-source.ts";
import { replayDeadLetters } from "../subscriptions/intake/receiver/dead-letter-replay.ts";
import { createOutgoingWebhooks } from "../subscriptions/intake/receiver/outgoing-webhooks.ts";
import { type Receiver, registerEventReceiver } from "../subscriptions/intake/receiver/receiver.ts";
import { createReceiverSource } from "../subscriptions/intake/receiver/receiver-source.ts";
import { createSenders } from "../subscriptions/intake/receiver/senders.ts";
import { createWebhookSource } from "../subscriptions/intake/receiver/webhook-source.ts";
import { createToldSessions } from "../subscriptions/intake/told-sessions.ts";
import { createChatResolution } from "../subscriptions/live/chat-resolution.ts";
import { createFoundChanges } from "../subscriptions/live/found-changes.ts";
import { createGathering } from "../subscriptions/live/gathering.ts";
import { createInboxes, type Inboxes } from "../subscriptions/live/inbox/inboxes.ts";
import { createLiveEvents, type LiveEvents } from "../subscriptions/live/live-events.ts";
import type { EventInHand } from "../subscriptions/live/live-request.ts";
import type { LiveViewer } from "../subscriptions/live/live-viewer.ts";
import { createSight } from "../subscriptions/live/sight.ts";
import { createWatchers } from "../subscriptions/live/watchers.ts";
import { eventEyes } from "./event-eyes.ts";
import type { Identity } from "./identity/identity.ts";
import { NO_RIGHT_TO_EVENTS } from "./identity/rights.ts";
import { createLiveCredentials, webhookUser } from "./live-credentials.ts";
import { createLivePortals } from "./live-portals.ts";
import type { LiveStore } from "./live-store.ts";

/** The live half of the gateway, wired to its store and to the portals. */
export interface LiveSide {
  readonly live: LiveEvents;
  readonly inboxes: Inboxes;
  /** Whose list an identity is shown; a sentence when it may not. */
  listViewerOf(identity: Identity): Promise<ListViewer | { readonly refusal: string }>;
  /** Whose log an identity reads and with which rights; a sentence when there is none. */
  viewerOf(identity: Identity): Promise<LiveViewer | { readonly refusal: string }>;
  contextFor(identity: Identity): LiveContext;
  /** The application's credential in a portal; undefined when there is none that works. */
  applicationOf(host: string): Promise<Credential | undefined>;
  /** What the execution of an event may read for everybody; undefined for what is no event of a chat. */
  eyesFor(identity: Identity, inHand: EventInHand | undefined): Promise<EventEyes | undefined>;
  /** The addresses for portals. */
  register(server: FastifyInstance, addressOf: AddressOf): void;
  /** Says the gap since the last life and repairs bindings. Call it once the server listens. */
  start(): Promise<void>;
  /** The server is about to stop listening. */
  leave(): void;
  readiness(): Promise<{ readonly ready: boolean; readonly details: Record<string, unknown> }>;
  close(): Promise<void>;
}

/** Who is shown his own list. */
export interface ListViewer {
  readonly viewer: LiveViewer;
  /** Whether anything brings events of the portal. */
  readonly hasEvents: boolean;
}

export interface LiveSideOptions {
  readonly config: Config;
  readonly store: LiveStore;
  readonly portals: Portals;
  readonly allowedHosts: readonly string[];
  /** Told of each event of a chat that this process took in or read from the log. */
  readonly onEvent: (event: ChatStoredEvent) => void;
  readonly log: Logger;
}

const TRIM_MS = 60_000;
/** Rights change seldom, and a chat to look at may come later than the user. */
const PROBE_MS = 60 * 60_000;
/** Among so many a chat is looked for. */
const NEWEST_EVENTS = 100;
/** Beats are cheap, and the younger the last one the narrower the gap that a restart has to say. */
const BEAT_MS = 1_000;
/** A living process that is busy may beat late; what it was sent meanwhile waits in its sockets and is not lost. */
const SILENCE_MS = 15_000;
const GUIDE = "docs/live-events.md";

export function createLiveSide(options: LiveSideOptions): LiveSide {
  const { config, store, portals, allowedHosts, log } = options;
  const { storage, applications } = store;
  const installations = applications?.installations;
  const { live: settings } = config;
  const polled = polledWebhook(config);
  const polledHost = polled === undefined ? undefined : credentialHost(polled);
  const livePortals = createLivePortals(installations, applications?.acting, (portal) =>
    sourcesOf(portal).map(({ kind }) => kind),
  );
  const webhookHosts = new Set(settings.outgoingWebhooks.map(({ host }) => host));
  const closing = new AbortController();
  const onError = (error: unknown): void => log.error({ err: error }, "The live side met a problem");
  const leftOut = (portal: string, parts: LeftOut): void =>
    log.debug({ portal, ...parts }, "Parts of an event of the portal could not be read and were left out");
  const credentials = createLiveCredentials({
    portals,
    livePortals,
    polled,
    configuredAt: (host) => (webhookHosts.has(host) ? configuredAt(store.credentials, host) : undefined),
    closing: closing.signal,
  });
  const gathering = createGathering();
  const foundChanges = createFoundChanges({
    found(portal, change) {
      // Several processes may find the same; the log keeps it once.
      const key = storage.exclusive ? undefined : `found ${change.address.chatId} ${change.changed.join()} ${minute()}`;
      eventLog.append(portalName(portal), [change], key).catch(onError);
    },
  });
  const sight = createSight({
    credentials,
    gathering,
    trustMs: settings.accessRecheckMs,
    signal: closing.signal,
    observe(portal, chat, askedAt) {
      foundChanges.observe(portal, chat, askedAt);
      chats.note(portal, chat);
    },
    onList: (viewer, list, askedAt) => inboxes.noteList(viewer, list, askedAt),
  });
  const watchers = createWatchers({
    lists: sight.lists,
    onError,
    ...(storage.exclusive
      ? {}
      : {
          isMine: (name, forMs) => storage.keyValues.setIfAbsent("watched-lists", name, "1", { ttlMs: forMs - 1_000 }),
        }),
  });
  function primeChat(portal: PortalRef, chat: ChatRecord, askedAt: number): void {
    sight.answers.chats.prime({ portal, id: chat.id }, { value: chat, askedAt });
  }

  const chats = createChatResolution({
    keyValues: storage.keyValues,
    sessionOf: credentials.ofPortal,
    gathering,
    onChat: primeChat,
    onError,
  });
  const eventLog = observed(storage.log, (portal, event) => {
    if (event.kind !== "gap") options.onEvent(event);
    inBackground("learning whose chat an event is of", () => chats.learn(portal, event));
    inBackground("noting what was told", () => told.notice(portal, event).catch(onError));
  });
  const told = createToldSessions(storage.keyValues, eventLog);
  const activities = createActivityIntake({
    noticed: createNoticedActivities(storage.keyValues),
    known: createKnownSessions(storage.keyValues),
    told,
    sessionOf: credentials.ofPortal,
    onChat: primeChat,
    onError,
  });
  // Seen when it is read from the log, so that events which another process appended count too.
  const onEvent = (portal: string, { event }: LoggedEvent): void => {
    if (event.kind !== "gap") options.onEvent(event);
    sight.notice(portal, event);
    foundChanges.notice(portal, event);
  };
  const live = createLiveEvents({
    log: eventLog,
    access: sight.access,
    chats,
    onEvent,
    onStream: watchers.watch,
    onError,
  });
  const inboxes = createInboxes({
    lists: sight.lists,
    watchers,
    access: sight.access,
    chats,
    hear: live.hear,
    previewOf: previewOfEvent,
    onError,
  });
  const heartbeat = createHeartbeat(storage, {
    intervalMs: BEAT_MS,
    silenceMs: SILENCE_MS,
    directory: settings.owedGapsDirectory,
    onGap: (portal, since, until) =>
      log.warn(
        { portal, since, until },
        "Deliveries of the portal may have been lost; its subscribers are told of the gap",
      ),
    onError,
    // The portal queues what is polled for a day, for which the poller says gaps of its own; what it posts is lost with whoever takes it.
    losesEvents: (portal) => !isNamedByHost(portal) || isPostedByWebhook(portal),
  });
  /** The newest chat that an event told of. */
  async function knownChat(memberId: string): Promise<Id | undefined> {
    const head = await storage.log.head(memberId);
    const newest = await storage.log.read(memberId, Math.max(0, head - NEWEST_EVENTS), NEWEST_EVENTS);
    const chats = newest.flatMap(({ event }) => (event.kind === "gap" ? [] : (event.address.chatId ?? [])));
    return chats.at(-1);
  }

  const transport = createTransport({
    certificateAuthority: config.portal.certificateAuthority,
    proxyUrl: config.portal.proxyUrl,
  });
  const boundAddress = settings.publicUrl === undefined ? undefined : eventsAddress(settings.publicUrl);
  const installer: Installer | undefined =
    applications === undefined || settings.application === undefined
      ? undefined
      : createInstaller({
          ...applications,
          knownChat,
          portals,
          transport,
          log: eventLog,
          deadLetters: storage.deadLetters,
          application: settings.application,
          allowedHosts,
          eventsAddress: boundAddress,
          async onUninstalled(memberId) {
            livePortals.forget();
            live.endPortal({ host: "", memberId });
            await chats.forget(memberId);
          },
          logger: log,
        });
  const polling =
    polled === undefined
      ? undefined
      : createEventPolling({
          portal: { host: credentialHost(polled), memberId: undefined },
          owner: webhookUser(polled) ?? "0",
          session: (stopping) => credentials.ofPolling(polled, stopping),
          status: () => portals.status(polled),
          log: eventLog,
          keyValues: storage.keyValues,
          deadLetters: storage.deadLetters,
          exclusive: storage.exclusive,
          onError,
          leftOut,
        });
  let receiver: Receiver | undefined;

  function isPostedByWebhook(portal: string): boolean {
    return [...webhookHosts].some((host) => portalName({ host, memberId: undefined }) === portal);
  }

  const sources: readonly EventSource[] = [
    createReceiverSource(() => receiver),
    ...(polling === undefined || polledHost === undefined
      ? []
      : [
          createPollingSource({
            polling,
            portal: { host: polledHost, memberId: undefined },
            isListenedTo: () => live.openStreams() + inboxes.openStreams() > 0,
            onError,
          }),
        ]),
    createWebhookSource(webhookHosts, () => receiver?.stats() ?? {}),
  ];

  function sourcesOf(portal: PortalRef): readonly EventSource[] {
    return sources.filter((source) => source.sees(portal) !== "nothing");
  }

  function wanted(portal: PortalRef): void {
    for (const source of sourcesOf(portal)) source.wanted();
  }

  let trimming: NodeJS.Timeout | undefined;
  let probing: NodeJS.Timeout | undefined;

  async function portalOf(identity: Identity) {
    return await livePortals.find(credentialHost(identity.credential));
  }

  async function takeCursor(identity: Identity): Promise<string | null> {
    if (identity.rights.events === null) return null;
    const { portal, sources: filledBy } = await portalOf(identity);
    if (filledBy.length === 0) return null;
    wanted(portal);
    return await live.headCursor(portal);
  }

  return {
    live,
    inboxes,
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
          refusal: `This portal has no source of live events. ${GUIDE} tells how to install the application in it${polledHost === undefined ? "" : ", or to let a webhook's dialogs be polled"}.`,
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
              await eventLog.append(portalName(found.portal), [
                { kind: "chatChanged", address, dispatchedAt, source, changed: [], formerUserIds: [] },
              ]);
            })
            .catch((error: unknown) => {
              // Nobody hears of the change now: as with an event of the portal that could not be kept.
              if (error instanceof StorageUnavailable)
                portalOf(identity).then(({ portal }) => heartbeat.noteOutage(portalName(portal)), onError);
              onError(error);
            });
        },
      };
    },
    async eyesFor(identity, inHand) {
      if (inHand === undefined) return undefined;
      const { portal } = await portalOf(identity);
      const isShared = (await livePortals.application(portal)) !== undefined;
      return eventEyes({ portal, answers: sight.answers, isShared, inHand });
    },
    register(server, addressOf) {
      if (installations !== undefined && installer !== undefined) {
        const following: Installer = {
          ...installer,
          async install(offer, address) {
            const outcome = await installer.install(offer, address);
            livePortals.forget();
            return outcome;
          },
        };
        registerInstallEndpoint(server, following, { allowedHosts, addressOf });
        const services = { installations, installer, eventsAddress: boundAddress };
        registerCommandEndpoint(server, services, store.encryptionKey);
      } else if (webhookHosts.size === 0) return;
      // Connections above the server's bound are cut off before anybody reads what they bring.
      server.server.on(
        "drop",
        guard("a connection that was cut off", () => heartbeat.noteOutage(undefined)),
      );
      receiver = registerEventReceiver(server, {
        told,
        deadLetters: storage.deadLetters,
        senders: createSenders({
          installations,
          webhooks: createOutgoingWebhooks(settings.outgoingWebhooks, storage.keyValues),
          portalAt: async (host) => (await livePortals.find(host)).portal,
        }),
        installer,
        activities,
        heartbeat,
        leftOut,
        addressOf,
      });
    },
    async start() {
      if (installer !== undefined && boundAddress === undefined) {
        log.warn("GATEWAY_PUBLIC_URL is not set: no events are bound, so that portals send none");
      }
      await heartbeat.start();
      trimming = setInterval(
        guard("trimming the log", () => storage.log.trim().catch(onError)),
        TRIM_MS,
      );
      trimming.unref();
      replayDeadLetters(storage.deadLetters, eventLog).catch(onError);
      activities.start().catch(onError);
      for (const source of sources) source.start();
      installer?.repairAll().catch(onError);
      if (installer !== undefined) {
        const probe = guard("looking what the application's own users are able to do", () =>
          installer.probeAll().catch(onError),
        );
        probe();
        probing = setInterval(probe, PROBE_MS);
        probing.unref();
      }
    },
    leave: heartbeat.leave,
    async readiness() {
      const installed = (await installations?.list().catch(() => [])) ?? [];
      const needsReinstall = installed.filter((each) => each.status === "needs-reinstall").map((each) => each.host);
      return {
        ready: storage.problem() === undefined,
        details: {
          storage: storage.problem() === undefined ? "ready" : "unavailable",
          stores: store.stores(),
          installations: installed.length,
          ...(needsReinstall.length === 0 ? {} : { needsReinstall }),
          activities: activities.counts(),
          sources: Object.fromEntries(sources.map((source) => [source.kind, source.state()])),
        },
      };
    },
    async close() {
      closing.abort();
      clearInterval(trimming);
      clearInterval(probing);
      live.close();
      inboxes.close();
      watchers.close();
      foundChanges.close();
      gathering.close();
      chats.close();
      await activities.close();
      await Promise.all(sources.map((source) => source.stop()));
      await heartbeat.stop();
      await transport.close();
    },
  };
}

/** The webhook whose owner's dialogs are polled: the default one, unless an application receives events. */
function polledWebhook({ live, portal }: Config): WebhookCredential | undefined {
  if (live.polling === "off" || live.application !== undefined) return undefined;
  const credential = portal.credentials.get(DEFAULT_CREDENTIAL);
  return credential?.kind === "webhook" ? credential : undefined;
}

/** The default one, where it is of that portal, else the first that is. */
function configuredAt(credentials: ReadonlyMap<string, Credential>, host: string): Credential | undefined {
  const there = [...credentials].filter(([, credential]) => credentialHost(credential) === host);
  return (there.find(([name]) => name === DEFAULT_CREDENTIAL) ?? there[0])?.[1];
}

/** Tells of each event that this process appended. */
function observed(log: EventLog, noticed: (portal: string, event: StoredEvent) => void): EventLog {
  return {
    ...log,
    async append(portal, events, deliveryKey) {
      const appended = await log.append(portal, events, deliveryKey);
      if (!appended.duplicate) for (const event of events) noticed(portal, event);
      return appended;
    },
  };
}

/** What is found within a minute by several processes is one finding. */
function minute(): number {
  return Math.floor(Date.now() / 60_000);
}
