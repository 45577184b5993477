import { z } from "zod";
import type { ApplicationIdentity } from "../datasources/bitrix24/application-identity.ts";
import { PortalProtocolError, PortalRefusal, PortalUnavailable } from "../datasources/bitrix24/errors.ts";
import { TOKEN_METHOD, type TokenPair } from "../datasources/bitrix24/tokens.ts";
import { type Transport, TransportFailure } from "../datasources/bitrix24/transport.ts";

const TIMEOUT_MS = 15_000;

/** What the authorization server says about a refresh token of our application. */
export interface Grant {
  readonly tokens: TokenPair;
  readonly memberId: string;
  /** Host of the portal's REST address; null when the answer names none. */
  readonly host: string | null;
  /** Whose tokens they are; null when not told. */
  readonly userId: string | null;
  readonly scopes: readonly string[];
}

const answer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  member_id: z.string().min(1),
  client_endpoint: z.string().optional(),
  user_id: z.union([z.string(), z.number()]).optional(),
  scope: z.string().optional(),
});

/**
 * Exchanges a refresh token for a new pair, which proves that it is our application's and names the portal it belongs to. The old pair
 * is void afterwards. Throws `PortalRefusal` for a token that is not good, else `PortalUnavailable` or `PortalProtocolError`.
 */
export async function redeemRefreshToken(
  application: ApplicationIdentity,
  refreshToken: string,
  transport: Transport,
): Promise<Grant> {
  const url = new URL(application.tokenUrl);
  url.searchParams.set("grant_type", "refresh_token");
  url.searchParams.set("client_id", application.clientId);
  url.searchParams.set("client_secret", application.clientSecret);
  url.searchParams.set("refresh_token", refreshToken);
  const { status, body } = await ask(url, transport);
  const parsed = parseJson(body);
  const refusal = z.object({ error: z.string() }).safeParse(parsed);
  if (refusal.success) throw new PortalRefusal(TOKEN_METHOD, refusal.data.error, "", status);
  const granted = answer.safeParse(parsed);
  if (!granted.success) {
    if (status >= 500) throw new PortalUnavailable(`The authorization server failed (HTTP ${status}).`, TOKEN_METHOD);
    throw new PortalProtocolError(
      "The authorization server's answer is not a pair of tokens of a portal.",
      TOKEN_METHOD,
    );
  }
  const { data } = granted;
  return {
    tokens: { accessToken: data.access_token, refreshToken: data.refresh_token },
    memberId: data.member_id,
    host: hostOf(data.client_endpoint),
    userId: data.user_id === undefined ? null : String(data.user_id),
    scopes: splitScopes(data.scope ?? ""),
  };
}

async function ask(url: URL, transport: Transport): Promise<{ status: number; body: string }> {
  try {
    return await transport.exchange(url.href, undefined, TIMEOUT_MS);
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    throw new PortalUnavailable("The authorization server cannot be reached.", TOKEN_METHOD, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hostOf(address: string | undefined): string | null {
  return address !== undefined && URL.canParse(address) ? new URL(address).host : null;
}

/** Scopes come separated by commas, or, by one page of the documentation, by spaces. */
export function splitScopes(text: string): string[] {
  return text.split(/[\s,]+/).filter((scope) => scope !== "");
}
