import { z } from "zod";
import { corsOrigins, hostList, httpUrl, keyList, switchValue, webhookUrl, wholeNumber } from "./setting-values.ts";

/** One environment variable: what it means, and how its text becomes a value. The README's table is made from these. */
export interface Setting<T> {
  readonly description: string;
  /** The default as the README prints it; the schema holds the value itself. */
  readonly default: string;
  readonly example?: string;
  /** Never printed, not even when it is wrong. */
  readonly secret?: true;
  readonly schema: z.ZodType<T, string | undefined>;
}

function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}

const text = z.string().optional();

/** Every setting of the gateway, in the order of the README. A name with one of the two prefixes that is not here is a start error. */
export const settings = {
  BITRIX24_WEBHOOK_URL: setting({
    description:
      "Inbound webhook of the portal: its address with user id and secret. It becomes the credential named `default`.",
    default: "none",
    example: "https://example.bitrix24.com/rest/1/SECRET/",
    secret: true,
    schema: webhookUrl.optional(),
  }),
  BITRIX24_CREDENTIALS_FILE: setting({
    description:
      "JSON file with named credentials, each a webhook or an application with its OAuth tokens, for keys that act as different users.",
    default: "none",
    example: "./credentials.json",
    schema: text,
  }),
  BITRIX24_PORTALS: setting({
    description:
      "Portal hosts, comma separated, on which Bitrix24 users may act with their own access token (header `X-Bitrix24-Portal`).",
    default: "none",
    example: "example.bitrix24.com",
    schema: z.string().default("").pipe(hostList),
  }),
  BITRIX24_PLAN: setting({
    description:
      "The portal's REST allowance: `standard` (50 requests, 2 more per second), `enterprise` (250 and 5) or `on-premise` (no limit).",
    default: "standard",
    schema: z.enum(["standard", "enterprise", "on-premise"]).default("standard"),
  }),
  BITRIX24_BOT_CLIENT_ID: setting({
    description: "Client id that the bot methods need when the credential is a webhook.",
    default: "none",
    secret: true,
    schema: text,
  }),
  BITRIX24_ALLOW_HTTP: setting({
    description: "`true` lets the gateway call portals other than loopback ones without TLS.",
    default: "false",
    schema: switchValue.default(false),
  }),
  BITRIX24_CA_FILE: setting({
    description: "PEM file with the certificate authority of a self-hosted portal.",
    default: "none",
    example: "/etc/ssl/company-ca.pem",
    schema: text,
  }),
  BITRIX24_PROXY_URL: setting({
    description: "HTTP proxy for all calls to portals.",
    default: "none",
    example: "http://proxy.example.com:3128",
    secret: true,
    schema: httpUrl.optional(),
  }),
  GATEWAY_HOST: setting({
    description:
      "Address to listen on. Any but a loopback address needs keys (or no configured credential, so that every user brings a token).",
    default: "127.0.0.1",
    example: "0.0.0.0",
    schema: z.string().default("127.0.0.1"),
  }),
  GATEWAY_PORT: setting({
    description: "Port to listen on; 0 takes a free one.",
    default: "4000",
    schema: wholeNumber(0, 65_535).default(4000),
  }),
  GATEWAY_API_KEYS: setting({
    description:
      "API keys as `name:key` or `name:key:credential`, comma separated. A key has 16 characters or more. For more than a few, use `npm run keys`.",
    default: "none",
    example: "inbox:0123456789abcdef",
    secret: true,
    schema: z.string().default("").pipe(keyList),
  }),
  GATEWAY_KEYS_FILE: setting({
    description: "File in which `npm run keys` stores the hashes of keys. It is read again when it changes.",
    default: "keys.json in GATEWAY_DATA_DIR",
    schema: text,
  }),
  GATEWAY_DATA_DIR: setting({
    description: "Directory for what the gateway keeps.",
    default: ".data",
    schema: z.string().default(".data"),
  }),
  GATEWAY_CORS_ORIGINS: setting({
    description:
      "Origins whose pages may call the gateway, comma separated; `loopback` stands for any page served from this machine.",
    default: "none",
    example: "https://inbox.example.com",
    schema: z.string().default("").pipe(corsOrigins),
  }),
  GATEWAY_EXPLORER: setting({
    description: "`true` shows Apollo Sandbox to a browser that opens the GraphQL address.",
    default: "false (the demo: true)",
    schema: switchValue.default(false),
  }),
  GATEWAY_EXPLORER_API_KEY: setting({
    description:
      "API key that the explorer fills in for whoever opens it. Only for demos: everybody who reaches the page can read it.",
    default: "none",
    secret: true,
    schema: text,
  }),
  GATEWAY_INTROSPECTION: setting({
    description: "`true` lets clients ask for the schema.",
    default: "the value of GATEWAY_EXPLORER",
    schema: switchValue.optional(),
  }),
  GATEWAY_OPERATION_TIMEOUT_MS: setting({
    description: "Milliseconds an operation may take; what it still waits for upstream is given up then.",
    default: "30000",
    schema: wholeNumber(100, 600_000).default(30_000),
  }),
  GATEWAY_MAX_BODY_BYTES: setting({
    description: "Size limit of a request's body in bytes.",
    default: "1048576",
    schema: wholeNumber(1024, 100 * 1024 * 1024).default(1024 * 1024),
  }),
  GATEWAY_LOG_LEVEL: setting({
    description: "`silent`, `error`, `warn`, `info` or `debug`. Logs are JSON lines on standard output.",
    default: "info (the demo: warn)",
    schema: z.enum(["silent", "error", "warn", "info", "debug"]).default("info"),
  }),
} as const;

export type SettingName = keyof typeof settings;
export type SettingValues = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]["schema"]> };

export const SETTING_PREFIXES = ["GATEWAY_", "BITRIX24_"] as const;

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}
