import type { PortalIdentity } from "../methods/method.ts";
import type { Application, Credentials } from "../protocol/credentials.ts";
import { createRandom } from "../random.ts";
import { newUser } from "../seed/staff.ts";
import type { World } from "../world/world.ts";

/** What ONAPPUSERREADY names as its domain: not the portal's host. */
export const authorizationServer = "oauth.portal.example";

/**
 * The hidden employee of an application, made at its first installation and woken up at the next. He stands in no queue and in no
 * chat, has no role, and people's lists do not show him.
 */
export function readySystemUser(world: World, application: Application): number {
  const known = world.users.get(application.systemUserId);
  if (known) {
    known.active = true;
    return known.id;
  }
  const id = world.next.user;
  world.next.user += 2;
  const user = newUser(id, { firstName: "Simulated", lastName: "application" }, createRandom(id), world.now());
  world.users.set(id, { ...user, gender: "", departments: [1], externalAuthId: "rest_system", online: false });
  application.systemUserId = id;
  return id;
}

export function retireSystemUser(world: World, application: Application): void {
  const user = world.users.get(application.systemUserId);
  if (user) user.active = false;
}

/** The `data` of ONAPPUSERREADY: tokens of the system user. Its `domain` is the authorization server's. */
export function systemUserData(
  portal: PortalIdentity,
  credentials: Credentials,
  application: Application,
  userId: number,
): Record<string, unknown> {
  const tokens = credentials.newTokens(userId, application);
  return {
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    expires_in: credentials.accessTokenSeconds,
    scope: application.scopes.join(","),
    domain: authorizationServer,
    server_endpoint: `${portal.url}/rest/`,
    client_endpoint: `${portal.url}/rest/`,
    member_id: portal.memberId,
    user_id: userId,
    client_id: application.clientId,
    status: "L",
    LANGUAGE_ID: portal.language,
  };
}
