/** The cloud's authorization server; where the portal is served by another, it is configured. Never taken from a callback. */
export const CLOUD_TOKEN_URL = "https://oauth.bitrix.info/oauth/token/";

/** The application as registered with the authorization server. */
export interface ApplicationIdentity {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl: string;
}
