import { credentialProblem, resolveCredentialName } from "../../../config/key-credential.ts";
import type { Credential } from "../../../datasources/bitrix24/credentials.ts";
import type { ApiKeys } from "../api-keys.ts";
import { bearerToken, header } from "../credential-headers.ts";
import { type IdentityProvider, NOT_MINE, refusal } from "../identity.ts";

/** A key of this gateway, in `X-Api-Key` or as a bearer token. */
export function apiKeyProvider(keys: ApiKeys, credentials: ReadonlyMap<string, Credential>): IdentityProvider {
  return (request) => {
    const key = header(request, "x-api-key") ?? bearerToken(request);
    if (key === undefined) return NOT_MINE;
    const found = keys.match(key);
    if (found === undefined) return refusal("UNAUTHENTICATED", "The API key is not known to this gateway.");
    const { name, rights, expiresAt } = found;
    if (expiresAt !== undefined && expiresAt <= Date.now()) {
      return refusal("UNAUTHENTICATED", `The API key ${name} expired at ${new Date(expiresAt).toISOString()}.`);
    }
    const credential = credentials.get(resolveCredentialName(found.credential, credentials) ?? "");
    if (credential === undefined) {
      return refusal("FORBIDDEN", `The API key ${name} ${credentialProblem(found.credential, credentials)}`);
    }
    const viewer = { kind: "api-key", label: name } as const;
    return { kind: "identity", identity: { name: `key:${name}`, viewer, credential, rights, expiresAt } };
  };
}
