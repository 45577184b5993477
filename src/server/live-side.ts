import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { credentialHost } from "../config/credentials.ts";
import type { LeftOut } from "../datasources/bitrix24/decoding.ts";
import { isNamedByHost, type PortalRef, portalName } from "../datasources/bitrix24/portal-ref.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import type { ChatRecord } from "../datasources/domain/chat.ts";
import type { Id } from "../datasources/domain/ids.ts";
import type { AddressOf } from "../installation/install-endpoint.ts";
import { guard, inBackground } from "../process/guard.ts";
import { previewOfEvent } from "../resolvers/live/inbox-preview.ts";
import type { ChatStoredEvent } from "../subscriptions/events/event-filter.ts";
import type { LoggedEvent } from "../subscriptions/events/event-log.ts";
import { createHeartbeat } from "../subscriptions/events/gaps/heartbeat.ts";
import { observed } from "../subscriptions/events/observed-log.ts";
import type { StoredChatChanged } from "../subscriptions/events/stored-event.ts";
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
import { createGathering, NAMES_GATHERING } from "../subscriptions/live/gathering.ts";
import { createInboxes, type Inboxes } from "../subscriptions/live/inbox/inboxes.ts";
import { createLiveEvents, type LiveEvents } from "../subscriptions/live/live-events.ts";
import { createSight } from "../subscriptions/live/sight.ts";
import { createWatchers } from "../subscriptions/live/watchers.ts";
import type { SharedSessions } from "./kept-sessions.ts";
import { createListDigests } from "./list-digests.ts";
import { createLiveApplication } from "./live-application.ts";
import { createLiveCredentials, webhookUser } from "./live-credentials.ts";
import { createLiveIdentities, type LiveIdentities } from "./live-identities.ts";
import { createLivePortals } from "./live-portals.ts";
import type { LiveStore } from "./live-store.ts";
import { configuredAt, polledWebhook } from "./live-webhooks.ts";
import { createSessionLearner } from "./session-learner.ts";

/** The live half of the gateway, wired to its store and to the portals. */
export interface LiveSide extends LiveIdentities {
  readonly live: LiveEvents;
  readonly inboxes: Inboxes;
  /** Whether somebody listens with a credential whose list of dialogs is looked at. */
  isWatched(credentialKey: string): boolean;
  /** The addresses for portals. */
  register(server: FastifyInstance, addressOf: AddressOf): void;
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
  /** Learns whose the sessions are that events name. */
  readonly sessions: SharedSessions;
  /** Told of each event of a chat that this process took in or read from the log. */
  readonly onEvent: (event: ChatStoredEvent) => void;
  /** Told of each list of dialogs that was read for who listens. */
  readonly onList: (credentialKey: string, chats: ReadonlyMap<Id, ChatRecord>, askedAt: number) => void;
  readonly log: Logger;
}

const TRIM_MS = 60_000;
/** Beats are cheap, and the younger the last one the narrower the gap that a restart has to say. */
const BEAT_MS = 1_000;
/** Further apart, the same change of the same chat has happened once more. */
const SAME_FINDING_MS = 30_000;
/** A living process that is busy may beat late; what it was sent meanwhile waits in its sockets and is not lost. */
const SILENCE_MS = 15_000;

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
  const names = createGathering(NAMES_GATHERING);
  const listDigests = storage.exclusive ? undefined : createListDigests(storage.keyValues, onError);
  const foundChanges = createFoundChanges({
    found(portal, change, name) {
      inBackground("telling of a change that was found", () =>
        tellFound(portalName(portal), change, name).catch(onError),
      );
    },
  });
  /** Several processes may find the same at about the same time. */
  async function tellFound(portal: string, change: StoredChatChanged, name: string): Promise<void> {
    const isFirst =
      storage.exclusive ||
      (await storage.keyValues.setIfAbsent(`found-changes ${portal}`, name, "1", { ttlMs: SAME_FINDING_MS }));
    if (isFirst) await eventLog.append(portal, [change]);
  }

  const sight = createSight({
    credentials,
    gathering,
    names,
    trustMs: settings.accessRecheckMs,
    signal: closing.signal,
    observe(portal, chat, askedAt) {
      foundChanges.observe(portal, chat, askedAt);
      chats.note(portal, chat);
    },
    onList(viewer, list, askedAt) {
      inboxes.noteList(viewer, list, askedAt);
      listDigests?.note(viewer, list);
      options.onList(viewer.credentialKey, list.chats, askedAt);
    },
  });
  const watchers = createWatchers({
    lists: sight.lists,
    onError,
    ...(listDigests === undefined
      ? {}
      : {
          isMine: (name, forMs) => storage.keyValues.setIfAbsent("watched-lists", name, "1", { ttlMs: forMs - 1_000 }),
          isSameElsewhere: listDigests.isSameElsewhere,
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
  const learnSession = createSessionLearner({ installations, sessions: options.sessions, onError });
  const eventLog = observed(storage.log, (portal, event) => {
    if (event.kind !== "gap") options.onEvent(event);
    inBackground("learning whose chat an event is of", () => chats.learn(portal, event));
    if (event.kind === "sessionStarted" || event.kind === "sessionFinished")
      inBackground("learning whose session an event is of", () => learnSession(portal, event));
    if (event.kind === "chatChanged")
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
  const application = createLiveApplication({
    config,
    store,
    portals,
    log: eventLog,
    allowedHosts,
    onInstalled: livePortals.forget,
    async onUninstalled(memberId, host) {
      livePortals.forget();
      live.endPortal({ host: "", memberId });
      await chats.forget(memberId);
      if (host !== undefined) await options.sessions.forget(host);
    },
    onError,
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
    // Both kinds of senders post to one receiver, which counts them together.
    ...(webhookHosts.size === 0 ? [] : [createWebhookSource(webhookHosts, () => receiver?.stats() ?? {})]),
  ];

  function sourcesOf(portal: PortalRef): readonly EventSource[] {
    return sources.filter((source) => source.sees(portal) !== "nothing");
  }

  function wanted(portal: PortalRef): void {
    for (const source of sourcesOf(portal)) source.wanted();
  }

  let trimming: NodeJS.Timeout | undefined;

  const identities = createLiveIdentities({
    livePortals,
    credentials,
    watchers,
    answers: sight.answers,
    log: eventLog,
    headCursor: live.headCursor,
    wanted,
    isPolled: polledHost !== undefined,
    onOutage: heartbeat.noteOutage,
    onError,
  });

  return {
    live,
    inboxes,
    isWatched: watchers.isWatchedWith,
    ...identities,
    register(server, addressOf) {
      application?.register(server, addressOf);
      if (application === undefined && webhookHosts.size === 0) return;
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
        installer: application?.installer,
        activities,
        heartbeat,
        leftOut,
        addressOf,
      });
    },
    async start() {
      application?.warn();
      await heartbeat.start();
      trimming = setInterval(
        guard("trimming the log", () => storage.log.trim().catch(onError)),
        TRIM_MS,
      );
      trimming.unref();
      replayDeadLetters(storage.deadLetters, eventLog).catch(onError);
      activities.start().catch(onError);
      for (const source of sources) source.start();
      application?.start();
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
      live.close();
      inboxes.close();
      watchers.close();
      foundChanges.close();
      gathering.close();
      names.close();
      chats.close();
      await activities.close();
      await Promise.all(sources.map((source) => source.stop()));
      await heartbeat.stop();
      await application?.close();
    },
  };
}
