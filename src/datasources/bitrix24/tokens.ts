import { CLOUD_TOKEN_URL } from "./application-identity.ts";
import type { ApplicationCredential } from "./credentials.ts";
import { PortalProtocolError, PortalRefusal, PortalUnavailable } from "./errors.ts";
import { type Transport, TransportFailure } from "./transport.ts";
import { object, text } from "./wire.ts";

const TIMEOUT_MS = 15_000;
/** What the token server is called in errors; it is not a REST method. */
export const TOKEN_METHOD = "oauth.token";

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface TokenSource {
  current(): string;
  /** Renews the pair unless `stale` is no longer the current token. Waiting callers share one renewal, because the server voids the old pair. */
  renew(stale: string): Promise<string>;
}

/**
 * Gets a new pair: calls `request` with the refresh token and keeps what it answers (the old pair is void from then on), or takes over what
 * another process has got. The default keeps it in this process only.
 */
export type RenewTokens = (
  credential: ApplicationCredential,
  stale: TokenPair,
  request: (refreshToken: string) => Promise<TokenPair>,
) => Promise<TokenPair>;

export function createTokenSource(
  credential: ApplicationCredential,
  transport: Transport,
  renewTokens: RenewTokens = (_credential, stale, request) => request(stale.refreshToken),
): TokenSource {
  let pair: TokenPair = { accessToken: credential.accessToken, refreshToken: credential.refreshToken };
  let renewal: Promise<string> | undefined;
  return {
    current: () => pair.accessToken,
    renew(stale) {
      if (stale !== pair.accessToken) return Promise.resolve(pair.accessToken);
      renewal ??= renewTokens(credential, pair, (refreshToken) => requestPair(credential, refreshToken, transport))
        .then((renewed) => {
          pair = renewed;
          return renewed.accessToken;
        })
        .finally(() => {
          renewal = undefined;
        });
      return renewal;
    },
  };
}

async function requestPair(
  credential: ApplicationCredential,
  refreshToken: string,
  transport: Transport,
): Promise<TokenPair> {
  const url = new URL(credential.tokenUrl ?? CLOUD_TOKEN_URL);
  url.searchParams.set("grant_type", "refresh_token");
  url.searchParams.set("client_id", credential.clientId);
  url.searchParams.set("client_secret", credential.clientSecret);
  url.searchParams.set("refresh_token", refreshToken);
  let body: string;
  let status: number;
  try {
    ({ body, status } = await transport.exchange(url.href, undefined, TIMEOUT_MS));
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    throw new PortalUnavailable("The authorization server cannot be reached to renew the access token.", TOKEN_METHOD);
  }
  try {
    const answer = object(JSON.parse(body), "");
    if (typeof answer.error === "string") throw new PortalRefusal(TOKEN_METHOD, answer.error, "", status);
    return {
      accessToken: text(answer.access_token, "access_token"),
      refreshToken: text(answer.refresh_token, "refresh_token"),
    };
  } catch (error) {
    if (error instanceof PortalRefusal) throw error;
    if (status >= 500) throw new PortalUnavailable(`The authorization server failed (HTTP ${status}).`, TOKEN_METHOD);
    throw new PortalProtocolError("The authorization server's answer is not a pair of tokens.", TOKEN_METHOD);
  }
}
