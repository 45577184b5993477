import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { credentialHost, DEFAULT_CREDENTIAL } from "../config/credentials.ts";
import type { PortalSession } from "../datasources/bitrix24/calls.ts";
import { type Credential, fingerprint, type WebhookCredential } from "../datasources/bitrix24/credentials.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import { createTransport } from "../datasources/bitrix24/transport.ts";
import { UpstreamUsage } from "../datasources/bitrix24/usage.ts";
import { eventsAddress } from "../installation/bindings.ts";
import { registerCommandEndpoint } from "../installation/command-endpoint.ts";
import { registerInstallEndpoint } from "../installation/install-endpoint.ts";
import { createInstaller, type Installer } from "../installation/installer.ts";
import type { LiveContext } from "../resolvers/engine/context.ts";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import type { EventLog } from "../subscriptions/events/event-log.ts";
import { createHeartbeat } from "../subscriptions/events/gaps/heartbeat.ts";
import type { StoredEvent } from "../subscriptions/events/stored-event.ts";
import { createEventPolling, type EventPolling } from "../subscriptions/intake/polling/event-polling.ts";
import { replayDeadLetters } from "../subscriptions/intake/receiver/dead-letter-replay.ts";
import { type Receiver, registerEventReceiver } from "../subscriptions/intake/receiver/receiver.ts";
import { createEventAccess } from "../subscriptions/live/chat-access.ts";
import { createChatResolution } from "../subscriptions/live/chat-resolution.ts";
import { createLiveEvents, type LiveEvents } from "../subscriptions/live/live-events.ts";
import type { LiveViewer } from "../subscriptions/live/live-viewer.ts";
import type { Identity } from "./identity/identity.ts";
import { NO_RIGHT_TO_EVENTS } from "./identity/rights.ts";
import { createLivePortals, isPollingPortal, type LiveSource, pollingPortal } from "./live-portals.ts";
import type { LiveStore } from "./live-store.ts";

/** The live half of the gateway, wired to its store and to the portals. */
export interface LiveSide {
  readonly live: LiveEvents;
  /** Whose log an identity reads and with which rights; a sentence when there is none. */
  viewerOf(identity: Identity): Promise<LiveViewer | { readonly refusal: string }>;
  contextFor(identity: Identity): LiveContext;
  /** The credential with which an event is read back for everybody: the application's where it is installed, else the viewer's own. */
  eventCredential(identity: Identity): Promise<Credential>;
  /** The addresses for portals. */
  register(server: FastifyInstance): void;
  /** Says the gap since the last life and repairs bindings. Call it once the server listens. */
  start(): Promise<void>;
  /** The server is about to stop listening. */
  leave(): void;
  readiness(): Promise<{ readonly ready: boolean; readonly details: Record<string, unknown> }>;
  close(): Promise<void>;
}

export interface LiveSideOptions {
  readonly config: Config;
  readonly store: LiveStore;
  readonly portals: Portals;
  readonly allowedHosts: readonly string[];
  readonly log: Logger;
}

const CALL_TIMEOUT_MS = 20_000;
const TRIM_MS = 60_000;
/** Beats are cheap, and the younger the last one the narrower the gap that a restart has to say. */
const BEAT_MS = 1_000;
/** A living process that is busy may beat late; what it was sent meanwhile waits in its sockets and is not lost. */
const SILENCE_MS = 15_000;
/** Polling goes on this long after the last stream, for clients that come back. */
const POLLING_REST_MS = 10 * 60_000;
const GUIDE = "docs/live-events.md";

export function createLiveSide({ config, store, portals, allowedHosts, log }: LiveSideOptions): LiveSide {
  const { storage, installations } = store;
  const { live: settings } = config;
  const polled = polledWebhook(config);
  const polledHost = polled === undefined ? undefined : credentialHost(polled);
  const livePortals = createLivePortals(installations, (host) => host === polledHost);
  const credentials = new WeakMap<LiveViewer, Credential>();
  const closing = new AbortController();
  const onError = (error: unknown): void => log.error({ err: error }, "The live side met a problem");

  function session(credential: Credential, signal?: AbortSignal): PortalSession {
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const signals = signal === undefined ? [closing.signal, timeout] : [closing.signal, timeout, signal];
    return portals.session(credential, {
      signal: AbortSignal.any(signals),
      deadlineAt: performance.now() + CALL_TIMEOUT_MS,
      usage: new UpstreamUsage(),
      fresh: true,
    });
  }

  async function applicationSession(portal: string): Promise<PortalSession | undefined> {
    const application = await livePortals.application(portal);
    if (application !== undefined) return session(application);
    return polled !== undefined && portal === pollingPortal(credentialHost(polled)) ? session(polled) : undefined;
  }

  const access = createEventAccess({
    recheckMs: settings.accessRecheckMs,
    sessionOf(viewer) {
      const credential = credentials.get(viewer);
      if (credential === undefined) throw new Error("a viewer without a credential");
      return session(credential);
    },
  });
  const chats = createChatResolution({ keyValues: storage.keyValues, sessionOf: applicationSession, onError });
  const eventLog = observed(storage.log, (portal, event) => void chats.learn(portal, event));
  // Seen when it is read from the log, so that events which another process appended count too.
  const onEvent = (portal: string, event: StoredEvent): void => access.notice(portal, event);
  const live = createLiveEvents({ log: eventLog, access, chats, onEvent, onError });
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
    // The portal queues what is polled for a day; the poller says a gap of its own after longer.
    losesEvents: (portal) => !isPollingPortal(portal),
  });
  const transport = createTransport({
    certificateAuthority: config.portal.certificateAuthority,
    proxyUrl: config.portal.proxyUrl,
  });
  const boundAddress = settings.publicUrl === undefined ? undefined : eventsAddress(settings.publicUrl);
  const installer: Installer | undefined =
    installations === undefined || settings.application === undefined
      ? undefined
      : createInstaller({
          installations,
          portals,
          transport,
          log: eventLog,
          deadLetters: storage.deadLetters,
          application: settings.application,
          allowedHosts,
          eventsAddress: boundAddress,
          async onUninstalled(memberId) {
            livePortals.forget();
            live.endPortal(memberId);
            await chats.forget(memberId);
          },
          logger: log,
        });
  const polling: EventPolling | undefined =
    polled === undefined
      ? undefined
      : createEventPolling({
          portal: pollingPortal(credentialHost(polled)),
          owner: new URL(polled.url).pathname.split("/")[2] ?? "0",
          session: (stopping) => session(polled, stopping),
          status: () => portals.status(polled),
          log: eventLog,
          keyValues: storage.keyValues,
          deadLetters: storage.deadLetters,
          exclusive: storage.exclusive,
          onError,
        });
  let pollingWantedAt = Number.NEGATIVE_INFINITY;
  let receiver: Receiver | undefined;
  let trimming: NodeJS.Timeout | undefined;

  async function portalOf(identity: Identity) {
    return await livePortals.find(credentialHost(identity.credential));
  }

  async function takeCursor(identity: Identity): Promise<string | null> {
    if (identity.rights.events === null) return null;
    const { portal, source } = await portalOf(identity);
    if (source === "none") return null;
    wantPolling(source);
    return await live.headCursor(portal);
  }

  /** Polls only while somebody listens: the portal keeps the events of a day, and each look costs of its allowance. */
  function wantPolling(source: LiveSource): void {
    if (source !== "polling") return;
    pollingWantedAt = performance.now();
    polling?.start();
  }

  function restPolling(): void {
    if (live.openStreams() > 0) pollingWantedAt = performance.now();
    else if (performance.now() - pollingWantedAt > POLLING_REST_MS) polling?.stop().catch(onError);
  }

  return {
    live,
    async viewerOf(identity) {
      const { events } = identity.rights;
      if (events === null) return { refusal: NO_RIGHT_TO_EVENTS };
      const { portal, source } = await portalOf(identity);
      if (source === "none") {
        return {
          refusal: `This portal has no source of live events. ${GUIDE} tells how to install the application in it${polledHost === undefined ? "" : ", or to let a webhook's dialogs be polled"}.`,
        };
      }
      wantPolling(source);
      const { scope, lines } = events;
      const viewer: LiveViewer = {
        portal,
        rightsKey: `${fingerprint(identity.credential)} ${scope} ${[...lines].sort().join(",")}`,
        scope,
        grantedLines: new Set(lines),
      };
      credentials.set(viewer, identity.credential);
      void access.prime(viewer);
      return viewer;
    },
    contextFor(identity) {
      let cursor: Promise<string | null> | undefined;
      return {
        takeCursor() {
          cursor ??= takeCursor(identity);
          return cursor;
        },
        async status() {
          const { events } = identity.rights;
          if (events === null) return { source: "none", scope: "own", needsReinstall: false };
          const { source, installation } = await portalOf(identity);
          return { source, scope: events.scope, needsReinstall: installation?.status === "needs-reinstall" };
        },
        chatChanged(chatId, source) {
          portalOf(identity)
            .then(async (found) => {
              if (found.source === "none") return;
              const address = { connectorId: null, lineId: null, chatId, externalChatId: null, userId: null };
              const dispatchedAt = new Date().toISOString();
              await eventLog.append(found.portal, [{ kind: "chatChanged", address, dispatchedAt, source }]);
            })
            .catch((error: unknown) => {
              // Nobody hears of the change now: as with an event of the portal that could not be kept.
              if (error instanceof StorageUnavailable)
                portalOf(identity).then(({ portal }) => heartbeat.noteOutage(portal), onError);
              onError(error);
            });
        },
      };
    },
    async eventCredential(identity) {
      const { portal } = await portalOf(identity);
      return (await livePortals.application(portal)) ?? identity.credential;
    },
    register(server) {
      if (installations === undefined || installer === undefined) return;
      registerInstallEndpoint(server, {
        ...installer,
        async install(offer, address) {
          const outcome = await installer.install(offer, address);
          livePortals.forget();
          return outcome;
        },
      });
      const services = { installations, installer, eventsAddress: boundAddress };
      registerCommandEndpoint(server, services, store.encryptionKey);
      // Connections above the server's bound are cut off before anybody reads what they bring.
      server.server.on("drop", () => heartbeat.noteOutage(undefined));
      receiver = registerEventReceiver(server, {
        log: eventLog,
        deadLetters: storage.deadLetters,
        installations,
        installer,
        heartbeat,
      });
    },
    async start() {
      if (installer !== undefined && boundAddress === undefined) {
        log.warn("GATEWAY_PUBLIC_URL is not set: no events are bound, so that portals send none");
      }
      await heartbeat.start();
      trimming = setInterval(() => {
        storage.log.trim().catch(onError);
        restPolling();
      }, TRIM_MS);
      trimming.unref();
      replayDeadLetters(storage.deadLetters, eventLog).catch(onError);
      void installer?.repairAll().catch(onError);
    },
    leave: heartbeat.leave,
    async readiness() {
      const installed = (await installations?.list().catch(() => [])) ?? [];
      const needsReinstall = installed.filter((each) => each.status === "needs-reinstall").map((each) => each.host);
      return {
        ready: storage.isReady(),
        details: {
          storage: storage.isReady() ? "ready" : "unavailable",
          installations: installed.length,
          ...(needsReinstall.length === 0 ? {} : { needsReinstall }),
          ...(polling === undefined ? {} : { polling: polling.state() }),
          ...(receiver === undefined ? {} : { received: receiver.stats() }),
        },
      };
    },
    async close() {
      closing.abort();
      clearInterval(trimming);
      live.close();
      access.close();
      chats.close();
      await polling?.stop();
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
