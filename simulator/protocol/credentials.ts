import { randomBytes } from "node:crypto";
import type { Credential } from "../methods/method.ts";
import { RestError } from "../rest-error.ts";

export const defaultScopes: readonly string[] = ["imopenlines", "im", "imbot", "user", "crm"];

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

export interface Application {
  clientId: string;
  clientSecret: string;
  /** The secret of event deliveries, per installation. */
  applicationToken: string;
}

interface Grant {
  userId: number;
  scopes: readonly string[];
  expiresAt: number;
}

/** The portal's webhooks, its OAuth application and that application's tokens. All secrets are new in each run. */
export interface Credentials {
  readonly application: Application;
  createWebhook(userId: number, scopes?: readonly string[]): string;
  issueTokens(userId: number, scopes?: readonly string[]): TokenPair;
  /** Turns every access token into an expired one. */
  expireTokens(): void;
  byWebhook(userId: number, secret: string): Credential;
  byToken(token: string): Credential;
  /** Replaces a pair by a new one; undefined for an unknown or already replaced refresh token. */
  refresh(refreshToken: string): (TokenPair & Grant) | undefined;
}

const secret = (bytes: number): string => randomBytes(bytes).toString("hex");

function noAuth(): RestError {
  return new RestError("NO_AUTH_FOUND", "Wrong authorization data", 401);
}

/** @param accessTokenSeconds life of an access token */
export function createCredentials(accessTokenSeconds: number, isActive: (userId: number) => boolean): Credentials {
  const webhooks = new Map<string, { userId: number; scopes: readonly string[] }>();
  const access = new Map<string, Grant>();
  const refresh = new Map<string, Grant & { accessToken: string }>();
  const application: Application = {
    clientId: `local.${secret(7)}.${secret(4)}`,
    clientSecret: secret(25),
    applicationToken: secret(16),
  };

  function issue(userId: number, scopes: readonly string[]): TokenPair & Grant {
    const grant = { userId, scopes, expiresAt: Date.now() + accessTokenSeconds * 1000 };
    const pair = { accessToken: secret(35), refreshToken: secret(35) };
    access.set(pair.accessToken, grant);
    refresh.set(pair.refreshToken, { ...grant, accessToken: pair.accessToken });
    return { ...pair, ...grant };
  }

  return {
    application,
    createWebhook(userId, scopes = defaultScopes) {
      const code = secret(8);
      webhooks.set(code, { userId, scopes });
      return code;
    },
    issueTokens(userId, scopes = defaultScopes) {
      const { accessToken, refreshToken } = issue(userId, scopes);
      return { accessToken, refreshToken };
    },
    expireTokens() {
      for (const grant of access.values()) grant.expiresAt = 0;
    },
    byWebhook(userId, code) {
      const webhook = webhooks.get(code);
      if (!webhook || webhook.userId !== userId || !isActive(userId)) throw noAuth();
      return { kind: "webhook", id: `webhook ${code}`, userId, scopes: webhook.scopes, clientId: "" };
    },
    byToken(token) {
      const grant = access.get(token);
      if (!grant || !isActive(grant.userId)) throw noAuth();
      if (grant.expiresAt <= Date.now()) {
        throw new RestError("expired_token", "The access token provided has expired.", 401);
      }
      const { clientId } = application;
      return { kind: "oauth", id: `application ${clientId}`, userId: grant.userId, scopes: grant.scopes, clientId };
    },
    refresh(refreshToken) {
      const grant = refresh.get(refreshToken);
      if (!grant) return undefined;
      refresh.delete(refreshToken);
      access.delete(grant.accessToken);
      return issue(grant.userId, grant.scopes);
    },
  };
}
