import { describe, expect, it } from "vitest";
import type { InstallOffer } from "../../src/installation/install-offer.ts";
import { delivery, portalPayloads } from "../subscriptions/deliveries.ts";
import { startReceivingGateway } from "../subscriptions/receiving-gateway.ts";
import type { ApplicationPortal } from "./application-portal.ts";
import { type Form, openPortal, openScene, restCalls, withAuth } from "./install-scene.ts";

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
    const { portal, gateway } = await openScene();
    const { status } = await gateway.postInstall(await forge(portal));
    expect([400, 403]).toContain(status);
    expect(await gateway.installations.list()).toEqual([]);
    expect(portal.handlers).toEqual([]);
  });

  it.each(forgeries)("(%s) replaces nothing where the application is installed", async (_name, forge) => {
    const { portal, gateway, kept } = await openScene();
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
    const { portal, gateway, kept } = await openScene();
    const answer = portal.server.answer;
    portal.server.answer = (method, params) =>
      method === "app.info" ? { ID: "6", CODE: "local.somebody.else", INSTALLED: true } : answer(method, params);
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(403);
    expect(await kept()).toBeUndefined();
  });

  it("never makes the gateway call an address that it names", async () => {
    const { portal, gateway } = await openScene();
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

  it("of a foreign host costs nothing and counts nowhere, however often it comes", async () => {
    const { portal, gateway, kept } = await openScene();
    const foreign = withAuth(portal.scriptCallback(portal.issue()), { domain: "evil.example.com" });
    for (let round = 0; round < 40; round += 1) {
      expect((await gateway.postInstall(foreign)).status).toBe(403);
      expect((await gateway.postEvent(foreign)).status).toBe(403);
    }
    expect(portal.server.requests).toEqual([]);
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(200);
    expect(await kept()).toMatchObject({ status: "active" });
  });

  it("from one address does not keep the portal itself, elsewhere, from installing", async () => {
    const { portal, gateway, kept } = await openScene();
    const offerOf = (accessToken: string): InstallOffer => ({
      memberId: portal.memberId,
      host: portal.host,
      accessToken,
      refreshToken: portal.issue().refreshToken,
      applicationToken: portal.applicationToken,
      scopes: [],
    });
    const outcomes: string[] = [];
    for (let round = 0; round < 60; round += 1) {
      outcomes.push((await gateway.installer.install(offerOf(`made-up-${round}`), "198.51.100.7")).kind);
    }
    expect(outcomes.filter((kind) => kind === "refused").length).toBeLessThanOrEqual(11);
    expect(outcomes.at(-1)).toBe("tooMany");
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(200);
    expect(await kept()).toMatchObject({ status: "active" });
  });

  it("a hundred times costs the portal no more than a few calls", async () => {
    const { portal, gateway } = await openScene();
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
    const { portal, gateway, kept } = await openScene();
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
    const { portal, gateway, kept } = await openScene();
    const form = portal.scriptCallback(portal.issue());
    await gateway.postInstall(form);
    const before = await kept();
    expect((await gateway.postInstall(withAuth(form, { application_token: "chosen-by-me" }))).status).toBe(403);
    expect(await kept()).toEqual(before);
  });

  it("twice at the same moment installs once", async () => {
    const { portal, gateway } = await openScene();
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
    const { portal, gateway, kept } = await openScene();
    const form = portal.scriptCallback(portal.issue());
    await gateway.postInstall(form);
    await gateway.postEvent(delivery("ONAPPUNINSTALL", { CLEAN: 1 }, portal));
    portal.revokeAll();
    expect((await gateway.postInstall(form)).status).toBe(403);
    expect(await kept()).toBeUndefined();
  });
});
