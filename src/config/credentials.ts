import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { httpUrl, portalHost, webhookUrl } from "./setting-values.ts";

/** Name of the credential that BITRIX24_WEBHOOK_URL configures. */
export const DEFAULT_CREDENTIAL = "default";

const webhook = z.strictObject({ webhook: webhookUrl, botClientId: z.string().min(1).optional() });
const application = z.strictObject({
  application: z.strictObject({
    portal: portalHost,
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    accessToken: z.string().min(1),
    refreshToken: z.string().min(1),
    tokenUrl: httpUrl.optional(),
  }),
  botClientId: z.string().min(1).optional(),
});
const credentialsFile = z.record(z.string().min(1), z.union([webhook, application]));
type FileEntry = z.output<typeof credentialsFile>[string];

/** What holds for the credentials of a file that do not say it themselves. */
export interface CredentialDefaults {
  readonly botClientId: string | undefined;
  /** Token endpoint of the authorization server; the cloud's when undefined. */
  readonly tokenUrl: string | undefined;
}

function toCredential(entry: FileEntry, defaults: CredentialDefaults): Credential {
  const bot = entry.botClientId ?? defaults.botClientId;
  const extra = bot === undefined ? {} : { botClientId: bot };
  if ("webhook" in entry) return { kind: "webhook", url: entry.webhook, ...extra };
  const { tokenUrl = defaults.tokenUrl, ...required } = entry.application;
  return { kind: "application", ...required, ...(tokenUrl === undefined ? {} : { tokenUrl }), ...extra };
}

/**
 * Reads a file of named credentials: `{"anna": {"webhook": "https://…"}, "app": {"application": {…}}}`.
 * Throws an `Error` whose message names the place that is wrong and never repeats a value.
 */
export function readCredentialsFile(path: string, defaults: CredentialDefaults): Map<string, Credential> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // A JSON error's text quotes the file, which holds secrets.
    throw new Error(error instanceof SyntaxError ? "is not JSON" : `cannot be read (${systemErrorCode(error)})`);
  }
  const parsed = credentialsFile.safeParse(content);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new Error(
      `has an entry that is neither a webhook nor an application: ${place === "" ? "the whole file" : place}`,
    );
  }
  return new Map(Object.entries(parsed.data).map(([name, entry]) => [name, toCredential(entry, defaults)]));
}

/** The short code of a file system error, e.g. `ENOENT`. */
export function systemErrorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error";
}

/** Host of a credential's portal with its port, for messages. */
export function credentialHost(credential: Credential): string {
  return credential.kind === "webhook" ? hostOfUrl(credential.url) : credential.portal;
}

/** Asked for each event that is delivered, of a few configured addresses. */
const knownHosts = new Map<string, string>();
const MAX_KNOWN_HOSTS = 1_000;

function hostOfUrl(url: string): string {
  const known = knownHosts.get(url);
  if (known !== undefined) return known;
  if (knownHosts.size >= MAX_KNOWN_HOSTS) knownHosts.clear();
  const { host } = new URL(url);
  knownHosts.set(url, host);
  return host;
}
