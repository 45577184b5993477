import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { OPEN_CHANNEL_EVENTS } from "../../src/datasources/imopenlines/portal-events.ts";
import { eventually } from "../kit/until.ts";
import { delivery, portalPayloads } from "../subscriptions/deliveries.ts";
import { EVENTS_ADDRESS } from "../subscriptions/receiving-gateway.ts";
import { openScene, withAuth } from "./install-scene.ts";

describe("the callback of an application without a user interface", () => {
  it("installs it: verified, tokens renewed and kept, all events bound", async () => {
    const { portal, gateway, kept } = await openScene();
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
    const { portal, gateway } = await openScene();
    const started = delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal);
    expect((await gateway.postEvent(started)).status).toBe(403);
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    expect((await gateway.postEvent(started)).status).toBe(200);
    expect((await gateway.postEvent(withAuth(started, { application_token: "guess" }))).status).toBe(403);
  });

  it("is accepted as the event ONAPPINSTALL at the events address too", async () => {
    const { portal, gateway, kept } = await openScene();
    expect((await gateway.postEvent(portal.scriptCallback(portal.issue()))).status).toBe(200);
    expect(await kept()).toMatchObject({ host: portal.host, status: "active" });
  });

  it("is of the portal at its REST address where the authorization server stands in the place of its domain", async () => {
    const { portal, gateway, kept } = await openScene();
    const callback = withAuth(portal.scriptCallback(portal.issue()), { domain: "oauth.bitrix.info" });
    expect((await gateway.postInstall(callback)).status).toBe(200);
    expect(await kept()).toMatchObject({ host: portal.host, status: "active" });
  });

  it("keeps no token in clear", async () => {
    const { portal, gateway, kept } = await openScene();
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
    const first = await openScene();
    for (const event of ["ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL"]) first.portal.unknownEvents.add(event);
    expect((await first.gateway.postInstall(first.portal.scriptCallback(first.portal.issue()))).status).toBe(200);
    expect(first.portal.handlers.map(({ event }) => event).toSorted()).toEqual([...OPEN_CHANNEL_EVENTS].toSorted());

    const second = await openScene({ publicUrl: null });
    expect((await second.gateway.postInstall(second.portal.scriptCallback(second.portal.issue()))).status).toBe(200);
    expect(second.portal.handlers).toEqual([]);
  });
});

describe("the page of an application with a user interface", () => {
  it("installs it and answers a page that finishes the installation", async () => {
    const { portal, gateway, kept } = await openScene();
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
    const { portal, gateway, kept } = await openScene();
    const { DOMAIN: _host, ...form } = portal.pageCallback(portal.issue());
    expect((await gateway.postInstall(form, `?DOMAIN=${portal.host}`)).status).toBe(200);
    expect(await kept()).toBeDefined();
  });

  it("is not finished when it is refused, and says why to the administrator", async () => {
    const { portal, gateway, kept } = await openScene({ allowedHosts: ["other.bitrix24.com"] });
    const response = await gateway.postInstall(portal.pageCallback(portal.issue()));
    expect(response.status).toBe(403);
    const page = await response.text();
    expect(page).not.toContain("installFinish");
    expect(page).toContain("BITRIX24_PORTALS");
    expect(await kept()).toBeUndefined();
  });

  it("learns the application token from ONAPPINSTALL when the page was not told it", async () => {
    const { portal, gateway } = await openScene();
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

describe("when nobody can be asked", () => {
  it("the callback is answered 503 and stores nothing, and works once the portal is back", async () => {
    const { portal, gateway, kept } = await openScene();
    const tokens = portal.issue();
    const { intercept } = portal.server;
    portal.server.intercept = () => ({ status: 502, body: "<html>bad gateway</html>" });
    expect((await gateway.postInstall(portal.scriptCallback(tokens))).status).toBe(503);
    expect(await kept()).toBeUndefined();
    portal.server.intercept = intercept;
    // Each is an attempt, of which only so many are taken.
    const again = async () => expect((await gateway.postInstall(portal.scriptCallback(tokens))).status).toBe(200);
    await eventually(again, { everyMs: 1_000 });
  }, 60_000);

  it("the authorization server included", async () => {
    const { portal, gateway, kept } = await openScene({ tokenUrl: "http://127.0.0.1:9/oauth/token/" });
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(503);
    expect(await kept()).toBeUndefined();
  });

  it("a renewal answer that names no portal is not believed", async () => {
    const { portal, gateway, kept } = await openScene();
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
    const { portal, gateway, kept } = await openScene({ encryptionKey });
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
    const { portal, gateway, kept } = await openScene();
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
    const { portal, gateway, kept } = await openScene();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    await gateway.postEvent(delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal));
    await gateway.postEvent(delivery("ONSESSIONSTART", { SHAPE: "x" }, portal));
    const identity = (await gateway.storage.log.newest(portal.memberId)).log;
    expect((await gateway.postEvent(delivery("ONAPPUNINSTALL", { CLEAN: 1 }, portal))).status).toBe(200);
    expect(await kept()).toBeUndefined();
    expect(await gateway.storage.log.head(portal.memberId)).toBe(0);
    expect((await gateway.storage.log.newest(portal.memberId)).log).not.toBe(identity);
    expect(await gateway.storage.deadLetters.list(portal.memberId)).toEqual([]);
    expect(await gateway.storage.keyValues.list("installations")).toEqual([]);
    expect((await gateway.postEvent(delivery("ONSESSIONSTART", portalPayloads.sessionChanges, portal))).status).toBe(
      403,
    );
  });

  it("ONAPPUPDATE sets again the handlers that the update removed", async () => {
    const { portal, gateway } = await openScene();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    const before = [...portal.handlers];
    portal.handlers.length = 0;
    expect((await gateway.postEvent(delivery("ONAPPUPDATE", { VERSION: 2, PREVIOUS_VERSION: 1 }, portal))).status).toBe(
      200,
    );
    expect(portal.handlers).toEqual(before);
  });
});
