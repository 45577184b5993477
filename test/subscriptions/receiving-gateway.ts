import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify from "fastify";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { createPortals, type Portals } from "../../src/datasources/bitrix24/portals.ts";
import { createTransport } from "../../src/datasources/bitrix24/transport.ts";
import type { ApplicationCredentials } from "../../src/installation/application-credential.ts";
import { APPLICATION_NAMESPACES, createApplicationStore } from "../../src/installation/application-store.ts";
import { eventsAddress } from "../../src/installation/bindings.ts";
import { registerCommandEndpoint } from "../../src/installation/command-endpoint.ts";
import { type AddressOf, registerInstallEndpoint } from "../../src/installation/install-endpoint.ts";
import { hashSecret } from "../../src/installation/installation.ts";
import type { InstallationStore } from "../../src/installation/installation-store.ts";
import { createInstaller, type Installer } from "../../src/installation/installer.ts";
import { createSharedRenewal } from "../../src/installation/shared-renewal.ts";
import type { SystemUsers } from "../../src/installation/system-users.ts";
import { createClientAddresses } from "../../src/server/identity/client-address.ts";
import { closeAfterAnswers } from "../../src/server/transports/closing-connections.ts";
import type { StorageConfig } from "../../src/storage/storage.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { createHeartbeat, type Heartbeat } from "../../src/subscriptions/events/gaps/heartbeat.ts";
import {
  createOutgoingWebhooks,
  type OutgoingWebhook,
} from "../../src/subscriptions/intake/receiver/outgoing-webhooks.ts";
import { type Receiver, registerEventReceiver } from "../../src/subscriptions/intake/receiver/receiver.ts";
import { createSenders } from "../../src/subscriptions/intake/receiver/senders.ts";
import { createToldSessions } from "../../src/subscriptions/intake/told-sessions.ts";
import { freePort } from "../kit/free-port.ts";
import type { Sender } from "./deliveries.ts";
import { type PhpValue, phpForm } from "./php-form.ts";

export interface ReceivingGatewayOptions {
  readonly storage?: StorageConfig;
  readonly encryptionKey?: Buffer;
  readonly client?: { readonly clientId: string; readonly clientSecret: string };
  readonly tokenUrl?: string;
  readonly allowedHosts?: readonly string[];
  readonly outgoingWebhooks?: readonly OutgoingWebhook[];
  /** null: not configured. `own`: where it really listens. */
  readonly publicUrl?: string | null;
  /** A chat that events told of. */
  readonly knownChat?: string;
}

/** The receiving side of a gateway, listening: real HTTP, real storage, the real client towards portals. */
export interface ReceivingGateway {
  readonly url: string;
  readonly storage: EventStorage;
  readonly installations: InstallationStore;
  readonly systemUsers: SystemUsers;
  readonly acting: ApplicationCredentials;
  readonly installer: Installer;
  readonly receiver: Receiver;
  readonly heartbeat: Heartbeat;
  readonly portals: Portals;
  /** Activities of the CRM that were told of, in order. */
  readonly noticed: readonly { readonly portal: string; readonly activityId: string; readonly change: string }[];
  post(path: string, body: string | Record<string, PhpValue>, headers?: Record<string, string>): Promise<Response>;
  postEvent(body: string | Record<string, PhpValue>, headers?: Record<string, string>): Promise<Response>;
  postInstall(body: string | Record<string, PhpValue>, query?: string): Promise<Response>;
  /** Puts a portal there as if it had been installed and verified. */
  knowPortal(sender: Sender, host?: string): Promise<void>;
}

export const PUBLIC_URL = "https://gateway.example.com";
export const EVENTS_ADDRESS = `${PUBLIC_URL}/bitrix24/events`;

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "receiving-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function publicAddress(wanted: string | null | undefined, port: number): string | null {
  if (wanted === undefined) return PUBLIC_URL;
  return wanted === "own" ? `http://127.0.0.1:${port}` : wanted;
}

export async function startReceivingGateway(options: ReceivingGatewayOptions = {}): Promise<ReceivingGateway> {
  const client = options.client ?? { clientId: "local.test.1", clientSecret: "client-secret-0123456789" };
  const tokenUrl = options.tokenUrl ?? "http://127.0.0.1:9/oauth/token/";
  const encryptionKey = options.encryptionKey ?? randomBytes(32);
  const storage = await openEventStorage(options.storage ?? { kind: "lmdb", directory: await temporaryDirectory() }, {
    namespaces: APPLICATION_NAMESPACES,
  });
  const applications = createApplicationStore({
    keyValues: storage.keyValues,
    encryptionKey,
    clientSecret: client.clientSecret,
    tokenUrl,
  });
  const { installations } = applications;
  const transport = createTransport();
  const renewal = createSharedRenewal({
    keyValues: storage.keyValues,
    kept: applications.kept,
    onUnkept: () => undefined,
    onKeptLate: () => undefined,
  });
  onTestFinished(renewal.close);
  const portals = createPortals({
    plan: "on-premise",
    allowHttp: false,
    allowedHosts: [],
    renewTokens: renewal.renew,
  });
  const listenPort = options.publicUrl === "own" ? await freePort() : 0;
  const publicUrl = publicAddress(options.publicUrl, listenPort);
  const installer = createInstaller({
    ...applications,
    knownChat: async () => options.knownChat,
    portals,
    transport,
    log: storage.log,
    deadLetters: storage.deadLetters,
    application: { ...client, tokenUrl },
    allowedHosts: options.allowedHosts ?? [],
    eventsAddress: publicUrl === null ? undefined : eventsAddress(publicUrl),
    logger: pino({ level: "silent" }),
  });
  const heartbeat = createHeartbeat(storage);
  const noticed: { readonly portal: string; readonly activityId: string; readonly change: string }[] = [];
  const app = fastify();
  closeAfterAnswers(app);
  const clientAddress = createClientAddresses([]);
  const addressOf: AddressOf = ({ raw }) => clientAddress(raw);
  registerInstallEndpoint(app, installer, { allowedHosts: [], addressOf });
  const address = publicUrl === null ? undefined : eventsAddress(publicUrl);
  registerCommandEndpoint(app, { installations, installer, eventsAddress: address }, encryptionKey);
  const receiver = registerEventReceiver(app, {
    told: createToldSessions(storage.keyValues, storage.log),
    deadLetters: storage.deadLetters,
    senders: createSenders({
      installations,
      webhooks: createOutgoingWebhooks(options.outgoingWebhooks ?? [], storage.keyValues),
      portalAt: async (host) => ({ host, memberId: (await installations.findByHost(host))?.memberId }),
    }),
    installer,
    addressOf,
    activities: {
      async take({ host, memberId }, notice) {
        noticed.push({ portal: memberId ?? host, ...notice });
      },
    },
    heartbeat,
  });
  await app.listen({ port: listenPort, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  onTestFinished(async () => {
    await app.close();
    await portals.close();
    await transport.close();
    await storage.close();
  });

  const post: ReceivingGateway["post"] = (path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: typeof body === "string" ? body : phpForm(body),
    });
  return {
    url,
    storage,
    installations,
    systemUsers: applications.systemUsers,
    acting: applications.acting,
    installer,
    receiver,
    heartbeat,
    portals,
    noticed,
    post,
    postEvent: (body, headers) => post("/bitrix24/events", body, headers),
    postInstall: (body, query = "") => post(`/bitrix24/install${query}`, body),
    knowPortal: (sender, host = "portal.example.com") =>
      installations.save({
        memberId: sender.memberId,
        host,
        clientId: client.clientId,
        tokens: { accessToken: "access-0123456789", refreshToken: "refresh-0123456789" },
        applicationTokenHash: hashSecret(sender.applicationToken),
        offerHash: hashSecret("refresh-offered"),
        scopes: ["imopenlines", "im"],
        userId: "1",
        status: "active",
        installedAt: new Date(),
      }),
  };
}
