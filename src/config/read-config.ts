import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ApplicationIdentity, CLOUD_TOKEN_URL } from "../datasources/bitrix24/application-identity.ts";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { type Config, ConfigError, type JsonWebTokenConfig } from "./config.ts";
import { type CredentialDefaults, DEFAULT_CREDENTIAL, readCredentialsFile } from "./credentials.ts";
import { type Environment, readFileSetting, readSetting, unknownSettings } from "./environment.ts";
import { NO_IDENTITY_RULES, readIdentityRules } from "./identity-rules.ts";
import { readLimits } from "./limits.ts";
import { relatedProblems } from "./related-settings.ts";
import type { SettingName, SettingValues } from "./settings.ts";

/** The file in which keys are stored. Throws `ConfigError`. */
export function keysFile(environment: Environment): string {
  const problems: string[] = [];
  const file = readSetting(environment, "GATEWAY_KEYS_FILE", problems);
  const dataDir = readSetting(environment, "GATEWAY_DATA_DIR", problems);
  if (problems.length > 0 || dataDir === undefined) throw new ConfigError(problems);
  return file ?? join(dataDir, "keys.json");
}

function storageConfig(
  url: string | undefined,
  prefix: string | undefined,
  dataDir: string,
): Config["live"]["storage"] {
  if (url === undefined) return { kind: "lmdb", directory: join(dataDir, "live") };
  return prefix === undefined ? { kind: "redis", url } : { kind: "redis", url, prefix };
}

function applicationOf(
  clientId: string | undefined,
  clientSecret: string | undefined,
  tokenUrl: string | undefined,
  problems: string[],
): ApplicationIdentity | undefined {
  if (clientId === undefined && clientSecret === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined) {
    problems.push("BITRIX24_CLIENT_ID and BITRIX24_CLIENT_SECRET must be set together");
    return undefined;
  }
  return { clientId, clientSecret, tokenUrl: tokenUrl ?? CLOUD_TOKEN_URL };
}

function readCredentials(
  read: <Name extends SettingName>(name: Name) => SettingValues[Name] | undefined,
  defaults: CredentialDefaults,
  problems: string[],
): Map<string, Credential> {
  const credentials = new Map(
    readFileSetting("BITRIX24_CREDENTIALS_FILE", read("BITRIX24_CREDENTIALS_FILE"), problems, (path) =>
      readCredentialsFile(path, defaults),
    ),
  );
  const url = read("BITRIX24_WEBHOOK_URL");
  if (url === undefined) return credentials;
  if (credentials.has(DEFAULT_CREDENTIAL)) {
    problems.push(
      `BITRIX24_CREDENTIALS_FILE must not name a credential ${DEFAULT_CREDENTIAL} beside BITRIX24_WEBHOOK_URL`,
    );
  }
  const bot = defaults.botClientId === undefined ? {} : { botClientId: defaults.botClientId };
  return credentials.set(DEFAULT_CREDENTIAL, { kind: "webhook", url, ...bot });
}

/** The credentials that keys can act with, whatever else the configuration lacks. Throws `ConfigError` when they cannot be read. */
export function configuredCredentials(environment: Environment): ReadonlyMap<string, Credential> {
  const problems: string[] = [];
  const read = <Name extends SettingName>(name: Name) => readSetting(environment, name, problems);
  const defaults = { botClientId: read("BITRIX24_BOT_CLIENT_ID"), tokenUrl: read("BITRIX24_TOKEN_URL") };
  const credentials = readCredentials(read, defaults, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return credentials;
}

function jsonWebTokenConfig(
  issuer: string | undefined,
  audience: string | undefined,
  keySetUrl: string | undefined,
  problems: string[],
): JsonWebTokenConfig | undefined {
  if (issuer === undefined && audience === undefined && keySetUrl === undefined) return undefined;
  if (issuer === undefined || audience === undefined || keySetUrl === undefined) {
    // One that is there and wrong has been told already.
    if (problems.some((problem) => problem.startsWith("GATEWAY_JWT_"))) return undefined;
    problems.push("GATEWAY_JWT_ISSUER, GATEWAY_JWT_AUDIENCE and GATEWAY_JWT_JWKS_URL must be set together");
    return undefined;
  }
  return { issuer, audience, keySetUrl };
}

/** Reads and checks the whole configuration. Throws `ConfigError` with every problem found. */
export function readConfig(environment: Environment): Config {
  const problems = unknownSettings(environment);
  const read = <Name extends SettingName>(name: Name) => readSetting(environment, name, problems);

  const botClientId = read("BITRIX24_BOT_CLIENT_ID");
  const tokenUrl = read("BITRIX24_TOKEN_URL");
  const credentials = readCredentials(read, { botClientId, tokenUrl }, problems);
  const explorer = read("GATEWAY_EXPLORER") ?? false;
  const dataDir = read("GATEWAY_DATA_DIR") ?? "";
  const config: Config = {
    portal: {
      credentials,
      userTokenHosts: read("BITRIX24_PORTALS") ?? [],
      plan: read("BITRIX24_PLAN") ?? "standard",
      allowHttp: read("BITRIX24_ALLOW_HTTP") ?? false,
      certificateAuthority: readFileSetting("BITRIX24_CA_FILE", read("BITRIX24_CA_FILE"), problems, (path) =>
        readFileSync(path, "utf8"),
      ),
      proxyUrl: read("BITRIX24_PROXY_URL"),
      fileHosts: read("BITRIX24_FILE_HOSTS") ?? [],
      botClientId,
      earlierTokensFile: join(dataDir, "tokens.json"),
    },
    server: {
      host: read("GATEWAY_HOST") ?? "127.0.0.1",
      port: read("GATEWAY_PORT") ?? 0,
      corsOrigins: read("GATEWAY_CORS_ORIGINS") ?? [],
      explorer,
      explorerPeople: read("GATEWAY_EXPLORER_PEOPLE") ?? [],
      introspection: read("GATEWAY_INTROSPECTION") ?? explorer,
      operationTimeoutMs: read("GATEWAY_OPERATION_TIMEOUT_MS") ?? 0,
      operationsFile: read("GATEWAY_OPERATIONS_FILE"),
      compiledQueries: read("GATEWAY_COMPILED_QUERIES") ?? "on",
      comparedQueries: read("GATEWAY_COMPARED_QUERIES") ?? 0,
      trustedProxies: read("GATEWAY_TRUSTED_PROXIES") ?? [],
      uploadsDirectory: join(dataDir, "uploads"),
    },
    live: {
      owedGapsDirectory: join(dataDir, "owed-gaps"),
      storage: storageConfig(read("REDIS_URL"), read("REDIS_PREFIX"), dataDir),
      retention: {
        maxAgeMs: (read("GATEWAY_EVENT_RETENTION_HOURS") ?? 0) * 3_600_000,
        maxEvents: read("GATEWAY_EVENT_RETENTION_COUNT") ?? 0,
      },
      application: applicationOf(read("BITRIX24_CLIENT_ID"), read("BITRIX24_CLIENT_SECRET"), tokenUrl, problems),
      publicUrl: read("GATEWAY_PUBLIC_URL"),
      encryptionKey: read("GATEWAY_ENCRYPTION_KEY"),
      encryptionKeyFile: join(dataDir, "encryption-key"),
      outgoingWebhooks: read("BITRIX24_OUTGOING_WEBHOOKS") ?? [],
      polling: read("GATEWAY_POLLING") ?? "off",
      accessRecheckMs: (read("GATEWAY_ACCESS_RECHECK_SECONDS") ?? 0) * 1_000,
      share: (read("GATEWAY_LIVE_SHARE_PERCENT") ?? 0) / 100,
    },
    kept: {
      maxAgeMs: (read("GATEWAY_KEPT_SECONDS") ?? 0) * 1_000,
      maxBytes: (read("GATEWAY_KEPT_MEGABYTES") ?? 0) * 1_048_576,
    },
    limits: readLimits(read),
    keys: {
      file: read("GATEWAY_KEYS_FILE") ?? join(dataDir, "keys.json"),
      configured: read("GATEWAY_API_KEYS") ?? [],
    },
    identity: {
      rules:
        readFileSetting("GATEWAY_IDENTITY_FILE", read("GATEWAY_IDENTITY_FILE"), problems, readIdentityRules) ??
        NO_IDENTITY_RULES,
      jsonWebTokens: jsonWebTokenConfig(
        read("GATEWAY_JWT_ISSUER"),
        read("GATEWAY_JWT_AUDIENCE"),
        read("GATEWAY_JWT_JWKS_URL"),
        problems,
      ),
    },
    logLevel: read("GATEWAY_LOG_LEVEL") ?? "info",
  };
  // A wrong value was replaced above only to find further problems; it never reaches a running gateway.
  if (problems.length > 0) throw new ConfigError(problems);
  const related = relatedProblems(config);
  if (related.length > 0) throw new ConfigError(related);
  return Object.freeze(config);
}
