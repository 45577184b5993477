import type { PortalIdentity } from "../methods/method.ts";
import type { Credentials } from "./credentials.ts";
import type { Params } from "./php-form.ts";

interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

const refused = (status: number, error: string, text: string): TokenAnswer => ({
  status,
  body: { error, error_description: text },
});

/** The token endpoint: exchanges a refresh token for a new pair, which replaces the old one. */
export function exchangeToken(
  credentials: Credentials,
  portal: PortalIdentity,
  accessTokenSeconds: number,
  params: Params,
): TokenAnswer {
  if (typeof params.grant_type !== "string") return refused(400, "invalid_request", "Grant type is required");
  const application = typeof params.client_id === "string" ? credentials.applications.get(params.client_id) : undefined;
  if (!application || params.client_secret !== application.clientSecret) {
    return refused(401, "invalid_client", "The client credentials are invalid");
  }
  if (params.grant_type !== "refresh_token") return refused(400, "invalid_grant", "Unsupported grant type");
  if (typeof params.refresh_token !== "string" || params.refresh_token === "") {
    return refused(400, "invalid_request", "Refresh token is required");
  }
  const granted = credentials.refresh(params.refresh_token, application.clientId);
  if (!granted) return refused(400, "invalid_grant", "Invalid refresh token");
  return {
    status: 200,
    body: {
      access_token: granted.accessToken,
      refresh_token: granted.refreshToken,
      expires: Math.floor(granted.expiresAt / 1000),
      expires_in: accessTokenSeconds,
      client_endpoint: `${portal.url}/rest/`,
      server_endpoint: `${portal.url}/rest/`,
      domain: new URL(portal.url).host,
      member_id: portal.memberId,
      user_id: granted.userId,
      scope: granted.scopes.join(","),
      status: "L",
    },
  };
}
