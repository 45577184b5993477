import { resolveCredentialName } from "../../../config/config.ts";
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
    const credential = credentials.get(resolveCredentialName(found.credential, credentials) ?? "");
    if (credential === undefined) {
      return refusal("FORBIDDEN", `The API key ${found.name} acts with a credential that is not configured.`);
    }
    const identity = {
      name: `key:${found.name}`,
      viewer: { kind: "api-key", label: found.name },
      credential,
      rights: { query: true, act: true, events: { scope: found.events, lines: found.lines } },
      expiresAt: undefined,
    } as const;
    return { kind: "identity", identity };
  };
}
