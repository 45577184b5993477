import { credentialProblem, resolveCredentialName } from "../../../config/key-credential.ts";
import type { Credential } from "../../../datasources/bitrix24/credentials.ts";
import type { ApiKeys, KeyMatch } from "../api-keys.ts";
import { bearerToken, header } from "../credential-headers.ts";
import { type IdentityDecision, type IdentityProvider, NOT_MINE, refusal } from "../identity.ts";

/** A key of this gateway, in `X-Api-Key` or as a bearer token. */
export function apiKeyProvider(keys: ApiKeys, credentials: ReadonlyMap<string, Credential>): IdentityProvider {
  return (request) => {
    const key = header(request, "x-api-key") ?? bearerToken(request);
    if (key === undefined) return NOT_MINE;
    const found = keys.match(key);
    if (found === undefined) return refusal("UNAUTHENTICATED", "The API key is not known to this gateway.");
    return identityOfKey(found, credentials);
  };
}

/** Whom a key of the gateway stands for now. */
export function identityOfKey(
  { name, credential: wanted, rights, expiresAt }: KeyMatch,
  credentials: ReadonlyMap<string, Credential>,
): IdentityDecision {
  if (expiresAt !== undefined && expiresAt <= Date.now()) {
    return refusal("UNAUTHENTICATED", `The API key ${name} expired at ${new Date(expiresAt).toISOString()}.`);
  }
  const credential = credentials.get(resolveCredentialName(wanted, credentials) ?? "");
  if (credential === undefined) {
    return refusal("FORBIDDEN", `The API key ${name} ${credentialProblem(wanted, credentials)}`);
  }
  const viewer = { kind: "api-key", label: name } as const;
  return { kind: "identity", identity: { name: `key:${name}`, viewer, credential, rights, expiresAt } };
}
