import type { AddressInfo } from "node:net";
import type { FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { type Config, ConfigError } from "../config/config.ts";
import { credentialHost } from "../config/credentials.ts";
import { resolveCredentialName } from "../config/key-credential.ts";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { isLoopback } from "../datasources/bitrix24/loopback.ts";
import { createPortals, type Portals } from "../datasources/bitrix24/portals.ts";
import { createCredentialMemories } from "../datasources/loaders/credential-memory.ts";
import { createHistoryCaches } from "../datasources/loaders/history-cache.ts";
import { createKeptViews } from "../datasources/loaders/kept-views.ts";
import { registerExportEndpoint } from "../export/export-endpoint.ts";
import { guard, onFault } from "../process/guard.ts";
import { sharedSchema } from "../resolvers/build-schema.ts";
import { createTurns } from "../storage/turns.ts";
import { createConnectionPlaces } from "./connections/places.ts";
import { openFiles } from "./files/files.ts";
import { type ApiKeys, openApiKeys } from "./identity/api-keys.ts";
import { createClientAddresses } from "./identity/client-address.ts";
import { KeysFileError } from "./identity/keys-file.ts";
import { openIdentities } from "./identity/open-identities.ts";
import { createKeptCapabilities } from "./kept-capabilities.ts";
import { createKeptSessions } from "./kept-sessions.ts";
import { createLiveSide } from "./live-side.ts";
import { openLiveStore } from "./live-store.ts";
import { createDoor } from "./operations/door.ts";
import { type KnownOperations, OperationsFileError, readKnownOperations } from "./operations/known-operations.ts";
import { startEvent, startListChange, startOperation } from "./operations/operation-context.ts";
import { createPreparation } from "./operations/prepare.ts";
import type { OperationsUnderWay } from "./operations/under-way.ts";
import { createSendLedger } from "./sends/send-ledger.ts";
import { startApollo } from "./transports/apollo.ts";
import { createAuthentication } from "./transports/authentication.ts";
import { registerEventStream } from "./transports/event-stream.ts";
import { createHttpServer, isAllowedOrigin, isSameOrigin } from "./transports/http.ts";
import { registerPages } from "./transports/pages/register-pages.ts";
import { EVENT_STREAM_PATH, GRAPHQL_PATH } from "./transports/paths.ts";
import { attachWebSocket } from "./transports/websocket.ts";

export interface RunningGateway {
  /** Address of the GraphQL endpoint, with the port that was really taken. */
  readonly url: string;
  /** Settles once every portal was asked whether it answers; what did not is in the log. */
  readonly probed: Promise<void>;
  /** Operations that have begun and are not over, for the log. */
  underWay(): unknown;
  /** Answers what is under way, then ends. */
  close(): Promise<void>;
}

/** Sockets are closed one by one within this time, so that their clients do not come back all at once. */
const SOCKET_CLOSE_SPREAD_MS = 500;
/** As long as the system allows (`net.core.somaxconn`): what the portal sends while this process does not run waits there. */
const LISTEN_BACKLOG = 65_535;
/** Of the time that the end may take: what is under way may take so much of it, the rest is for closing. */
const SHARE_FOR_OPERATIONS = 0.8;
const CLOSING_MS = 500;
/** What `/ready` tells beside 503 once the gateway is told to end. */
const ENDING = { ending: true };

/** Puts the gateway together and listens. Throws `ConfigError` for what the person who starts it must change. */
export async function startGateway(configured: Config, log: Logger): Promise<RunningGateway> {
  const known = openOperations(configured);
  const keys = openKeys(configured, log);
  try {
    checkExposure(configured, keys);
  } catch (error) {
    keys.close();
    throw error;
  }
  const store = await openLiveStore(configured, log).catch((error: unknown) => {
    keys.close();
    throw error;
  });
  const config = { ...configured, portal: { ...configured.portal, credentials: store.credentials } };
  const { plan, allowHttp, proxyUrl, certificateAuthority } = config.portal;
  const hosts = allowedHosts(config);
  const portals = createPortals({
    plan,
    allowHttp,
    allowedHosts: hosts,
    proxyUrl,
    certificateAuthority,
    liveShare: config.live.share,
    onWrite: (credentialKey, params) => views.written(credentialKey, params),
    createAllowance: store.createAllowance,
    onRequest: log.isLevelEnabled("debug") ? (request) => log.debug(request, "A request to a portal") : undefined,
    onTokenRefused: (credential) => identities.tokenRefused(credential),
    leftOut: (portal, parts) =>
      log.debug({ portal, ...parts }, "Parts of an answer of the portal could not be read and were left out"),
    renewTokens: store.renewTokens,
  });
  const { encryptionKey } = store;
  const { keyValues } = store.storage;
  const identities = openIdentities({ config, keys, portals, keyValues, encryptionKey, log });
  const stopTelling = onFault((error, what) =>
    log.error({ err: error, what }, "A callback failed; what it belongs to was closed"),
  );
  const {
    compiledQueries,
    comparedQueries,
    explorer,
    explorerPeople,
    corsOrigins,
    introspection,
    operationTimeoutMs: timeoutMs,
  } = config.server;
  const { limits } = config;
  const schema = sharedSchema();
  const histories = createHistoryCaches();
  const keptSessions = createKeptSessions(keyValues, log);
  const views = createKeptViews({ ...config.kept, isWatched: (credentialKey) => liveSide.isWatched(credentialKey) });
  const liveSide = createLiveSide({
    config,
    sessions: keptSessions,
    store,
    portals,
    allowedHosts: hosts,
    onEvent({ address }) {
      histories.forgetChat(address);
      views.forgetChat(address);
    },
    onList: views.noteList,
    log,
  });
  const turns = createTurns(keyValues);
  const sends = createSendLedger({ keyValues, turns, operationTimeoutMs: timeoutMs });
  const memories = createCredentialMemories({
    sessions: keptSessions,
    capabilities: createKeptCapabilities(keyValues, store.encryptionKey, log),
  });
  const clientAddress = createClientAddresses(config.server.trustedProxies);
  const files = openFiles({
    config,
    store,
    portals,
    holderOf: identities.holderOf,
    clientAddress,
    applicationOf: liveSide.applicationOf,
  });
  const { links, uploads } = files;
  const services = {
    portals,
    histories,
    views,
    memories,
    timeoutMs,
    liveFor: liveSide.contextFor,
    turns,
    sends,
    links,
    uploads,
  };
  const authentication = createAuthentication(identities, clientAddress);
  const places = createConnectionPlaces(limits);
  const door = createDoor({
    schema,
    preparation: createPreparation({ schema, introspection, limits, known }),
    limits,
    compiledQueries,
    comparedQueries,
    timeoutMs,
    live: liveSide.live,
    inboxes: liveSide.inboxes,
    viewerOf: liveSide.viewerOf,
    listViewerOf: liveSide.listViewerOf,
    startOperation: (identity, kind, requestId, reachedAt) =>
      startOperation(services, identity, kind, requestId, reachedAt),
    startListChange: async (identity, rows, requestId, reachedAt) =>
      startListChange(services, identity, await liveSide.listEyesFor(identity, rows), requestId, reachedAt),
    startEvent: async (identity, inHand) => startEvent(services, identity, await liveSide.eyesFor(identity, inHand)),
    log,
  });
  let ending = false;
  const apollo = await startApollo({
    schema,
    door,
    known,
    log,
  });
  async function readiness(): ReturnType<typeof liveSide.readiness> {
    if (ending) return { ready: false, details: ENDING };
    const { ready, details } = await liveSide.readiness();
    const compared = door.comparedQueries?.();
    const own = compared === undefined ? {} : { comparedQueries: compared };
    return { ready, details: { portals: portals.states(), ...own, ...details } };
  }

  /** Names and counts are for whoever runs the gateway: this machine, or somebody who may come in. */
  async function maySeeDetails({ headers, raw }: FastifyRequest): Promise<boolean> {
    const from = clientAddress(raw);
    if (from.isLoopback) return true;
    if (headers["x-api-key"] === undefined && headers.authorization === undefined) return false;
    return (await identities.identify({ headers, ...from })).kind === "identity";
  }

  const server = await createHttpServer({
    apollo,
    door,
    authentication,
    corsOrigins,
    limits,
    readiness,
    maySeeDetails,
    log,
  });
  registerPages(server, {
    explorer,
    introspection,
    people: explorerPeople,
    portals: hosts,
    publicUrl: config.live.publicUrl,
    identify: (request) => identities.identify({ headers: request.headers, ...clientAddress(request.raw) }),
  });
  const connections = { door, authentication, identities, places, limits };
  const streams = registerEventStream(server, { ...connections, path: EVENT_STREAM_PATH });
  const sockets = attachWebSocket(server.server, {
    ...connections,
    schema,
    path: GRAPHQL_PATH,
    clientAddress,
    isAllowedOrigin: (origin, host) => isSameOrigin(origin, host) || isAllowedOrigin(origin, corsOrigins),
  });
  liveSide.register(server, ({ raw }) => clientAddress(raw));
  registerExportEndpoint(server, { credentials: config.portal.credentials, portals });
  files.register(server);

  const close = async () => {
    ending = true;
    sockets.refuseNew();
    streams.refuseNew();
    const endsAt = performance.now() + limits.shutdownMs * SHARE_FOR_OPERATIONS;
    await settledWithin(door.underWay, endsAt);
    liveSide.leave();
    streams.close();
    await sockets.close(SOCKET_CLOSE_SPREAD_MS);
    // A client that goes on asking on its connection must not keep the gateway from ending.
    const impatience = setTimeout(
      guard("the end of the gateway", () => server.server.closeAllConnections()),
      Math.max(CLOSING_MS, endsAt - performance.now()),
    );
    await server.close();
    clearTimeout(impatience);
    await apollo.stop();
    await liveSide.close();
    identities.close();
    keys.close();
    await portals.close();
    await files.close();
    await store.close();
    stopTelling();
  };
  try {
    await server.listen({ host: config.server.host, port: config.server.port, backlog: LISTEN_BACKLOG });
    await liveSide.start();
  } catch (error) {
    await close();
    throw listenError(error, config);
  }
  const url = addressOf(server.server.address(), config.server.host);
  log.info({ url }, `Listening${whoIsServed(config, keys)}`);
  return {
    url,
    underWay: () => door.underWay.list(),
    probed: probePortals(portals, config.portal.credentials, log),
    close,
  };
}

function openKeys(config: Config, log: Logger): ApiKeys {
  try {
    return openApiKeys({
      file: config.keys.file,
      configured: config.keys.configured,
      onError: (error) => log.error({ reason: error.message }, "The changed keys were not taken over"),
    });
  } catch (error) {
    if (error instanceof KeysFileError) throw new ConfigError([error.message]);
    throw error;
  }
}

/** Those that have begun by now are over, or the time is. */
async function settledWithin(underWay: OperationsUnderWay, endsAt: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, endsAt - performance.now()));
  });
  await Promise.race([underWay.settled(), late]);
  clearTimeout(timer);
}

function openOperations({ server }: Config): KnownOperations | undefined {
  if (server.operationsFile === undefined) return undefined;
  try {
    return readKnownOperations(server.operationsFile);
  } catch (error) {
    if (error instanceof OperationsFileError) throw new ConfigError([`GATEWAY_OPERATIONS_FILE: ${error.message}`]);
    throw error;
  }
}

/** What the person who starts the gateway should know of who can use it. */
function whoIsServed({ portal }: Config, keys: ApiKeys): string {
  if (keys.count() > 0) return "";
  return resolveCredentialName(undefined, portal.credentials) === undefined
    ? "; no keys and no default credential (BITRIX24_WEBHOOK_URL) are configured, so only users who bring a token are served"
    : "; no keys are configured, so only this machine is served";
}

/** Without keys whoever reaches the address acts as the configured user, so that only this machine may reach it. */
function checkExposure(config: Config, keys: ApiKeys): void {
  if (keys.count() > 0 || config.portal.credentials.size === 0 || isLoopback(config.server.host)) return;
  throw new ConfigError([
    `GATEWAY_HOST is ${config.server.host}, but there are no keys, so that anybody could act as the portal's user. Add one with npm run keys -- add NAME, or listen on 127.0.0.1`,
  ]);
}

function allowedHosts(config: Config): string[] {
  const credentials = [...config.portal.credentials.values()].map(credentialHost);
  return [...new Set([...credentials, ...config.portal.userTokenHosts])];
}

function listenError(error: unknown, { server: { host, port } }: Config): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return new ConfigError([
        `Port ${port} on ${host} is taken. Stop the other program, or choose a port with GATEWAY_PORT`,
      ]);
    case "EACCES":
      return new ConfigError([`Port ${port} may not be opened by this user. Choose another with GATEWAY_PORT`]);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ConfigError([`GATEWAY_HOST ${host} is not an address of this machine`]);
    default:
      return error;
  }
}

function addressOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}${GRAPHQL_PATH}`;
}

/** Asks one credential of each portal whether it answers. A portal that does not is a warning: it may come back. */
async function probePortals(
  portals: Portals,
  credentials: ReadonlyMap<string, Credential>,
  log: Logger,
): Promise<void> {
  const byHost = new Map([...credentials.values()].map((credential) => [credentialHost(credential), credential]));
  await Promise.all(
    [...byHost].map(([host, credential]) =>
      portals.probe(credential).then(
        () => log.info({ portal: host }, "The portal answers"),
        (error: unknown) =>
          log.warn(
            { portal: host, reason: error instanceof Error ? error.message : String(error) },
            "The portal does not answer as it should; operations will fail until it does",
          ),
      ),
    ),
  );
}
