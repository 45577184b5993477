import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { DEFAULT_CREDENTIAL } from "./credentials.ts";

/** The credential a key acts with: the named one, else `default`, else the only one there is. */
export function resolveCredentialName(
  name: string | undefined,
  credentials: ReadonlyMap<string, Credential>,
): string | undefined {
  if (name !== undefined) return credentials.has(name) ? name : undefined;
  if (credentials.has(DEFAULT_CREDENTIAL)) return DEFAULT_CREDENTIAL;
  return credentials.size === 1 ? [...credentials.keys()][0] : undefined;
}

/** Why a key with this credential's name cannot act, and the setting that would help; undefined when it can. Follows "The key X". */
export function credentialProblem(
  name: string | undefined,
  credentials: ReadonlyMap<string, Credential>,
): string | undefined {
  if (resolveCredentialName(name, credentials) !== undefined) return undefined;
  if (name !== undefined && name !== DEFAULT_CREDENTIAL) {
    return `acts with the credential ${name}, which is not configured: add it to BITRIX24_CREDENTIALS_FILE.`;
  }
  return credentials.size === 0
    ? "acts with the default credential, which is not configured: set BITRIX24_WEBHOOK_URL."
    : "names no credential, and there are several: name one of BITRIX24_CREDENTIALS_FILE, or set BITRIX24_WEBHOOK_URL.";
}
