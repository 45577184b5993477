import { randomBytes } from "node:crypto";
import {
  Refused,
  type Reply,
  type ScriptedPortal,
  type SeenRequest,
  startScriptedPortal,
} from "../datasources/bitrix24/scripted-portal.ts";
import type { PhpValue } from "../subscriptions/php-form.ts";

export interface PortalTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Grant extends PortalTokens {
  readonly userId: number;
}

/** A portal with one OAuth application, its handlers and tokens, and the authorization server beside it. */
export interface ApplicationPortal {
  readonly server: ScriptedPortal;
  readonly host: string;
  readonly memberId: string;
  readonly applicationToken: string;
  readonly tokenUrl: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly handlers: { event: string; handler: string }[];
  /** Refresh tokens that were exchanged, oldest first. */
  readonly redeemed: string[];
  /** Ids of administrators; 1 is one. */
  readonly administrators: Set<number>;
  /** Ids of users that the portal made for the application. */
  readonly systemUsers: Set<number>;
  /** Who may read the chat with this id, beside administrators. */
  readonly readers: Map<string, Set<number>>;
  /** Who may read sessions' messages, beside administrators. */
  readonly historyReaders: Set<number>;
  /** Who sees handlers that others have set, beside administrators. */
  readonly seeingHandlers: Set<number>;
  /** Event codes that cannot be bound. */
  readonly unknownEvents: Set<string>;
  /** What the authorization server says in place of the truth. */
  grantOverrides: Record<string, unknown>;
  issue(userId?: number): PortalTokens;
  /** Makes the access tokens expire; refresh tokens stay good. */
  expireAccessTokens(): void;
  /** Takes the application out: no token is good any more. */
  revokeAll(): void;
  /** Ends all tokens of one user, as when he is dismissed. */
  revoke(userId: number): void;
  /** `ONAPPUSERREADY`: in `data` the tokens of a user of the application's own, in `auth` those of who installed it. */
  systemUserEvent(tokens: PortalTokens, userId: number): Record<string, PhpValue>;
  /** The callback of an application without a user interface. */
  scriptCallback(tokens: PortalTokens): Record<string, PhpValue>;
  /** What is posted into the frame of an application with a user interface. */
  pageCallback(tokens: PortalTokens): Record<string, PhpValue>;
  close(): Promise<void>;
}

const refusal = (status: number, error: string): Reply => ({
  status,
  body: JSON.stringify({ error, error_description: "refused" }),
});

/** @param client shared by portals that have the same application */
export async function startApplicationPortal(
  client = { clientId: `local.${randomBytes(6).toString("hex")}.1`, clientSecret: randomBytes(16).toString("hex") },
): Promise<ApplicationPortal> {
  const server = await startScriptedPortal();
  let grants: Grant[] = [];
  const expired = new Set<string>();

  function tokenAnswer(request: SeenRequest): Reply {
    const query = new URL(request.path, server.origin).searchParams;
    if (query.get("client_id") !== client.clientId || query.get("client_secret") !== client.clientSecret) {
      return refusal(401, "invalid_client");
    }
    const grant = grants.find(({ refreshToken }) => refreshToken === query.get("refresh_token"));
    if (grant === undefined) return refusal(400, "invalid_grant");
    portal.redeemed.push(grant.refreshToken);
    grants = grants.filter((other) => other !== grant);
    const renewed = portal.issue(grant.userId);
    const answer = {
      access_token: renewed.accessToken,
      refresh_token: renewed.refreshToken,
      expires_in: 3600,
      client_endpoint: `${server.origin}/rest/`,
      server_endpoint: `${server.origin}/rest/`,
      domain: "oauth.example",
      member_id: portal.memberId,
      user_id: grant.userId,
      scope: "imopenlines,im",
      status: "L",
    };
    return { body: JSON.stringify({ ...answer, ...portal.grantOverrides }) };
  }

  let actingUser = 0;
  server.intercept = (request) => {
    if (request.path.startsWith("/oauth/token/")) return tokenAnswer(request);
    const accessToken = request.body.auth;
    if (typeof accessToken === "string" && expired.has(accessToken)) return refusal(401, "expired_token");
    const grant = grants.find((known) => known.accessToken === accessToken);
    if (grant === undefined) return refusal(401, "NO_AUTH_FOUND");
    actingUser = grant.userId;
    if (request.method === "event.bind" && portal.unknownEvents.has(String(request.body.event))) {
      return refusal(400, "ERROR_EVENT_NOT_FOUND");
    }
    if (
      request.method === "event.bind" &&
      portal.handlers.some((known) => known.event === request.body.event && known.handler === request.body.handler)
    ) {
      return refusal(400, "ERROR_CORE");
    }
    return undefined;
  };
  server.answer = (method, params) => {
    switch (method) {
      case "app.info":
        return {
          ID: "5",
          CODE: client.clientId,
          VERSION: 1,
          STATUS: "L",
          INSTALLED: true,
          PAYMENT_EXPIRED: "N",
          DAYS: null,
        };
      case "profile":
        return {
          ID: String(actingUser),
          ADMIN: portal.administrators.has(actingUser),
          NAME: "Anna",
          LAST_NAME: "Weber",
        };
      case "scope":
        return ["imopenlines", "im"];
      case "im.user.list.get": {
        const external_auth_id = portal.systemUsers.has(actingUser) ? "rest_system" : "default";
        return [{ id: actingUser, name: "Application", external_auth_id }];
      }
      case "imopenlines.dialog.get": {
        const isReader = portal.readers.get(params.CHAT_ID ?? "")?.has(actingUser) ?? false;
        if (!isReader && !portal.administrators.has(actingUser)) throw new Refused("ACCESS_ERROR");
        return { id: Number(params.CHAT_ID), name: "Chat", entity_type: "LINES", entity_id: "livechat|3|17|9" };
      }
      case "imopenlines.session.history.get": {
        if (!portal.historyReaders.has(actingUser) && !portal.administrators.has(actingUser))
          throw new Refused("ACCESS_DENIED");
        return { chatId: Number(params.CHAT_ID), sessionId: 301, message: [], users: [] };
      }
      case "event.get":
        if (!portal.administrators.has(actingUser) && !portal.seeingHandlers.has(actingUser)) return [];
        return portal.handlers.map(({ event, handler }) => ({ event, handler, auth_type: "0", offline: 0 }));
      case "event.bind":
        portal.handlers.push({ event: params.event ?? "", handler: params.handler ?? "" });
        return true;
      case "event.unbind": {
        const gone = portal.handlers.filter(
          ({ event, handler }) => event === params.event && handler === params.handler,
        );
        for (const one of gone) portal.handlers.splice(portal.handlers.indexOf(one), 1);
        return { count: gone.length };
      }
      default:
        throw new Error(`not scripted: ${method}`);
    }
  };

  const portal: ApplicationPortal = {
    server,
    client,
    host: server.host,
    memberId: randomBytes(16).toString("hex"),
    applicationToken: randomBytes(16).toString("hex"),
    tokenUrl: `${server.origin}/oauth/token/`,
    handlers: [],
    redeemed: [],
    administrators: new Set([1]),
    systemUsers: new Set(),
    readers: new Map(),
    historyReaders: new Set(),
    seeingHandlers: new Set(),
    unknownEvents: new Set(),
    grantOverrides: {},
    issue(userId = 1) {
      const tokens = { accessToken: randomBytes(20).toString("hex"), refreshToken: randomBytes(20).toString("hex") };
      grants.push({ ...tokens, userId });
      return tokens;
    },
    expireAccessTokens() {
      for (const { accessToken } of grants) expired.add(accessToken);
    },
    revokeAll() {
      grants = [];
    },
    revoke(userId) {
      grants = grants.filter((grant) => grant.userId !== userId);
    },
    systemUserEvent: ({ accessToken, refreshToken }, userId) => ({
      event: "ONAPPUSERREADY",
      ts: Math.floor(Date.now() / 1000),
      data: {
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: 3600,
        scope: "imopenlines,im",
        domain: "oauth.example",
        server_endpoint: "https://oauth.example/rest/",
        client_endpoint: `${server.origin}/rest/`,
        member_id: portal.memberId,
        user_id: userId,
        client_id: client.clientId,
        status: "L",
        LANGUAGE_ID: "en",
      },
      auth: {
        access_token: randomBytes(20).toString("hex"),
        refresh_token: randomBytes(20).toString("hex"),
        expires_in: 3600,
        domain: "oauth.example",
        member_id: portal.memberId,
        user_id: 1,
        application_token: portal.applicationToken,
      },
    }),
    scriptCallback: ({ accessToken, refreshToken }) => ({
      event: "ONAPPINSTALL",
      data: { VERSION: 1, ACTIVE: "Y", INSTALLED: "Y", LANGUAGE_ID: "en" },
      ts: Math.floor(Date.now() / 1000),
      auth: {
        access_token: accessToken,
        expires_in: 3600,
        scope: "imopenlines,im",
        domain: server.host,
        server_endpoint: "https://oauth.bitrix.info/rest/",
        status: "L",
        client_endpoint: `${server.origin}/rest/`,
        member_id: portal.memberId,
        refresh_token: refreshToken,
        application_token: portal.applicationToken,
      },
    }),
    pageCallback: ({ accessToken, refreshToken }) => ({
      DOMAIN: server.host,
      PROTOCOL: 0,
      LANG: "en",
      APP_SID: randomBytes(16).toString("hex"),
      AUTH_ID: accessToken,
      AUTH_EXPIRES: 3600,
      REFRESH_ID: refreshToken,
      SERVER_ENDPOINT: "https://oauth.bitrix.info/rest/",
      APPLICATION_TOKEN: portal.applicationToken,
      APPLICATION_SCOPE: "imopenlines,im",
      member_id: portal.memberId,
      status: "L",
      PLACEMENT: "DEFAULT",
    }),
    close: () => server.close(),
  };
  return portal;
}
