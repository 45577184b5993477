import { z } from "zod";
import { explorerPeople } from "./explorer-people.ts";
import { limitSettings } from "./limit-settings.ts";
import {
  corsOrigins,
  hostList,
  httpUrl,
  keyList,
  networkList,
  outgoingWebhooks,
  redisUrl,
  securedUrl,
  switchValue,
  webhookUrl,
  wholeNumber,
} from "./setting-values.ts";

/** One environment variable: what it means, and how its text becomes a value. The table of `docs/settings.md` is made from these. */
export interface Setting<T> {
  readonly description: string;
  /** The default as the table prints it; the schema holds the value itself. */
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

/** Every setting of the gateway, in the order of the table. A name with one of the two prefixes that is not here is a start error. */
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
  BITRIX24_FILE_HOSTS: setting({
    description:
      "Further hosts to which portals may redirect for the contents of files, comma separated. Without them only a portal's own host is followed.",
    default: "none",
    example: "files.example.com",
    schema: z.string().default("").pipe(hostList),
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
      "API keys as `name:key`, `name:key:credential` or `name:key:credential:all`, comma separated; `all` lets the key see every live event of the portal, `none` none. Options follow in any order: `:rights=query+act` (of `query`, `act` and `events`; all three by default), `:lines=1+2` (live events of these lines too), `:expires=2027-01-31` (its last day). A key has 16 characters or more. For more than a few, use `npm run keys`.",
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
  GATEWAY_IDENTITY_FILE: setting({
    description:
      "JSON file with rights of users who bring a token: `users` by portal and id, `claims` of the identity provider's tokens with the credential they act with. See [who may do what](identity.md).",
    default: "none: users of BITRIX24_PORTALS may do everything",
    example: "./identity.json",
    schema: text,
  }),
  GATEWAY_JWT_ISSUER: setting({
    description:
      "Issuer (`iss`) of the JSON web tokens that are taken as bearer tokens: the team's own identity provider.",
    default: "none: no such tokens are taken",
    example: "https://id.example.com/",
    schema: text,
  }),
  GATEWAY_JWT_AUDIENCE: setting({
    description: "Audience (`aud`) that those tokens must name.",
    default: "none",
    example: "b24-gateway",
    schema: text,
  }),
  GATEWAY_JWT_JWKS_URL: setting({
    description: "Address of the identity provider's public keys (JWKS): https, or http on this machine.",
    default: "none",
    example: "https://id.example.com/.well-known/jwks.json",
    schema: securedUrl.optional(),
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
    description:
      "`true` serves the explorers: Apollo Sandbox to a browser that opens the GraphQL address, and `/explorer`.",
    default: "false (the demo: true)",
    schema: switchValue.default(false),
  }),
  GATEWAY_EXPLORER_PEOPLE: setting({
    description:
      "As whom one can act in the explorers without a key of one's own: `name:key`, comma separated, the first to begin with. Only for demos: everybody who reaches the page can read the keys.",
    default: "none (the demo: its people)",
    secret: true,
    schema: z.string().default("").pipe(explorerPeople),
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
  GATEWAY_TRUSTED_PROXIES: setting({
    description:
      "Addresses or networks of the reverse proxies whose `X-Forwarded-For` counts, comma separated. Without them a client's address is that of its connection.",
    default: "none",
    example: "10.0.0.0/8,127.0.0.1",
    schema: z.string().default("").pipe(networkList),
  }),
  BITRIX24_CLIENT_ID: setting({
    description:
      "Client id of the application that is installed in the portal to receive events (`local.…` for a local application). Without it the install and event addresses are closed.",
    default: "none",
    example: "local.66f3c9a1b2c3d4.12345678",
    schema: text,
  }),
  BITRIX24_CLIENT_SECRET: setting({
    description: "Client secret of that application.",
    default: "none",
    secret: true,
    schema: text,
  }),
  BITRIX24_TOKEN_URL: setting({
    description:
      "Token endpoint of the authorization server that serves the portal, for every application. `tokenUrl` of an application in BITRIX24_CREDENTIALS_FILE goes before it.",
    default: "https://oauth.bitrix.info/oauth/token/",
    example: "https://oauth.bitrix24.tech/oauth/token/",
    schema: httpUrl.optional(),
  }),
  GATEWAY_PUBLIC_URL: setting({
    description:
      "Address under which portals and clients reach the gateway; events are bound to `<it>/bitrix24/events`, and links to files begin with it. Without it nothing is bound, links begin with the address that the client used, and live events have none.",
    default: "none",
    example: "https://gateway.example.com",
    schema: httpUrl.optional(),
  }),
  GATEWAY_ENCRYPTION_KEY: setting({
    description:
      "Key under which tokens are stored and links to files are sealed: 32 bytes in base64 or hexadecimal. Gateways that share a Redis need the same one.",
    default: "made once, in encryption-key in GATEWAY_DATA_DIR",
    secret: true,
    schema: text,
  }),
  BITRIX24_OUTGOING_WEBHOOKS: setting({
    description:
      "Outgoing webhooks of portals that post events to `/bitrix24/events`, as `host=token`, comma separated; the webhook's form shows its token. See [live events](live-events.md).",
    default: "none",
    example: "example.bitrix24.com=0123456789abcdef0123456789abcdef",
    secret: true,
    schema: z.string().default("").pipe(outgoingWebhooks),
  }),
  GATEWAY_POLLING: setting({
    description:
      "`auto` polls the dialogs of the default webhook's owner for live events where no application is installed; `off` does not.",
    default: "auto",
    schema: z.enum(["auto", "off"]).default("auto"),
  }),
  GATEWAY_EVENT_RETENTION_HOURS: setting({
    description: "Hours for which live events are kept for clients that come back.",
    default: "72",
    schema: wholeNumber(1, 24 * 90).default(72),
  }),
  GATEWAY_EVENT_RETENTION_COUNT: setting({
    description: "Live events kept for each portal at the most.",
    default: "100000",
    schema: wholeNumber(100, 10_000_000).default(100_000),
  }),
  GATEWAY_LIVE_SHARE_PERCENT: setting({
    description:
      "Part of what a portal's allowance gives back that all questions about live events may take together, in percent; a quarter is 30 requests a minute on the standard plan.",
    default: "25",
    schema: wholeNumber(1, 100).default(25),
  }),
  GATEWAY_ACCESS_RECHECK_SECONDS: setting({
    description: "Seconds after which the portal is asked again whether a subscriber may still see a chat.",
    default: "60",
    schema: wholeNumber(1, 3_600).default(60),
  }),
  ...limitSettings,
  GATEWAY_KEPT_SECONDS: setting({
    description:
      "How long what was read with a credential may answer its further queries while somebody listens to live events with it; see [what operations cost](cost.md#what-is-kept). `0` keeps nothing.",
    default: "60",
    schema: wholeNumber(0, 600).default(60),
  }),
  GATEWAY_KEPT_MEGABYTES: setting({
    description: "Memory that everything kept in this way may take together, in megabytes.",
    default: "64",
    schema: wholeNumber(1, 16_384).default(64),
  }),
  GATEWAY_COMPILED_QUERIES: setting({
    description:
      "`on`: queries and the selections of subscriptions are run by plans that are kept for each document; `off`: graphql-js runs everything, slower and with the same answers.",
    default: "on",
    schema: z.enum(["on", "off"]).default("on"),
  }),
  GATEWAY_COMPARED_QUERIES: setting({
    description:
      "One query in so many is run once more by graphql-js, from what its fields were answered from, so that it costs the portal nothing; answers that differ are counted in the details of `/ready` and told in the log by the document's SHA-256 and the first place. 0: none.",
    default: "0",
    schema: wholeNumber(0, 1_000_000).default(0),
  }),
  GATEWAY_OPERATIONS_FILE: setting({
    description:
      "JSON file with the operations that clients may send and no others: a list of documents or of their SHA-256, or a manifest of persisted queries.",
    default: "none: every operation may be sent",
    example: "./operations.json",
    schema: text,
  }),
  REDIS_URL: setting({
    description:
      "Redis server (6.2 or later) that several gateways share: live log, request allowance, installations and token renewal live there. Without it they live in GATEWAY_DATA_DIR, for one process.",
    default: "none",
    example: "redis://localhost:6379",
    secret: true,
    schema: redisUrl.optional(),
  }),
  REDIS_PREFIX: setting({
    description: "Prefix of all keys in Redis.",
    default: "b24oc:",
    schema: z.string().default("b24oc:"),
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
