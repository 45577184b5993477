import type { ApplicationIdentity } from "../datasources/bitrix24/application-identity.ts";
import { CredentialError } from "../datasources/bitrix24/credentials.ts";
import {
  PortalProtocolError,
  PortalRateLimited,
  PortalRefusal,
  PortalTimeout,
  PortalUnavailable,
} from "../datasources/bitrix24/errors.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import type { Transport } from "../datasources/bitrix24/transport.ts";
import { UpstreamUsage } from "../datasources/bitrix24/usage.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { appInfo, profileGet } from "../datasources/im/account.ts";
import { userListGet } from "../datasources/im/users.ts";
import { type Grant, redeemRefreshToken } from "./authorization-server.ts";
import type { InstallOffer } from "./install-offer.ts";

export type InstallRefusal =
  | "HOST_NOT_ALLOWED"
  | "TOKEN_REFUSED"
  | "ANOTHER_APPLICATION"
  | "NOT_AN_ADMINISTRATOR"
  | "NOT_THE_SYSTEM_USER"
  | "ANOTHER_PORTAL";

export type Verdict<T> =
  | { readonly kind: "verified"; readonly value: T }
  | { readonly kind: "refused"; readonly reason: InstallRefusal }
  /** The portal or the authorization server could not be asked; the callback may be sent again. */
  | { readonly kind: "unavailable"; readonly reason: string };

export interface VerificationServices {
  readonly portals: Portals;
  readonly transport: Transport;
  readonly application: ApplicationIdentity;
  /** Hosts at which the application may be installed, in lower case. */
  readonly allowedHosts: readonly string[];
}

/** Whose token it has to be. */
export type HolderKind = "administrator" | "systemUser";

/** Whose token it is. */
export interface TokenHolder {
  readonly userId: Id;
}

export type VerifiedGrant = Omit<Grant, "userId"> & TokenHolder;

/** A client id of this form is also the application's code in the portal (`app.info`); other applications have a code of their own. */
const LOCAL_APPLICATION = /^local\./;
/** How the messenger marks users that the portal made for applications. */
const SYSTEM_USER = "rest_system";
const TIMEOUT_MS = 20_000;

/**
 * Verifies a callback in three steps, of which each must agree with the others: the host is allowed; that host, asked with the access
 * token, says that it belongs to our application and to an administrator, or to the application's own user; the authorization server, given the refresh token with our
 * client secret, names the portal (`member_id`, host) and the user. The last step voids the offered pair: a callback works once.
 */
export async function verifyOffer(
  services: VerificationServices,
  offer: InstallOffer,
  kind: HolderKind = "administrator",
): Promise<Verdict<VerifiedGrant>> {
  const holder = await verifyAccessToken(services, offer.host, offer.accessToken, kind);
  if (holder.kind !== "verified") return holder;
  return judged<VerifiedGrant>(async () => {
    const grant = await redeemRefreshToken(services.application, offer.refreshToken, services.transport);
    if (grant.memberId !== offer.memberId || grant.host?.toLowerCase() !== offer.host) return refused("ANOTHER_PORTAL");
    if (grant.userId !== null && grant.userId !== holder.value.userId) return refused("TOKEN_REFUSED");
    return { kind: "verified", value: { ...grant, userId: holder.value.userId } };
  });
}

/** Asks an allowed host whose the token is: an administrator's of our application, or that of its own user. */
export async function verifyAccessToken(
  services: VerificationServices,
  host: string,
  accessToken: string,
  kind: HolderKind = "administrator",
): Promise<Verdict<TokenHolder>> {
  if (!services.allowedHosts.includes(host)) return refused("HOST_NOT_ALLOWED");
  return judged<TokenHolder>(async () => {
    const portal = services.portals.session(
      { kind: "user-token", portal: host, accessToken },
      {
        signal: AbortSignal.timeout(TIMEOUT_MS),
        deadlineAt: performance.now() + TIMEOUT_MS,
        usage: new UpstreamUsage(),
      },
    );
    const [application, profile] = await Promise.all([portal.read(appInfo()), portal.read(profileGet())]);
    const { clientId } = services.application;
    if (application.code !== clientId && LOCAL_APPLICATION.test(clientId)) return refused("ANOTHER_APPLICATION");
    if (kind === "systemUser") {
      const [user] = await portal.read(userListGet([profile.id]));
      if (user?.externalAuthId !== SYSTEM_USER) return refused("NOT_THE_SYSTEM_USER");
    } else if (!profile.isAdmin) return refused("NOT_AN_ADMINISTRATOR");
    return { kind: "verified", value: { userId: profile.id } };
  });
}

function refused(reason: InstallRefusal): Verdict<never> {
  return { kind: "refused", reason };
}

async function judged<T>(ask: () => Promise<Verdict<T>>): Promise<Verdict<T>> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CredentialError) return refused("HOST_NOT_ALLOWED");
    if (error instanceof PortalRefusal) return refused("TOKEN_REFUSED");
    if (
      error instanceof PortalUnavailable ||
      error instanceof PortalTimeout ||
      error instanceof PortalRateLimited ||
      error instanceof PortalProtocolError
    ) {
      return { kind: "unavailable", reason: error.message };
    }
    throw error;
  }
}
