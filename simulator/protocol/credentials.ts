import { randomBytes } from "node:crypto";
import type { Credential } from "../methods/method.ts";
import { RestError } from "../rest-error.ts";

export const defaultScopes: readonly string[] = ["imopenlines", "im", "imbot", "user", "crm"];

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

/** An application registered with the portal, and its installation. */
export interface Application {
  readonly clientId: string;
  readonly clientSecret: string;
  kind: "script-only" | "ui";
  /** Granted at its installation. */
  scopes: readonly string[];
  /** The secret of event deliveries, per installation. */
  applicationToken: string;
  /** Whether its installation is finished; until then it gets no events. */
  installed: boolean;
  version: number;
  /** Its hidden employee; 0 before the first installation. */
  systemUserId: number;
}

interface Grant {
  clientId: string;
  userId: number;
  scopes: readonly string[];
  expiresAt: number;
}

/** The portal's webhooks, its OAuth applications and their tokens. All secrets are new in each run. */
export interface Credentials {
  /** Life of an access token. */
  readonly accessTokenSeconds: number;
  /** The application every portal begins with; it is installed, without handlers. */
  readonly application: Application;
  /** All of them by client id. */
  readonly applications: ReadonlyMap<string, Application>;
  /** Adds another application, not installed yet. */
  registerApplication(): Application;
  createWebhook(userId: number, scopes?: readonly string[]): string;
  /** @param application default: the one every portal begins with */
  issueTokens(userId: number, scopes?: readonly string[], application?: Application): TokenPair;
  /** A pair of its own, for what grants lasting access. */
  newTokens(userId: number, application: Application): TokenPair & Grant;
  /** A pair for the deliveries of events: the same until half of its life is over or it was replaced. */
  currentTokens(userId: number, application: Application): TokenPair & Grant;
  /** Makes all tokens of an application unknown. */
  revokeTokens(application: Application): void;
  /** Turns every access token into an expired one. */
  expireTokens(): void;
  byWebhook(userId: number, secret: string): Credential;
  byToken(token: string): Credential;
  /** Replaces a pair by a new one; undefined for an unknown, already replaced or another application's refresh token. */
  refresh(refreshToken: string, clientId: string): (TokenPair & Grant) | undefined;
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
  const applications = new Map<string, Application>();
  const current = new Map<string, TokenPair & Grant>();

  function register(installed: boolean): Application {
    const registered: Application = {
      clientId: `local.${secret(7)}.${secret(4)}`,
      clientSecret: secret(25),
      kind: "script-only",
      scopes: defaultScopes,
      applicationToken: secret(16),
      installed,
      version: 1,
      systemUserId: 0,
    };
    applications.set(registered.clientId, registered);
    return registered;
  }

  const application = register(true);

  function issue(userId: number, scopes: readonly string[], clientId: string): TokenPair & Grant {
    const grant = { clientId, userId, scopes, expiresAt: Date.now() + accessTokenSeconds * 1000 };
    const pair = { accessToken: secret(35), refreshToken: secret(35) };
    access.set(pair.accessToken, grant);
    refresh.set(pair.refreshToken, { ...grant, accessToken: pair.accessToken });
    return { ...pair, ...grant };
  }

  return {
    accessTokenSeconds,
    application,
    applications,
    registerApplication: () => register(false),
    createWebhook(userId, scopes = defaultScopes) {
      const code = secret(8);
      webhooks.set(code, { userId, scopes });
      return code;
    },
    issueTokens(userId, scopes = defaultScopes, { clientId } = application) {
      const { accessToken, refreshToken } = issue(userId, scopes, clientId);
      return { accessToken, refreshToken };
    },
    newTokens: (userId, { clientId, scopes }) => issue(userId, scopes, clientId),
    currentTokens(userId, { clientId, scopes }) {
      const key = `${clientId} ${userId}`;
      const known = current.get(key);
      const grant = known && access.get(known.accessToken);
      if (known && grant && grant.expiresAt - Date.now() > accessTokenSeconds * 500) return known;
      const pair = issue(userId, scopes, clientId);
      current.set(key, pair);
      return pair;
    },
    revokeTokens({ clientId }) {
      for (const tokens of [access, refresh]) {
        for (const [token, grant] of tokens) if (grant.clientId === clientId) tokens.delete(token);
      }
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
      const { clientId, userId, scopes } = grant;
      const holder = applications.get(clientId);
      if (!holder) throw noAuth();
      return { kind: "oauth", id: `application ${clientId}`, userId, scopes, clientId, application: holder };
    },
    refresh(refreshToken, clientId) {
      const grant = refresh.get(refreshToken);
      if (grant?.clientId !== clientId) return undefined;
      refresh.delete(refreshToken);
      access.delete(grant.accessToken);
      return issue(grant.userId, grant.scopes, clientId);
    },
  };
}
