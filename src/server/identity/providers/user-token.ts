import { ALL_RIGHTS } from "../../../config/rights.ts";
import { portalHost } from "../../../config/setting-values.ts";
import { fingerprint, type UserTokenCredential } from "../../../datasources/bitrix24/credentials.ts";
import { bearerToken, header } from "../credential-headers.ts";
import { type IdentityProvider, NOT_MINE, refusal } from "../identity.ts";

/** Short enough for the reason that a socket is closed with. */
const TWO_IDENTITIES =
  "Send either X-Api-Key or X-Bitrix24-Portal with the user's token, not both: each says who the request is from.";

/** A Bitrix24 user's own access token, for a portal of the allow-list. The portal itself checks the token when it is first used. */
export function userTokenProvider(hosts: readonly string[], botClientId: string | undefined): IdentityProvider {
  const allowed = new Set(hosts);
  return (request) => {
    const named = header(request, "x-bitrix24-portal");
    if (named === undefined) return NOT_MINE;
    // Whichever of the two were taken, the sender might have meant the other.
    if (header(request, "x-api-key") !== undefined) return refusal("BAD_REQUEST", TWO_IDENTITIES);
    const portal = portalHost.safeParse(named);
    if (!portal.success || !allowed.has(portal.data)) {
      return refusal("FORBIDDEN", "The portal in X-Bitrix24-Portal is not one this gateway serves.");
    }
    const accessToken = bearerToken(request);
    if (accessToken === undefined) {
      return refusal(
        "UNAUTHENTICATED",
        "X-Bitrix24-Portal needs the user's access token: Authorization: Bearer TOKEN.",
      );
    }
    const credential: UserTokenCredential = { kind: "user-token", portal: portal.data, accessToken, botClientId };
    return {
      kind: "identity",
      identity: {
        name: `token:${fingerprint(credential)}`,
        viewer: { kind: "user-token", label: portal.data },
        credential,
        rights: ALL_RIGHTS,
        expiresAt: undefined,
      },
    };
  };
}
