import type { ApplicationIdentity } from "../datasources/bitrix24/application-identity.ts";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import type { Plan } from "../datasources/bitrix24/usage.ts";
import type { Retention } from "../storage/log.ts";
import type { StorageConfig } from "../storage/storage.ts";
import type { ExplorerPerson } from "./explorer-people.ts";
import type { IdentityRules } from "./identity-rules.ts";
import type { ConfiguredKey } from "./key-entry.ts";
import type { Limits } from "./limits.ts";
import type { CorsOrigins } from "./setting-values.ts";
import type { SettingValues } from "./settings.ts";

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
    readonly compiledQueries: "on" | "off";
    /** One query in so many is run by graphql-js too; 0: none. */
    readonly comparedQueries: number;
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
  /** What was read with a credential and may answer its further queries. */
  readonly kept: { readonly maxAgeMs: number; readonly maxBytes: number };
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
