import { randomBytes } from "node:crypto";
import type { PortalIdentity } from "../methods/method.ts";
import { type Application, type Credentials, defaultScopes } from "../protocol/credentials.ts";
import type { World } from "../world/world.ts";
import type { EventDelivery } from "./delivery.ts";
import type { PostOutcome } from "./posting.ts";
import { readySystemUser, retireSystemUser, systemUserData } from "./system-user.ts";

export interface InstallOptions {
  /** `script-only` is installed at once; `ui` when its page has called `installFinish`, see `finishInstallation`. */
  kind: Application["kind"];
  /** Receives the installation callback; left out, nothing is called. */
  installUrl?: string;
  /** Bound to the Open Channel events and to ONAPPUPDATE and ONAPPUNINSTALL, as its installer would do by `event.bind`. */
  handlerUrl?: string;
  /** What the handler is bound to beside the application's own events; default the five of Open Channels. */
  events?: readonly string[];
  /** Default imopenlines, im, imbot, user, crm. */
  scopes?: readonly string[];
  /** Who installs; default the administrator. */
  userId?: number;
  /** Default: the application every portal begins with. */
  clientId?: string;
}

/** What a developer is shown of a registered application. */
export interface RegisteredApplication {
  clientId: string;
  clientSecret: string;
  /** `GET` with `grant_type=refresh_token`. */
  tokenUrl: string;
}

export interface InstalledApplication extends RegisteredApplication {
  kind: Application["kind"];
  applicationToken: string;
  version: number;
  /** False for a `ui` application before its installation is finished. */
  installed: boolean;
  /** What the callback was answered; absent when none was made. */
  callback?: PostOutcome;
}

/** Registering, installing, updating and removing of applications, as the portal's administrator does it. */
export interface Installations {
  register(): RegisteredApplication;
  /** Installs, or installs again: with a new application token and without handlers. Resolves when the callback was answered. */
  install(options: InstallOptions): Promise<InstalledApplication>;
  /** What the page of a `ui` application does by `installFinish`: from now on events are delivered; ONAPPINSTALL is. */
  finish(clientId?: string): InstalledApplication;
  /**
   * A new version: ONAPPUPDATE goes to its handlers, which then are gone.
   * @param renewToken gives it another application token, which the event brings
   */
  update(options?: { renewToken?: boolean; clientId?: string }): InstalledApplication;
  /** ONAPPUNINSTALL goes to its handlers; then handlers and tokens are gone. @param clean the user wants its data removed */
  uninstall(options?: { clean?: boolean; clientId?: string }): InstalledApplication;
}

const openLineEvents = [
  "ONOPENLINEMESSAGEADD",
  "ONOPENLINEMESSAGEUPDATE",
  "ONOPENLINEMESSAGEDELETE",
  "ONSESSIONSTART",
  "ONSESSIONFINISH",
];
const ownEvents = ["ONAPPUPDATE", "ONAPPUNINSTALL"];

export function createInstallations(
  world: World,
  portal: PortalIdentity,
  credentials: Credentials,
  delivery: EventDelivery,
): Installations {
  function find(clientId: string | undefined): Application {
    if (clientId === undefined) return credentials.application;
    const application = credentials.applications.get(clientId);
    if (!application) throw new Error(`No application ${clientId} in the simulated portal`);
    return application;
  }

  const registered = ({ clientId, clientSecret }: Application): RegisteredApplication => ({
    clientId,
    clientSecret,
    tokenUrl: `${portal.url}/oauth/token/`,
  });

  function shown(application: Application, callback?: PostOutcome): InstalledApplication {
    const { kind, applicationToken, version, installed } = application;
    const state = { ...registered(application), kind, applicationToken, version, installed };
    return callback === undefined ? state : { ...state, callback };
  }

  function dropHandlers({ clientId }: Application): void {
    const kept = world.eventHandlers.filter((handler) => handler.clientId !== clientId);
    world.eventHandlers.splice(0, world.eventHandlers.length, ...kept);
  }

  function bindAll({ clientId }: Application, handler: string, events: readonly string[]): void {
    for (const event of [...events.map((code) => code.toUpperCase()), ...ownEvents]) {
      const id = world.next.handler;
      world.next.handler += 2;
      world.eventHandlers.push({ id, clientId, event, handler, authType: 0, offline: false, connectorId: "" });
    }
  }

  const about = ({ version, installed }: Application): Record<string, unknown> => ({
    VERSION: version,
    ACTIVE: "Y",
    INSTALLED: installed ? "Y" : "N",
    LANGUAGE_ID: portal.language,
  });

  /** What the portal's page posts into the frame when the application is opened; the address carries the rest. */
  function openPage(application: Application, installUrl: string, userId: number): Promise<PostOutcome> {
    const tokens = credentials.issueTokens(userId, application.scopes, application);
    const url = new URL(installUrl);
    const address = {
      DOMAIN: new URL(portal.url).host,
      PROTOCOL: portal.url.startsWith("https:") ? "1" : "0",
      LANG: portal.language,
      APP_SID: randomBytes(16).toString("hex"),
    };
    for (const [name, value] of Object.entries(address)) url.searchParams.set(name, value);
    return delivery.postForm(url.href, {
      AUTH_ID: tokens.accessToken,
      AUTH_EXPIRES: credentials.accessTokenSeconds,
      REFRESH_ID: tokens.refreshToken,
      SERVER_ENDPOINT: `${portal.url}/rest/`,
      APPLICATION_TOKEN: application.applicationToken,
      APPLICATION_SCOPE: application.scopes.join(","),
      member_id: portal.memberId,
      status: "L",
      PLACEMENT: "DEFAULT",
      PLACEMENT_OPTIONS: "[]",
    });
  }

  /** Nothing waits for it: the event may arrive before or after any other. */
  function tellUserReady(application: Application, installUrl: string, installerId: number): void {
    if (portal.age < 2026) return;
    const data = systemUserData(portal, credentials, application, readySystemUser(world, application));
    void delivery.callApplication(application, installUrl, "ONAPPUSERREADY", data, installerId);
  }

  return {
    register: () => registered(credentials.registerApplication()),
    async install(options) {
      const application = find(options.clientId);
      const userId = options.userId ?? world.supervisorId;
      dropHandlers(application);
      Object.assign(application, {
        kind: options.kind,
        scopes: options.scopes ?? defaultScopes,
        applicationToken: randomBytes(16).toString("hex"),
        installed: options.kind === "script-only",
      });
      if (options.handlerUrl !== undefined) {
        bindAll(application, options.handlerUrl, options.events ?? openLineEvents);
      }
      const { installUrl } = options;
      if (installUrl === undefined) return shown(application);
      const callback =
        options.kind === "ui"
          ? openPage(application, installUrl, userId)
          : delivery.callApplication(application, installUrl, "ONAPPINSTALL", about(application), userId);
      const answered = await callback;
      if (answered.kind === "answered") tellUserReady(application, installUrl, userId);
      return shown(application, answered);
    },
    finish(clientId) {
      const application = find(clientId);
      application.installed = true;
      delivery.tellApplication(application, "ONAPPINSTALL", about(application), true);
      return shown(application);
    },
    update(options = {}) {
      const application = find(options.clientId);
      const previous = application.version;
      application.version += 1;
      if (options.renewToken === true) application.applicationToken = randomBytes(16).toString("hex");
      const data = { VERSION: application.version, PREVIOUS_VERSION: previous, LANGUAGE_ID: portal.language };
      delivery.tellApplication(application, "ONAPPUPDATE", data, true);
      dropHandlers(application);
      return shown(application);
    },
    uninstall(options = {}) {
      const application = find(options.clientId);
      const data = { LANGUAGE_ID: portal.language, CLEAN: options.clean === true ? 1 : 0 };
      delivery.tellApplication(application, "ONAPPUNINSTALL", data, false);
      application.installed = false;
      dropHandlers(application);
      credentials.revokeTokens(application);
      retireSystemUser(world, application);
      return shown(application);
    },
  };
}
