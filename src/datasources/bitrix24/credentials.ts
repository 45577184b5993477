import { createHash } from "node:crypto";
import type { AnswerSource } from "./decoding.ts";
import { isLoopback } from "./loopback.ts";

/** What a viewer's calls are made with. */
export type Credential = WebhookCredential | UserTokenCredential | ApplicationCredential;

/** An inbound webhook: acts as the user who created it. */
export interface WebhookCredential {
  readonly kind: "webhook";
  /** `https://portal/rest/1/secret/` */
  readonly url: string;
  readonly botClientId?: string | undefined;
}

/** A Bitrix24 user's own access token, passed through; the gateway cannot refresh it. */
export interface UserTokenCredential {
  readonly kind: "user-token";
  /** Host, with a port when not the default. */
  readonly portal: string;
  readonly accessToken: string;
  readonly botClientId?: string | undefined;
}

/** An OAuth application's tokens of one user, renewed with the refresh token. */
export interface ApplicationCredential {
  readonly kind: "application";
  readonly portal: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Token endpoint of the authorization server. */
  readonly tokenUrl?: string | undefined;
  readonly botClientId?: string | undefined;
}

/** Where a credential's calls go. */
export interface Endpoint extends AnswerSource {
  /** Origin, e.g. `https://example.bitrix24.com`. */
  readonly origin: string;
  /** Host with port, the name under which the portal's allowance is kept. */
  readonly host: string;
  /** `/rest/` or `/rest/1/secret/`. */
  readonly path: string;
}

/** A setting or a header that cannot be used; the message is fit for the operator's eyes and holds no secret. */
export class CredentialError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CredentialError";
  }
}

const WEBHOOK_PATH = /^\/rest\/[1-9][0-9]*\/[A-Za-z0-9_-]+\/$/;

/** The endpoint of a credential. Plain http is for loopback, and elsewhere only when allowed. Throws `CredentialError`. */
export function endpointOf(credential: Credential, allowHttp: boolean): Endpoint {
  return credential.kind === "webhook"
    ? webhookEndpoint(credential.url, allowHttp)
    : portalEndpoint(credential.portal, allowHttp);
}

function webhookEndpoint(address: string, allowHttp: boolean): Endpoint {
  if (!URL.canParse(address)) {
    throw new CredentialError(
      "The webhook URL is not an address. It looks like https://portal.bitrix24.com/rest/1/secret/.",
    );
  }
  const url = new URL(address);
  const path = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
  if (!WEBHOOK_PATH.test(path) || url.search !== "" || url.username !== "") {
    throw new CredentialError(
      "The webhook URL must end in /rest/<user id>/<secret>/, as the portal shows it: https://portal.bitrix24.com/rest/1/secret/.",
    );
  }
  return { ...securedOrigin(url, allowHttp), path };
}

function portalEndpoint(portal: string, allowHttp: boolean): Endpoint {
  const loopback = URL.canParse(`http://${portal}`) && isLoopback(new URL(`http://${portal}`).hostname);
  const address = /^https?:\/\//.test(portal) ? portal : `${loopback ? "http" : "https"}://${portal}`;
  if (!URL.canParse(address)) throw new CredentialError("The portal must be a host name such as portal.bitrix24.com.");
  const url = new URL(address);
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw new CredentialError("The portal must be a host name such as portal.bitrix24.com, without a path.");
  }
  return { ...securedOrigin(url, allowHttp), path: "/rest/" };
}

function securedOrigin(url: URL, allowHttp: boolean): { origin: string; host: string } {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new CredentialError("A portal is reached by https.");
  }
  if (url.protocol === "http:" && !allowHttp && !isLoopback(url.hostname)) {
    throw new CredentialError(
      `Plain http to ${url.host} would send the secret unencrypted. Use https, or set BITRIX24_ALLOW_HTTP=true if you must.`,
    );
  }
  return { origin: url.origin, host: url.host };
}

/** A name for the credential that does not reveal it; equal credentials have equal names. */
export function fingerprint(credential: Credential): string {
  const secret =
    credential.kind === "webhook"
      ? credential.url
      : credential.kind === "user-token"
        ? `${credential.portal}\n${credential.accessToken}`
        : `${credential.portal}\n${credential.clientId}\n${credential.refreshToken}`;
  return createHash("sha256").update(`${credential.kind}\n${secret}`).digest("base64url");
}
