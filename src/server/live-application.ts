import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import { createTransport } from "../datasources/bitrix24/transport.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { eventsAddress } from "../installation/bindings.ts";
import { registerCommandEndpoint } from "../installation/command-endpoint.ts";
import { type AddressOf, registerInstallEndpoint } from "../installation/install-endpoint.ts";
import { createInstaller, type Installer } from "../installation/installer.ts";
import { guard } from "../process/guard.ts";
import type { EventLog } from "../subscriptions/events/event-log.ts";
import type { LiveStore } from "./live-store.ts";

/** The application that portals install, with the addresses that they call for it. */
export interface LiveApplication {
  readonly installer: Installer;
  register(server: FastifyInstance, addressOf: AddressOf): void;
  /** Tells the log what keeps it from receiving events. */
  warn(): void;
  /** Repairs what is bound in the portals, and looks from time to time what its own users are able to do. */
  start(): void;
  close(): Promise<void>;
}

export interface LiveApplicationOptions {
  readonly config: Config;
  readonly store: LiveStore;
  readonly portals: Portals;
  readonly log: EventLog;
  readonly allowedHosts: readonly string[];
  readonly onInstalled: () => void;
  readonly onUninstalled: (memberId: string, host: string | undefined) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly logger: Logger;
}

/** Rights change seldom, and a chat to look at may come later than the user. */
const PROBE_MS = 60 * 60_000;
/** Among so many a chat is looked for. */
const NEWEST_EVENTS = 100;

/** Undefined where no application is configured. */
export function createLiveApplication(options: LiveApplicationOptions): LiveApplication | undefined {
  const { config, store, portals, allowedHosts, onInstalled, onError, logger } = options;
  const { storage, applications, encryptionKey } = store;
  const { application, publicUrl } = config.live;
  if (applications === undefined || application === undefined) return undefined;
  const transport = createTransport({
    certificateAuthority: config.portal.certificateAuthority,
    proxyUrl: config.portal.proxyUrl,
  });
  const boundAddress = publicUrl === undefined ? undefined : eventsAddress(publicUrl);

  /** The newest chat that an event told of. */
  async function knownChat(memberId: string): Promise<Id | undefined> {
    const head = await storage.log.head(memberId);
    const newest = await storage.log.read(memberId, Math.max(0, head - NEWEST_EVENTS), NEWEST_EVENTS);
    const chats = newest.flatMap(({ event }) => (event.kind === "gap" ? [] : (event.address.chatId ?? [])));
    return chats.at(-1);
  }

  const installer = createInstaller({
    ...applications,
    knownChat,
    portals,
    transport,
    log: options.log,
    deadLetters: storage.deadLetters,
    application,
    allowedHosts,
    eventsAddress: boundAddress,
    onUninstalled: options.onUninstalled,
    logger,
  });
  let probing: NodeJS.Timeout | undefined;

  return {
    installer,
    register(server, addressOf) {
      const following: Installer = {
        ...installer,
        async install(offer, address) {
          const outcome = await installer.install(offer, address);
          onInstalled();
          return outcome;
        },
      };
      registerInstallEndpoint(server, following, { allowedHosts, addressOf });
      const { installations } = applications;
      registerCommandEndpoint(server, { installations, installer, eventsAddress: boundAddress }, encryptionKey);
    },
    warn() {
      if (boundAddress !== undefined) return;
      logger.warn("GATEWAY_PUBLIC_URL is not set: no events are bound, so that portals send none");
    },
    start() {
      installer.repairAll().catch(onError);
      const probe = guard("looking what the application's own users are able to do", () =>
        installer.probeAll().catch(onError),
      );
      probe();
      probing = setInterval(probe, PROBE_MS);
      probing.unref();
    },
    async close() {
      clearInterval(probing);
      await transport.close();
    },
  };
}
