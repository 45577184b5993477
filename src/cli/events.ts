import { pino } from "pino";
import { type Config, ConfigError } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { readConfig } from "../config/read-config.ts";
import type { ApplicationIdentity } from "../datasources/bitrix24/application-identity.ts";
import { createPortals, type PortalsOptions } from "../datasources/bitrix24/portals.ts";
import { createTransport } from "../datasources/bitrix24/transport.ts";
import { ACTIVITY_EVENTS } from "../datasources/crm/activity-events.ts";
import { APPLICATION_NAMESPACES, createApplicationStore } from "../installation/application-store.ts";
import { eventsAddress } from "../installation/bindings.ts";
import { sendCommand } from "../installation/command-endpoint.ts";
import { EncryptionKeyError, openEncryptionKey } from "../installation/encryption-key.ts";
import {
  type EventsCommand,
  type EventsReport,
  isEventsCommand,
  runEventsCommand,
} from "../installation/events-command.ts";
import { createInstaller } from "../installation/installer.ts";
import { createSharedRenewal } from "../installation/shared-renewal.ts";
import { DirectoryInUse } from "../storage/directory-lock.ts";
import type { StorageConfig } from "../storage/storage.ts";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import { openEventStorage } from "../subscriptions/events/event-storage.ts";
import { reachableUrl } from "./gateway-address.ts";
import type { Report } from "./report.ts";

export const EVENTS_USAGE = `Usage:
  npm run events -- list     handlers that the application has set, in every portal
  npm run events -- check    whether every event is delivered to this gateway
  npm run events -- bind     set what is missing
  npm run events -- unbind   remove the handlers of this gateway`;

/** What `npm run events` needs of the configuration. */
export interface EventsCliSettings {
  /** Where the running gateway listens, e.g. `http://127.0.0.1:4000`. */
  readonly gatewayUrl: string;
  readonly storage: StorageConfig;
  readonly encryptionKey: { readonly configured?: string | undefined; readonly file: string };
  readonly application: ApplicationIdentity;
  readonly eventsAddress: string | undefined;
  readonly portals: PortalsOptions;
}

/** Runs `npm run events` with the configuration of the environment, and answers what to print. */
export async function runEventsProgram(args: readonly string[], environment: Environment): Promise<Report> {
  if (args.length === 0) return { ok: false, lines: [EVENTS_USAGE] };
  try {
    const config = readConfig(environment);
    const webhooks = webhookLines(config);
    if (config.live.application === undefined && webhooks.length > 0) return { ok: true, lines: webhooks };
    const { ok, lines } = await runEventsCli(args, eventsCliSettings(config));
    return { ok, lines: [...lines, ...webhooks] };
  } catch (error) {
    if (error instanceof ConfigError) return { ok: false, lines: error.problems };
    throw error;
  }
}

/** An outgoing webhook is set in the portal by hand, and only its form there tells which events it posts. */
function webhookLines({ live }: Config): readonly string[] {
  const address = live.publicUrl === undefined ? "GATEWAY_PUBLIC_URL/bitrix24/events" : eventsAddress(live.publicUrl);
  return live.outgoingWebhooks.flatMap(({ host }) => [
    host,
    `  An outgoing webhook is taken. Its form in the portal must lead to ${address} and have ${ACTIVITY_EVENTS.join(", ")} ticked.`,
  ]);
}

/** Takes them from the configuration. Throws `ConfigError` when no application is configured. */
export function eventsCliSettings({ server, portal, live }: Config): EventsCliSettings {
  if (live.application === undefined) {
    throw new ConfigError(["Set BITRIX24_CLIENT_ID and BITRIX24_CLIENT_SECRET: events are bound by an application"]);
  }
  const { plan, allowHttp, proxyUrl, certificateAuthority, userTokenHosts } = portal;
  return {
    gatewayUrl: reachableUrl(server),
    storage: live.storage,
    encryptionKey: { configured: live.encryptionKey, file: live.encryptionKeyFile },
    application: live.application,
    eventsAddress: live.publicUrl === undefined ? undefined : eventsAddress(live.publicUrl),
    portals: { plan, allowHttp, proxyUrl, certificateAuthority, allowedHosts: userTokenHosts },
  };
}

/**
 * Runs one command and answers what to print. A running gateway is asked to do it, because it alone may use the data directory;
 * otherwise the storage is opened here.
 */
export async function runEventsCli(args: readonly string[], settings: EventsCliSettings): Promise<EventsReport> {
  const [command] = args;
  if (args.length !== 1 || !isEventsCommand(command)) return { ok: false, lines: [EVENTS_USAGE] };
  try {
    const encryptionKey = openEncryptionKey(settings.encryptionKey);
    const answer = await sendCommand(settings.gatewayUrl, encryptionKey, command);
    if (answer.kind === "answered") return answer.report;
    return await runAlone(command, settings, encryptionKey);
  } catch (error) {
    if (error instanceof DirectoryInUse) {
      const advice = `Is the gateway running at another address than ${settings.gatewayUrl}? Set GATEWAY_PORT as it has it.`;
      return { ok: false, lines: [error.message, advice] };
    }
    if (error instanceof EncryptionKeyError || error instanceof StorageUnavailable) {
      return { ok: false, lines: [error.message] };
    }
    throw error;
  }
}

async function runAlone(
  command: EventsCommand,
  settings: EventsCliSettings,
  encryptionKey: Buffer,
): Promise<EventsReport> {
  const { application, eventsAddress } = settings;
  const storage = await openEventStorage(settings.storage, { namespaces: APPLICATION_NAMESPACES });
  const applications = createApplicationStore({
    keyValues: storage.keyValues,
    encryptionKey,
    clientSecret: application.clientSecret,
    tokenUrl: application.tokenUrl,
  });
  const transport = createTransport(settings.portals);
  const renewal = createSharedRenewal({
    keyValues: storage.keyValues,
    kept: applications.kept,
    onUnkept: () => undefined,
    onKeptLate: () => undefined,
  });
  const portals = createPortals({ ...settings.portals, renewTokens: renewal.renew });
  try {
    const installer = createInstaller({
      ...applications,
      knownChat: () => Promise.resolve(undefined),
      portals,
      transport,
      log: storage.log,
      deadLetters: storage.deadLetters,
      application,
      allowedHosts: [],
      eventsAddress,
      logger: pino({ level: "silent" }),
    });
    return await runEventsCommand(command, { installations: applications.installations, installer, eventsAddress });
  } finally {
    renewal.close();
    await portals.close();
    await transport.close();
    await storage.close();
  }
}
