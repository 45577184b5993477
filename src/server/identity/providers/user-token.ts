import type { UserRule } from "../../../config/identity-rules.ts";
import { ALL_RIGHTS } from "../../../config/rights.ts";
import { portalHost } from "../../../config/setting-values.ts";
import type { UserTokenCredential } from "../../../datasources/bitrix24/credentials.ts";
import { bearerToken, header } from "../credential-headers.ts";
import { type IdentityProvider, NOT_MINE, type ProviderResult, refusal } from "../identity.ts";
import type { TokenProver } from "../token-proof.ts";

/** Short enough for the reason that a socket is closed with. */
const TWO_IDENTITIES =
  "Send either X-Api-Key or X-Bitrix24-Portal with the user's token, not both: each says who the request is from.";

export interface UserTokenOptions {
  /** The portals of the allow-list. */
  readonly hosts: readonly string[];
  readonly botClientId: string | undefined;
  readonly rules: readonly UserRule[];
  readonly prover: TokenProver;
}

/** A Bitrix24 user's own access token, which the portal itself has proven. */
export function userTokenProvider({ hosts, botClientId, rules, prover }: UserTokenOptions): IdentityProvider {
  const allowed = new Set(hosts);

  async function proven(credential: UserTokenCredential, address: string): Promise<ProviderResult> {
    const proof = await prover.prove(credential, address);
    if (proof.kind === "refused") return proof;
    const { userId, expiresAt } = proof.token;
    const host = credential.portal;
    const rule = rules.find((each) => each.portal === host && each.userIds.has(userId));
    return {
      kind: "identity",
      identity: {
        // Two tokens of one person take turns as one.
        name: `token:${host}:${userId}`,
        viewer: { kind: "user-token", label: host },
        credential,
        rights: rule?.rights ?? ALL_RIGHTS,
        expiresAt,
      },
    };
  }

  return (request) => {
    const named = header(request, "x-bitrix24-portal");
    if (named === undefined) return NOT_MINE;
    // Whichever of the two were taken, the sender might have meant the other.
    if (header(request, "x-api-key") !== undefined) return refusal("BAD_REQUEST", TWO_IDENTITIES);
    const portal = portalHost.safeParse(named);
    if (!portal.success || !allowed.has(portal.data)) {
      return refusal("FORBIDDEN", "The portal in X-Bitrix24-Portal is not one this gateway serves.");
    }
    const host = portal.data;
    const accessToken = bearerToken(request);
    if (accessToken === undefined) {
      return refusal(
        "UNAUTHENTICATED",
        "X-Bitrix24-Portal needs the user's access token: Authorization: Bearer TOKEN.",
      );
    }
    return proven({ kind: "user-token", portal: host, accessToken, botClientId }, request.address);
  };
}
