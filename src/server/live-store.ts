import type { Logger } from "pino";
import { type Config, ConfigError } from "../config/config.ts";
import type { Allowance } from "../datasources/bitrix24/bucket.ts";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import type { RenewTokens } from "../datasources/bitrix24/tokens.ts";
import type { Plan } from "../datasources/bitrix24/usage.ts";
import {
  APPLICATION_NAMESPACES,
  type ApplicationStore,
  createApplicationStore,
} from "../installation/application-store.ts";
import {
  CONFIGURED_TOKEN_NAMESPACES,
  type ConfiguredTokens,
  openConfiguredTokens,
} from "../installation/configured-tokens.ts";
import { EncryptionKeyError, openEncryptionKey } from "../installation/encryption-key.ts";
import { createSharedRenewal } from "../installation/shared-renewal.ts";
import { guard } from "../process/guard.ts";
import { DirectoryInUse } from "../storage/directory-lock.ts";
import { DEFAULT_REDIS_PREFIX } from "../storage/open-redis-storage.ts";
import { createRedisAllowance } from "../storage/redis-allowance.ts";
import { connectRedis } from "../storage/redis-connection.ts";
import { TURN_NAMESPACES } from "../storage/turns.ts";
import type { EventStorage } from "../subscriptions/events/event-storage.ts";
import { openEventStorage } from "../subscriptions/events/event-storage.ts";
import { NOTICED_ACTIVITY_NAMESPACES } from "../subscriptions/intake/activities/noticed-activities.ts";
import { UPLOAD_NAMESPACES } from "./files/shared-uploads.ts";
import { PROVEN_TOKEN_NAMESPACES } from "./identity/proven-tokens.ts";
import { CAPABILITY_NAMESPACES } from "./kept-capabilities.ts";
import { SEND_NAMESPACES } from "./sends/send-ledger.ts";

/** What outlives a process, or is shared by several: opened before anything calls a portal. */
export interface LiveStore {
  readonly storage: EventStorage;
  /** Undefined where no application is configured. */
  readonly applications: ApplicationStore | undefined;
  /** The key of what is stored encrypted, and of links to files. */
  readonly encryptionKey: Buffer;
  /** The configured credentials, each application's with the newest tokens. */
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly renewTokens: RenewTokens;
  /** Undefined where this process counts alone. */
  readonly createAllowance: ((host: string, plan: Plan) => Allowance) | undefined;
  /** Each store by name: "ready", or what is wrong with it, for the operator. */
  stores(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const WATCH_MS = 1_000;
/** What goes on being wrong is said again after this. */
const REMIND_MS = 60_000;

/** Logs what is wrong with a store: at once, then once a minute, and when it is over. Returns what ends that. */
function watchStores(stores: () => Readonly<Record<string, string>>, log: Logger): () => void {
  const saidAt = new Map<string, number>();
  // One that is still being connected to has nothing wrong with it yet.
  const suspects = new Set<string>();
  const timer = setInterval(
    guard("watching the stores", () => {
      for (const [store, state] of Object.entries(stores())) {
        const last = saidAt.get(store);
        if (state === "ready") {
          suspects.delete(store);
          if (saidAt.delete(store)) log.info({ store }, "The store works again");
        } else if (!suspects.has(store)) {
          suspects.add(store);
        } else if (last === undefined || performance.now() - last >= REMIND_MS) {
          saidAt.set(store, performance.now());
          log.error({ store, reason: state }, "A store cannot be used now");
        }
      }
    }),
    WATCH_MS,
  );
  timer.unref();
  return () => clearInterval(timer);
}

/** Throws `ConfigError` for a directory, a key or an address that cannot be used. */
export async function openLiveStore(config: Config, log: Logger): Promise<LiveStore> {
  const { live } = config;
  const key = encryptionKey(config);
  const storage = await open(config);
  for (const warning of storage.warnings) log.warn(warning);
  const applications =
    live.application === undefined
      ? undefined
      : createApplicationStore({
          keyValues: storage.keyValues,
          encryptionKey: key,
          clientSecret: live.application.clientSecret,
          tokenUrl: live.application.tokenUrl,
        });
  const configured = await openTokens(config, storage, key, log).catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  const renewal = createSharedRenewal({
    keyValues: storage.keyValues,
    kept: [...(applications?.kept ?? []), configured.keptTokens],
    onUnkept: (error) =>
      log.error(
        { err: error },
        "Renewed tokens are not kept yet: if the gateway ended now, this application would have to be authorised again",
      ),
    onKeptLate: () => log.warn("Renewed tokens are kept again"),
  });
  const allowances = live.storage.kind === "redis" ? connectRedis(live.storage.url, "b24oc-allowance") : undefined;
  const prefix = live.storage.kind === "redis" ? (live.storage.prefix ?? DEFAULT_REDIS_PREFIX) : "";
  const stores = (): Readonly<Record<string, string>> => ({
    [live.storage.kind === "redis" ? "redis" : "dataDirectory"]: storage.problem() ?? "ready",
    ...(allowances === undefined ? {} : { allowance: allowances.problem() ?? "ready" }),
  });
  const unwatch = watchStores(stores, log);
  return {
    stores,
    storage,
    applications,
    encryptionKey: key,
    credentials: configured.credentials,
    renewTokens: renewal.renew,
    createAllowance:
      allowances === undefined
        ? undefined
        : (host, plan) => createRedisAllowance(allowances, `${prefix}allowance:{${host}}`, plan),
    async close() {
      unwatch();
      renewal.close();
      allowances?.close();
      await storage.close();
    },
  };
}

async function open({ live }: Config): Promise<EventStorage> {
  try {
    return await openEventStorage(live.storage, {
      retention: live.retention,
      namespaces: {
        ...APPLICATION_NAMESPACES,
        ...CONFIGURED_TOKEN_NAMESPACES,
        ...PROVEN_TOKEN_NAMESPACES,
        ...TURN_NAMESPACES,
        ...SEND_NAMESPACES,
        ...NOTICED_ACTIVITY_NAMESPACES,
        ...CAPABILITY_NAMESPACES,
        ...UPLOAD_NAMESPACES,
      },
    });
  } catch (error) {
    if (error instanceof DirectoryInUse) throw new ConfigError([`GATEWAY_DATA_DIR: ${error.message}`]);
    if (error instanceof Error && "code" in error && live.storage.kind === "lmdb") {
      throw new ConfigError([`GATEWAY_DATA_DIR: ${live.storage.directory} cannot be used (${String(error.code)})`]);
    }
    throw error;
  }
}

async function openTokens(
  { portal }: Config,
  { keyValues }: EventStorage,
  encryptionKey: Buffer,
  log: Logger,
): Promise<ConfiguredTokens> {
  try {
    return await openConfiguredTokens({
      keyValues,
      encryptionKey,
      configured: portal.credentials,
      earlierFile: portal.earlierTokensFile,
      onLost: (credential) =>
        log.error({ credential }, "The tokens of this application are renewed no longer: authorise it again"),
    });
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

/** Of tokens that are stored, and of links to files that are handed out. */
function encryptionKey({ live }: Config): Buffer {
  try {
    return openEncryptionKey({ configured: live.encryptionKey, file: live.encryptionKeyFile });
  } catch (error) {
    if (error instanceof EncryptionKeyError) throw new ConfigError([`GATEWAY_ENCRYPTION_KEY: ${error.message}`]);
    throw error;
  }
}
