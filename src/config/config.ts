import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ApplicationIdentity, CLOUD_TOKEN_URL } from "../datasources/bitrix24/application-identity.ts";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { isLoopback } from "../datasources/bitrix24/loopback.ts";
import type { Plan } from "../datasources/bitrix24/usage.ts";
import type { Retention } from "../storage/log.ts";
import type { StorageConfig } from "../storage/storage.ts";
import {
  type CredentialDefaults,
  credentialHost,
  DEFAULT_CREDENTIAL,
  readCredentialsFile,
  systemErrorCode,
} from "./credentials.ts";
import type { ExplorerPerson } from "./explorer-people.ts";
import { type IdentityRules, NO_IDENTITY_RULES, readIdentityRules } from "./identity-rules.ts";
import { credentialProblem } from "./key-credential.ts";
import type { ConfiguredKey } from "./key-entry.ts";
import { type Limits, readLimits } from "./limits.ts";
import type { CorsOrigins } from "./setting-values.ts";
import { isSettingName, SETTING_PREFIXES, type SettingName, type SettingValues, settings } from "./settings.ts";
import { suggestion } from "./suggestion.ts";

/** All that can be configured, checked. Holds secrets: never log it whole. */
export interface Config {
  readonly portal: {
    /** By name; `default` is the webhook of BITRIX24_WEBHOOK_URL. */
    readonly credentials: ReadonlyMap<string, Credential>;
    /** Hosts on which users may act with their own token. */
    readonly userTokenHosts: readonly string[];
    readonly plan: Plan;
    readonly allowHttp: boolean;
    /** PEM text. */
    readonly certificateAuthority: string | undefined;
    readonly proxyUrl: string | undefined;
    /** Besides a portal's own, where contents of files may be fetched. */
    readonly fileHosts: readonly string[];
    readonly botClientId: string | undefined;
    /** Where earlier versions kept renewed tokens in clear; they are moved into the store. */
    readonly earlierTokensFile: string;
  };
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly corsOrigins: CorsOrigins;
    readonly explorer: boolean;
    readonly explorerPeople: readonly ExplorerPerson[];
    readonly introspection: boolean;
    readonly operationTimeoutMs: number;
    /** The only operations that clients may send; undefined: all. */
    readonly operationsFile: string | undefined;
    /** Addresses and networks whose `X-Forwarded-For` counts. */
    readonly trustedProxies: readonly string[];
    /** Where files that clients send wait to be sent on. */
    readonly uploadsDirectory: string;
  };
  readonly live: {
    /** Outgoing webhooks of portals that post events, each with its token. */
    readonly outgoingWebhooks: readonly { readonly host: string; readonly token: string }[];
    readonly storage: StorageConfig;
    /** Where a process that shares its store with others keeps what it owes while that store is away. */
    readonly owedGapsDirectory: string;
    readonly retention: Retention;
    /** The application that receives events; undefined: the addresses for portals are closed. */
    readonly application: ApplicationIdentity | undefined;
    readonly publicUrl: string | undefined;
    readonly encryptionKey: string | undefined;
    readonly encryptionKeyFile: string;
    readonly polling: "auto" | "off";
    readonly accessRecheckMs: number;
    /** Part of a portal's drain for questions about live events, 0..1. */
    readonly share: number;
  };
  readonly limits: Limits;
  readonly keys: { readonly file: string; readonly configured: readonly ConfiguredKey[] };
  readonly identity: {
    readonly rules: IdentityRules;
    /** The team's own identity provider; undefined: its tokens are not taken. */
    readonly jsonWebTokens: JsonWebTokenConfig | undefined;
  };
  readonly logLevel: SettingValues["GATEWAY_LOG_LEVEL"];
}

/** Whose tokens are taken, and where the keys are that sign them. */
export interface JsonWebTokenConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly keySetUrl: string;
}

/** The configuration cannot be used. Each problem is one line for the person who starts the gateway and repeats no secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Adds the settings of a `.env` file in the working directory, where there is one, to the environment. What is already set stays. */
export function loadEnvFile(path = ".env"): void {
  if (existsSync(path)) process.loadEnvFile(path);
}

function unknownSettings(environment: Environment): string[] {
  const names = Object.keys(settings);
  return Object.keys(environment)
    .filter((name) => SETTING_PREFIXES.some((prefix) => name.startsWith(prefix)) && !isSettingName(name))
    .map((name) => {
      const meant = suggestion(name, names);
      return `${name} is not a setting${meant === undefined ? "" : `. Did you mean ${meant}?`}`;
    });
}

/** Reads one setting; an empty value counts as not set. */
function readSetting<Name extends SettingName>(
  environment: Environment,
  name: Name,
  problems: string[],
): SettingValues[Name] | undefined {
  const raw = environment[name]?.trim();
  const parsed = settings[name].schema.safeParse(raw === "" ? undefined : raw);
  // One schema's output is this setting's value; TypeScript loses the link between the two through the indexed access.
  if (parsed.success) return parsed.data as SettingValues[Name];
  const reason = parsed.error.issues[0]?.message ?? "is wrong";
  const shown = "secret" in settings[name] || raw === undefined ? "" : ` (now ${JSON.stringify(raw)})`;
  problems.push(`${name} ${reason}${shown}`);
  return undefined;
}

function readFileSetting<T>(
  name: SettingName,
  path: string | undefined,
  problems: string[],
  read: (path: string) => T,
) {
  if (path === undefined) return undefined;
  try {
    return read(path);
  } catch (error) {
    const reason =
      error instanceof Error && !("code" in error) ? error.message : `cannot be read (${systemErrorCode(error)})`;
    problems.push(`${name}: ${path} ${reason}`);
    return undefined;
  }
}

/** Settings that need each other, checked once each of them is right by itself. */
function relations(config: Config): string[] {
  const problems: string[] = [];
  for (const [name, credential] of config.portal.credentials) {
    if (credential.kind !== "webhook" || config.portal.allowHttp) continue;
    const url = new URL(credential.url);
    if (url.protocol !== "http:" || isLoopback(url.hostname)) continue;
    const source = name === DEFAULT_CREDENTIAL ? "BITRIX24_WEBHOOK_URL" : `The credential ${name}`;
    problems.push(`${source} must use https; BITRIX24_ALLOW_HTTP=true permits http for ${credentialHost(credential)}`);
  }
  problems.push(...tokenUrlProblems(config));
  for (const { name, credential } of config.keys.configured) {
    const problem = credentialProblem(credential, config.portal.credentials);
    if (problem !== undefined) problems.push(`GATEWAY_API_KEYS: the key ${name} ${problem}`);
  }
  problems.push(...identityProblems(config));
  problems.push(...outgoingWebhookProblems(config));
  if (config.portal.credentials.size === 0 && config.portal.userTokenHosts.length === 0) {
    problems.push(
      "No portal is configured: set BITRIX24_WEBHOOK_URL, BITRIX24_CREDENTIALS_FILE or BITRIX24_PORTALS (npm start without them runs the demo)",
    );
  }
  return problems;
}

/** An application's secret and tokens go there. */
function tokenUrlProblems({ portal, live }: Config): string[] {
  const urls = new Map<string, string | undefined>([["BITRIX24_TOKEN_URL", live.application?.tokenUrl]]);
  for (const [name, credential] of portal.credentials) {
    if (credential.kind === "application") urls.set(`tokenUrl of the credential ${name}`, credential.tokenUrl);
  }
  return [...urls].flatMap(([source, url]) => {
    if (url === undefined || portal.allowHttp) return [];
    const { protocol, hostname, host } = new URL(url);
    if (protocol === "https:" || isLoopback(hostname)) return [];
    return [`${source} must use https; BITRIX24_ALLOW_HTTP=true permits http for ${host}`];
  });
}

function identityProblems({ identity: { rules, jsonWebTokens }, portal }: Config): string[] {
  const problems: string[] = [];
  for (const { portal: host } of rules.users) {
    if (!portal.userTokenHosts.includes(host)) {
      problems.push(`GATEWAY_IDENTITY_FILE has a rule for users of ${host}, which is not in BITRIX24_PORTALS`);
    }
  }
  for (const { claim, credential } of rules.claims) {
    if (!portal.credentials.has(credential)) {
      problems.push(
        `GATEWAY_IDENTITY_FILE: the rule for the claim ${claim} names the credential ${credential}, which is not configured`,
      );
    }
  }
  if (jsonWebTokens !== undefined && rules.claims.length === 0) {
    problems.push("GATEWAY_JWT_ISSUER needs rules for claims in GATEWAY_IDENTITY_FILE: what is in no rule is refused");
  }
  if (jsonWebTokens === undefined && rules.claims.length > 0) {
    problems.push("GATEWAY_IDENTITY_FILE has rules for claims, which need GATEWAY_JWT_ISSUER");
  }
  return problems;
}

/** What they tell has to be looked up, with a credential of the same portal. */
function outgoingWebhookProblems({ live, portal }: Config): string[] {
  const hosts = new Set([...portal.credentials.values()].map(credentialHost));
  return live.outgoingWebhooks.flatMap(({ host }) =>
    hosts.has(host) || (live.application !== undefined && portal.userTokenHosts.includes(host))
      ? []
      : [`BITRIX24_OUTGOING_WEBHOOKS names ${host}, of which no credential is configured to look up what it tells`],
  );
}

/** Problems of names and values alone, for a starter that completes the configuration itself. */
export function settingProblems(environment: Environment): string[] {
  const problems = unknownSettings(environment);
  for (const name of Object.keys(settings)) if (isSettingName(name)) readSetting(environment, name, problems);
  return problems;
}

/** The file in which keys are stored. Throws `ConfigError`. */
export function keysFile(environment: Environment): string {
  const problems: string[] = [];
  const file = readSetting(environment, "GATEWAY_KEYS_FILE", problems);
  const dataDir = readSetting(environment, "GATEWAY_DATA_DIR", problems);
  if (problems.length > 0 || dataDir === undefined) throw new ConfigError(problems);
  return file ?? join(dataDir, "keys.json");
}

function storageConfig(url: string | undefined, prefix: string | undefined, dataDir: string): StorageConfig {
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
  const related = relations(config);
  if (related.length > 0) throw new ConfigError(related);
  return Object.freeze(config);
}
