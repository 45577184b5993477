import { resolveCredentialName } from "../../../config/key-credential.ts";
import { ALL_RIGHTS } from "../../../config/rights.ts";
import type { Credential } from "../../../datasources/bitrix24/credentials.ts";
import { isLoopback } from "../../../datasources/bitrix24/loopback.ts";
import type { ApiKeys } from "../api-keys.ts";
import { header } from "../credential-headers.ts";
import { type IdentityProvider, NOT_MINE, refusal } from "../identity.ts";

const NOBODY = refusal(
  "UNAUTHENTICATED",
  "There are no keys, and no default credential to act with: set BITRIX24_WEBHOOK_URL, or send a user's token with X-Bitrix24-Portal.",
);

/**
 * As long as there have been no keys, whoever is on this machine acts with the default credential. Removing the last key withdraws
 * somebody's access: it must not open the gateway to everybody, so that from the first key on only a restart does.
 */
export function openProvider(keys: ApiKeys, credentials: ReadonlyMap<string, Credential>): IdentityProvider {
  const credential = credentials.get(resolveCredentialName(undefined, credentials) ?? "");
  return (request) => {
    if (keys.hadAny()) return NOT_MINE;
    if (credential === undefined) return NOBODY;
    if (!request.isLoopback) {
      return refusal(
        "FORBIDDEN",
        "Without keys the gateway answers this machine only, and nothing that a proxy passes on.",
      );
    }
    // A page on the web can make its own name resolve to this machine; its requests still carry that name.
    if (!isLoopback(hostName(header(request, "host") ?? ""))) {
      return refusal("FORBIDDEN", "Without keys the gateway answers only to a loopback host name, such as localhost.");
    }
    const viewer = { kind: "open", label: "open" } as const;
    return {
      kind: "identity",
      identity: { name: "open", viewer, credential, rights: ALL_RIGHTS, expiresAt: undefined },
    };
  };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}
