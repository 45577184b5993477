import { randomBytes } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { OPEN_CHANNEL_EVENTS } from "../../../src/subscriptions/decoding/events.ts";
import type { Installation } from "../../../src/subscriptions/installation/installation.ts";
import { delivery, portalPayloads } from "../deliveries.ts";
import type { PhpValue } from "../php-form.ts";
import {
  EVENTS_ADDRESS,
  type ReceivingGateway,
  type ReceivingGatewayOptions,
  startReceivingGateway,
} from "../receiving-gateway.ts";
import { type ApplicationPortal, startApplicationPortal } from "./application-portal.ts";

type Form = Record<string, PhpValue>;

interface Scene {
  readonly portal: ApplicationPortal;
  readonly gateway: ReceivingGateway;
  kept(): Promise<Installation | undefined>;
}

async function openPortal(client?: ApplicationPortal["client"]): Promise<ApplicationPortal> {
  const portal = await startApplicationPortal(client);
  onTestFinished(() => portal.close());
  return portal;
}

async function scene(options: ReceivingGatewayOptions = {}): Promise<Scene> {
  const portal = await openPortal();
  const gateway = await startReceivingGateway({
    client: portal.client,
    tokenUrl: portal.tokenUrl,
    allowedHosts: [portal.host],
    ...options,
  });
  return { portal, gateway, kept: () => gateway.installations.findLatest(portal.memberId) };
}

function withAuth(callback: Form, change: Form): Form {
  const { auth } = callback;
  return { ...callback, auth: typeof auth === "object" && auth !== null ? { ...auth, ...change } : change };
}

function restCalls({ server }: ApplicationPortal): string[] {
  return server.requests.filter(({ path }) => path.startsWith("/rest/")).flatMap(({ commands }) => commands);
}

describe("the callback of an application without a user interface", () => {
  it("installs it: verified, tokens renewed and kept, all events bound", async () => {
    const { portal, gateway, kept } = await scene();
    const offered = portal.issue();
    const response = await gateway.postInstall(portal.scriptCallback(offered));
    expect([response.status, await response.text()]).toEqual([200, "The application is installed."]);
    const installation = await kept();
    expect(installation).toMatchObject({
      memberId: portal.memberId,
      host: portal.host,
      clientId: portal.client.clientId,
      scopes: ["imopenlines", "im"],
      userId: "1",
      status: "active",
    });
    expect(installation?.tokens?.refreshToken).not.toBe(offered.refreshToken);
    expect(portal.redeemed).toEqual([offered.refreshToken]);
    expect(portal.handlers.map(({ event }) => event)).toEqual(
      expect.arrayContaining([...OPEN_CHANNEL_EVENTS, "ONAPPUNINSTALL"]),
    );
    expect(new Set(portal.handlers.map(({ handler }) => handler))).toEqual(new Set([EVENTS_ADDRESS]));
  });

  it("lets the portal's deliveries in from then on, and only with its token", async () => {
    const { portal, gateway } = await scene();
    const started = delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal);
    expect((await gateway.postEvent(started)).status).toBe(403);
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    expect((await gateway.postEvent(started)).status).toBe(200);
    expect((await gateway.postEvent(withAuth(started, { application_token: "guess" }))).status).toBe(403);
  });

  it("is accepted as the event ONAPPINSTALL at the events address too", async () => {
    const { portal, gateway, kept } = await scene();
    expect((await gateway.postEvent(portal.scriptCallback(portal.issue()))).status).toBe(200);
    expect(await kept()).toMatchObject({ host: portal.host, status: "active" });
  });

  it("keeps no token in clear", async () => {
    const { portal, gateway, kept } = await scene();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    const tokens = (await kept())?.tokens;
    const [record] = await gateway.storage.keyValues.list("installations");
    for (const secret of [
      tokens?.accessToken,
      tokens?.refreshToken,
      portal.applicationToken,
      portal.client.clientSecret,
    ]) {
      expect(secret).toMatch(/.{16}/);
      expect(record?.value).not.toContain(secret);
    }
  });

  it("installs it even where the application's own events cannot be bound, or none is to be", async () => {
    const first = await scene();
    for (const event of ["ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL"]) first.portal.unknownEvents.add(event);
    expect((await first.gateway.postInstall(first.portal.scriptCallback(first.portal.issue()))).status).toBe(200);
    expect(first.portal.handlers.map(({ event }) => event).toSorted()).toEqual([...OPEN_CHANNEL_EVENTS].toSorted());

    const second = await scene({ publicUrl: null });
    expect((await second.gateway.postInstall(second.portal.scriptCallback(second.portal.issue()))).status).toBe(200);
    expect(second.portal.handlers).toEqual([]);
  });
});

describe("the page of an application with a user interface", () => {
  it("installs it and answers a page that finishes the installation", async () => {
    const { portal, gateway, kept } = await scene();
    const response = await gateway.postInstall(
      portal.pageCallback(portal.issue()),
      `?DOMAIN=${portal.host}&PROTOCOL=0&LANG=en`,
    );
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    const page = await response.text();
    expect(page).toContain("//api.bitrix24.com/api/v1/");
    expect(page).toContain("BX24.installFinish()");
    expect(await kept()).toMatchObject({ host: portal.host, status: "active" });
    expect(portal.handlers.length).toBeGreaterThanOrEqual(5);
  });

  it("takes the portal's host from the query when the form has none", async () => {
    const { portal, gateway, kept } = await scene();
    const { DOMAIN: _host, ...form } = portal.pageCallback(portal.issue());
    expect((await gateway.postInstall(form, `?DOMAIN=${portal.host}`)).status).toBe(200);
    expect(await kept()).toBeDefined();
  });

  it("is not finished when it is refused, and says why to the administrator", async () => {
    const { portal, gateway, kept } = await scene({ allowedHosts: ["other.bitrix24.com"] });
    const response = await gateway.postInstall(portal.pageCallback(portal.issue()));
    expect(response.status).toBe(403);
    const page = await response.text();
    expect(page).not.toContain("installFinish");
    expect(page).toContain("BITRIX24_PORTALS");
    expect(await kept()).toBeUndefined();
  });

  it("learns the application token from ONAPPINSTALL when the page was not told it", async () => {
    const { portal, gateway } = await scene();
    const { APPLICATION_TOKEN: _token, ...form } = portal.pageCallback(portal.issue());
    expect((await gateway.postInstall(form)).status).toBe(200);
    const started = delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal);
    expect((await gateway.postEvent(started)).status).toBe(403);

    const installed = portal.scriptCallback(portal.issue());
    const forged = withAuth(installed, {
      application_token: "chosen-by-me",
      access_token: "x",
      refresh_token: undefined,
    });
    expect((await gateway.postEvent(forged)).status).toBe(403);
    expect(
      (await gateway.postEvent(withAuth(installed, { access_token: undefined, refresh_token: undefined }))).status,
    ).toBe(400);
    expect((await gateway.postEvent(started)).status).toBe(403);

    expect((await gateway.postEvent(withAuth(installed, { refresh_token: undefined }))).status).toBe(200);
    expect((await gateway.postEvent(started)).status).toBe(200);
  });
});

describe("a forged callback", () => {
  const forgeries: [string, (portal: ApplicationPortal) => Form | Promise<Form>][] = [
    ["another member id", (portal) => withAuth(portal.scriptCallback(portal.issue()), { member_id: "f".repeat(32) })],
    [
      "a made-up access token",
      (portal) => withAuth(portal.scriptCallback(portal.issue()), { access_token: "made-up" }),
    ],
    [
      "a made-up refresh token",
      (portal) => withAuth(portal.scriptCallback(portal.issue()), { refresh_token: "made-up" }),
    ],
    ["the tokens of somebody who is no administrator", (portal) => portal.scriptCallback(portal.issue(27))],
    [
      "an administrator's access token with another user's refresh token",
      (portal) =>
        portal.scriptCallback({
          accessToken: portal.issue(1).accessToken,
          refreshToken: portal.issue(27).refreshToken,
        }),
    ],
    [
      "a host that is not allowed",
      (portal) => withAuth(portal.scriptCallback(portal.issue()), { domain: "evil.example.com" }),
    ],
    ["a host with a path", (portal) => withAuth(portal.scriptCallback(portal.issue()), { domain: `${portal.host}/x` })],
    [
      "a host with a user",
      (portal) => withAuth(portal.scriptCallback(portal.issue()), { domain: `${portal.host}@evil.example.com` }),
    ],
    [
      "no tokens at all",
      (portal) => withAuth(portal.scriptCallback(portal.issue()), { access_token: "", refresh_token: "" }),
    ],
  ];

  it.each(forgeries)("(%s) stores nothing where nothing was", async (_name, forge) => {
    const { portal, gateway } = await scene();
    const { status } = await gateway.postInstall(await forge(portal));
    expect([400, 403]).toContain(status);
    expect(await gateway.installations.list()).toEqual([]);
    expect(portal.handlers).toEqual([]);
  });

  it.each(forgeries)("(%s) replaces nothing where the application is installed", async (_name, forge) => {
    const { portal, gateway, kept } = await scene();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    const before = await kept();
    const form = withAuth(await forge(portal), { application_token: "chosen-by-me" });
    expect([400, 403]).toContain((await gateway.postInstall(form)).status);
    expect([400, 403]).toContain((await gateway.postEvent(form)).status);
    expect(await kept()).toEqual(before);
    expect(await gateway.installations.list()).toHaveLength(1);
    const started = delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal);
    expect((await gateway.postEvent(started)).status).toBe(200);
  });

  it("with tokens of one portal cannot speak for another that has the same application", async () => {
    const ours = await openPortal();
    const theirs = await openPortal(ours.client);
    const gateway = await startReceivingGateway({
      client: ours.client,
      tokenUrl: theirs.tokenUrl,
      allowedHosts: [ours.host, theirs.host],
    });
    const asTheirs = theirs.scriptCallback(theirs.issue());
    for (const claim of [
      { member_id: ours.memberId },
      { domain: ours.host },
      { member_id: ours.memberId, domain: ours.host },
    ]) {
      expect((await gateway.postInstall(withAuth(asTheirs, claim))).status).toBe(403);
    }
    // The host vouches for the access token, but the refresh token is another portal's.
    const mixed = { accessToken: ours.issue().accessToken, refreshToken: theirs.issue().refreshToken };
    expect((await gateway.postInstall(ours.scriptCallback(mixed))).status).toBe(403);
    expect(
      (await gateway.postInstall(withAuth(ours.scriptCallback(mixed), { member_id: theirs.memberId }))).status,
    ).toBe(403);
    expect(await gateway.installations.list()).toEqual([]);
  });

  it("of another application is refused", async () => {
    const { portal, gateway, kept } = await scene();
    const answer = portal.server.answer;
    portal.server.answer = (method, params) =>
      method === "app.info" ? { ID: "6", CODE: "local.somebody.else", INSTALLED: true } : answer(method, params);
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(403);
    expect(await kept()).toBeUndefined();
  });

  it("never makes the gateway call an address that it names", async () => {
    const { portal, gateway } = await scene();
    const trap = await openPortal();
    const form = withAuth(portal.scriptCallback(portal.issue()), {
      domain: trap.host,
      client_endpoint: `${trap.server.origin}/rest/`,
      server_endpoint: `${trap.server.origin}/rest/`,
    });
    expect((await gateway.postInstall(form)).status).toBe(403);
    const page = {
      ...portal.pageCallback(portal.issue()),
      DOMAIN: trap.host,
      SERVER_ENDPOINT: `${trap.server.origin}/rest/`,
    };
    expect((await gateway.postInstall(page)).status).toBe(403);
    const started = withAuth(delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal), { domain: trap.host });
    await gateway.postEvent(started);
    expect(trap.server.requests).toEqual([]);
  });

  it("a hundred times costs the portal no more than a few calls", async () => {
    const { portal, gateway } = await scene();
    const statuses: number[] = [];
    for (let round = 0; round < 100; round += 1) {
      const form = withAuth(portal.scriptCallback(portal.issue()), { access_token: `made-up-${round}` });
      statuses.push((await gateway.postInstall(form)).status);
    }
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(70);
    expect(portal.server.requests.length).toBeLessThanOrEqual(30);
  });
});

describe("a callback that comes again", () => {
  it("unchanged changes nothing and asks nobody", async () => {
    const { portal, gateway, kept } = await scene();
    const form = portal.scriptCallback(portal.issue());
    await gateway.postInstall(form);
    const before = await kept();
    const calls = restCalls(portal).length;
    expect((await gateway.postInstall(form)).status).toBe(200);
    expect((await gateway.postEvent(form)).status).toBe(200);
    expect(await kept()).toEqual(before);
    expect(restCalls(portal)).toHaveLength(calls);
    expect(portal.redeemed).toHaveLength(1);
  });

  it("with a changed application token is refused: its tokens were exchanged already", async () => {
    const { portal, gateway, kept } = await scene();
    const form = portal.scriptCallback(portal.issue());
    await gateway.postInstall(form);
    const before = await kept();
    expect((await gateway.postInstall(withAuth(form, { application_token: "chosen-by-me" }))).status).toBe(403);
    expect(await kept()).toEqual(before);
  });

  it("twice at the same moment installs once", async () => {
    const { portal, gateway } = await scene();
    const form = portal.scriptCallback(portal.issue());
    const responses = await Promise.all([
      gateway.postInstall(form),
      gateway.postInstall(form),
      gateway.postEvent(form),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(portal.redeemed).toHaveLength(1);
    expect(new Set(portal.handlers.map(({ event }) => event)).size).toBe(portal.handlers.length);
  });

  it("after the application was taken out does not bring it back", async () => {
    const { portal, gateway, kept } = await scene();
    const form = portal.scriptCallback(portal.issue());
    await gateway.postInstall(form);
    await gateway.postEvent(delivery("ONAPPUNINSTALL", { CLEAN: 1 }, portal));
    portal.revokeAll();
    expect((await gateway.postInstall(form)).status).toBe(403);
    expect(await kept()).toBeUndefined();
  });
});

describe("when nobody can be asked", () => {
  it("the callback is answered 503 and stores nothing, and works once the portal is back", async () => {
    const { portal, gateway, kept } = await scene();
    const tokens = portal.issue();
    const { intercept } = portal.server;
    portal.server.intercept = () => ({ status: 502, body: "<html>bad gateway</html>" });
    expect((await gateway.postInstall(portal.scriptCallback(tokens))).status).toBe(503);
    expect(await kept()).toBeUndefined();
    portal.server.intercept = intercept;
    await expect
      .poll(async () => (await gateway.postInstall(portal.scriptCallback(tokens))).status, {
        timeout: 20_000,
        interval: 1_000,
      })
      .toBe(200);
  }, 60_000);

  it("the authorization server included", async () => {
    const { portal, gateway, kept } = await scene({ tokenUrl: "http://127.0.0.1:9/oauth/token/" });
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(503);
    expect(await kept()).toBeUndefined();
  });

  it("a renewal answer that names no portal is not believed", async () => {
    const { portal, gateway, kept } = await scene();
    portal.grantOverrides = { client_endpoint: undefined };
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(403);
    portal.grantOverrides = { member_id: undefined };
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(503);
    expect(await kept()).toBeUndefined();
  });
});

describe("the application's tokens", () => {
  it("are renewed when they expire, and the new pair is kept for the next start", async () => {
    const encryptionKey = randomBytes(32);
    const { portal, gateway, kept } = await scene({ encryptionKey });
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    const before = (await kept())?.tokens;
    portal.expireAccessTokens();
    await gateway.installer.repairAll();
    const after = (await kept())?.tokens;
    expect(portal.redeemed.at(-1)).toBe(before?.refreshToken);
    expect(after?.refreshToken).not.toBe(before?.refreshToken);
    const credential = await gateway.installations.credential(portal.memberId);
    expect(await gateway.installations.credential(portal.memberId)).toBe(credential);
  });

  it("that are no longer renewed leave the installation to be installed anew, which heals it", async () => {
    const { portal, gateway, kept } = await scene();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    await gateway.installations.update(portal.memberId, { status: "needs-reinstall" });
    const sick = await gateway.installations.credential(portal.memberId);
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(200);
    expect(await kept()).toMatchObject({ status: "active" });
    const healed = await gateway.installations.credential(portal.memberId);
    expect(healed).not.toBe(sick);
    expect(healed?.refreshToken).toBe((await kept())?.tokens?.refreshToken);
  });
});

describe("an event about the application", () => {
  it("ONAPPUNINSTALL with its token removes tokens, events and dead letters", async () => {
    const { portal, gateway, kept } = await scene();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    await gateway.postEvent(delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal));
    await gateway.postEvent(delivery("ONSESSIONSTART", { SHAPE: "x" }, portal));
    const identity = await gateway.storage.log.identity(portal.memberId);
    expect((await gateway.postEvent(delivery("ONAPPUNINSTALL", { CLEAN: 1 }, portal))).status).toBe(200);
    expect(await kept()).toBeUndefined();
    expect(await gateway.storage.log.head(portal.memberId)).toBe(0);
    expect(await gateway.storage.log.identity(portal.memberId)).not.toBe(identity);
    expect(await gateway.storage.deadLetters.list(portal.memberId)).toEqual([]);
    expect(await gateway.storage.keyValues.list("installations")).toEqual([]);
    expect((await gateway.postEvent(delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal))).status).toBe(
      403,
    );
  });

  it("ONAPPUPDATE sets again the handlers that the update removed", async () => {
    const { portal, gateway } = await scene();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    const before = [...portal.handlers];
    portal.handlers.length = 0;
    expect((await gateway.postEvent(delivery("ONAPPUPDATE", { VERSION: 2, PREVIOUS_VERSION: 1 }, portal))).status).toBe(
      200,
    );
    expect(portal.handlers).toEqual(before);
  });
});
