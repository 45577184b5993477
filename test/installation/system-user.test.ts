import { describe, expect, it } from "vitest";
import type { ApplicationPortal, PortalTokens } from "./application-portal.ts";
import { type Form, openPortal, openScene, restCalls, type Scene, withAuth } from "./install-scene.ts";

const SYSTEM_USER = 90;
const EMPLOYEE = 31;
const CHAT = "1777";

interface Ready extends Scene {
  readonly told: PortalTokens;
  /** Posts what the portal says of the application's own user, or a change of it. */
  tell(change?: Form): Promise<Response>;
}

function withData(event: Form, change: Form): Form {
  return { ...event, data: { ...Object(event.data), ...change } };
}

/** The application installed by administrator 1, and a user of its own that was not told of yet. */
async function installed(options: Parameters<typeof openScene>[0] = {}): Promise<Ready> {
  const scene = await openScene({ knownChat: CHAT, ...options });
  const { portal, gateway } = scene;
  await gateway.postInstall(portal.scriptCallback(portal.issue()));
  portal.systemUsers.add(SYSTEM_USER);
  const told = portal.issue(SYSTEM_USER);
  return {
    ...scene,
    told,
    tell: (change = {}) => gateway.postInstall(withData(portal.systemUserEvent(told, SYSTEM_USER), change)),
  };
}

function letHimDoAll({ readers, seeingHandlers }: ApplicationPortal): void {
  readers.set(CHAT, new Set([SYSTEM_USER]));
  seeingHandlers.add(SYSTEM_USER);
}

/** Makes the gateway find out that the installing administrator's tokens are refused for good. */
async function dismissInstaller({ portal, gateway, kept }: Ready): Promise<void> {
  portal.revoke(1);
  portal.expireAccessTokens();
  await gateway.installer.repairAll();
  expect(await kept()).toMatchObject({ status: "needs-reinstall" });
}

describe("the application's own user", () => {
  it("is verified like an installation, and his tokens are kept beside the installer's, both sealed", async () => {
    const { portal, gateway, told, tell, kept } = await installed();
    const installer = (await kept())?.tokens;
    expect((await tell()).status).toBe(200);
    expect(portal.redeemed).toHaveLength(2);
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ host: portal.host, userId: "90" });
    const credential = await gateway.systemUsers.credential(portal.memberId);
    // The pair that was told is void: who has read it has nothing.
    expect(credential?.accessToken).not.toBe(told.accessToken);
    expect((await kept())?.tokens).toEqual(installer);
    const [record] = await gateway.storage.keyValues.list("system-users");
    for (const secret of [credential?.accessToken, credential?.refreshToken, told.accessToken, told.refreshToken]) {
      expect(secret).toMatch(/.{16}/);
      expect(record?.value).not.toContain(secret);
    }
  });

  it("is taken at the events address too, and before the installation", async () => {
    const scene = await openScene();
    const { portal, gateway } = scene;
    portal.systemUsers.add(SYSTEM_USER);
    const event = portal.systemUserEvent(portal.issue(SYSTEM_USER), SYSTEM_USER);
    expect((await gateway.postEvent(event)).status).toBe(200);
    expect(await gateway.acting.proven(portal.memberId, "chats")).toBeUndefined();
    expect(await gateway.acting.forAll(portal.memberId)).toBeUndefined();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    expect(await gateway.acting.forAll(portal.memberId)).toMatchObject({ userId: "1" });
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ userId: "90" });
  });

  it("told again changes nothing and asks nobody", async () => {
    const { portal, tell } = await installed();
    await tell();
    const asked = portal.server.requests.length;
    expect((await tell()).status).toBe(200);
    expect(portal.server.requests).toHaveLength(asked);
  });

  it("who comes anew replaces the one before", async () => {
    const { portal, gateway, tell } = await installed();
    await tell();
    const before = await gateway.systemUsers.credential(portal.memberId);
    const event = portal.systemUserEvent(portal.issue(SYSTEM_USER), SYSTEM_USER);
    expect((await gateway.postInstall(event)).status).toBe(200);
    expect(await gateway.systemUsers.credential(portal.memberId)).not.toBe(before);
  });

  it("goes with the application", async () => {
    const { portal, gateway, tell } = await installed();
    await tell();
    const { auth } = portal.scriptCallback(portal.issue());
    await gateway.postEvent({ event: "ONAPPUNINSTALL", data: { CLEAN: 1 }, auth });
    expect(await gateway.systemUsers.find(portal.memberId)).toBeUndefined();
    expect(await gateway.storage.keyValues.list("system-users")).toEqual([]);
  });
});

describe("what a hostile sender says of it", () => {
  it("in `auth` and `domain` is not believed: nothing of either is looked at", async () => {
    const { portal, gateway, told } = await installed();
    const foreign = await openPortal();
    const event = withAuth(withData(portal.systemUserEvent(told, SYSTEM_USER), { domain: foreign.host }), {
      domain: foreign.host,
      client_endpoint: `${foreign.server.origin}/rest/`,
      member_id: foreign.memberId,
      application_token: "a guess",
    });
    expect((await gateway.postInstall(event)).status).toBe(200);
    expect(foreign.server.requests).toEqual([]);
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ host: portal.host });
    expect(await gateway.systemUsers.find(foreign.memberId)).toBeUndefined();
  });

  it("of a portal that is not allowed is refused before anybody is asked", async () => {
    const { portal, gateway, tell } = await installed();
    const foreign = await openPortal(portal.client);
    const asked = portal.server.requests.length;
    const response = await tell({ client_endpoint: `${foreign.server.origin}/rest/` });
    expect(response.status).toBe(403);
    expect(foreign.server.requests).toEqual([]);
    expect(portal.server.requests).toHaveLength(asked);
    expect(await gateway.systemUsers.find(portal.memberId)).toBeUndefined();
  });

  it.each<[string, (portal: ApplicationPortal) => Form]>([
    ["with tokens of an ordinary employee", (portal) => Object(portal.issue(EMPLOYEE))],
    ["with tokens of the administrator", (portal) => Object(portal.issue(1))],
    ["with tokens of nobody", () => ({ accessToken: "x".repeat(40), refreshToken: "y".repeat(40) })],
    [
      "with a refresh token of another user",
      (portal) => ({
        accessToken: portal.issue(SYSTEM_USER).accessToken,
        refreshToken: portal.issue(EMPLOYEE).refreshToken,
      }),
    ],
  ])("%s is refused", async (_what, tokensOf) => {
    const { portal, gateway, tell } = await installed();
    const { accessToken, refreshToken } = tokensOf(portal);
    const response = await tell({ access_token: accessToken, refresh_token: refreshToken });
    expect(response.status).toBe(403);
    expect(await gateway.systemUsers.find(portal.memberId)).toBeUndefined();
    expect(await gateway.acting.forAll(portal.memberId)).toMatchObject({ userId: "1" });
  });

  it("of another portal, or of another application there, is refused", async () => {
    const { portal, gateway, tell } = await installed();
    expect((await tell({ member_id: "f".repeat(32) })).status).toBe(403);
    portal.grantOverrides = { member_id: "f".repeat(32) };
    expect((await tell()).status).toBe(403);
    expect(await gateway.storage.keyValues.list("system-users")).toEqual([]);
    const other = await openScene({ allowedHosts: [portal.host] });
    portal.systemUsers.add(SYSTEM_USER);
    const event = portal.systemUserEvent(portal.issue(SYSTEM_USER), SYSTEM_USER);
    expect((await other.gateway.postInstall(event)).status).toBe(403);
  });

  it.each(["member_id", "client_endpoint", "access_token", "refresh_token"])("without %s is none", async (key) => {
    const { portal, gateway, told } = await installed();
    const event = portal.systemUserEvent(told, SYSTEM_USER);
    const data = Object.fromEntries(Object.entries(Object(event.data)).filter(([name]) => name !== key));
    expect((await gateway.postInstall({ ...event, data: data as Form })).status).toBe(400);
    expect((await gateway.postInstall({ event: "ONAPPUSERREADY", auth: event.auth })).status).toBe(400);
  });

  it("again and again is not verified each time", async () => {
    const { portal, gateway } = await installed();
    const statuses = new Set<number>();
    for (let tries = 0; tries < 40; tries++) {
      const event = portal.systemUserEvent(portal.issue(EMPLOYEE), EMPLOYEE);
      statuses.add((await gateway.postInstall(event)).status);
    }
    expect(statuses).toEqual(new Set([403, 429]));
    expect(restCalls(portal).filter((method) => method === "im.user.list.get").length).toBeLessThan(35);
  });
});

describe("with whose tokens the application acts", () => {
  it("is the installer's where the system user can do nothing, as an ordinary employee", async () => {
    const { portal, gateway, tell } = await installed();
    await tell();
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ proven: [] });
    expect(await gateway.acting.proven(portal.memberId, "chats")).toBeUndefined();
    expect(await gateway.acting.forAll(portal.memberId)).toMatchObject({ userId: "1" });
  });

  it("is the system user's for what he was seen to do, and for nothing else", async () => {
    const { portal, gateway, tell } = await installed();
    portal.readers.set(CHAT, new Set([SYSTEM_USER]));
    await tell();
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ proven: ["chats"] });
    expect(await gateway.acting.proven(portal.memberId, "chats")).toMatchObject({ userId: "90" });
    expect(await gateway.acting.proven(portal.memberId, "bindings")).toBeUndefined();
    expect(await gateway.acting.forAll(portal.memberId)).toMatchObject({ userId: "1" });
  });

  it("is the system user's for messages only where he was seen to read some, which is another right than to read a chat's record", async () => {
    const { portal, gateway, tell } = await installed();
    portal.historyReaders.add(SYSTEM_USER);
    await tell();
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ proven: ["histories"] });
    expect(await gateway.acting.proven(portal.memberId, "histories")).toMatchObject({ userId: "90" });
    expect(await gateway.acting.proven(portal.memberId, "chats")).toBeUndefined();
  });

  it("is looked at again when rights have changed, and when a chat is known at last", async () => {
    const { portal, gateway, tell } = await installed();
    await tell();
    letHimDoAll(portal);
    await gateway.installer.probeAll();
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ proven: ["chats", "bindings"] });
    portal.readers.clear();
    await gateway.installer.probeAll();
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ proven: ["bindings"] });
  });

  it("is nobody's proof without a known chat", async () => {
    const scene = await openScene();
    const { portal, gateway } = scene;
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    portal.systemUsers.add(SYSTEM_USER);
    letHimDoAll(portal);
    await gateway.postInstall(portal.systemUserEvent(portal.issue(SYSTEM_USER), SYSTEM_USER));
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ proven: ["bindings"] });
  });

  it("is the system user's everywhere once the installer's are refused for good, until he installs it again", async () => {
    const ready = await installed();
    const { portal, gateway, tell } = ready;
    await tell();
    await dismissInstaller(ready);
    expect(await gateway.acting.forAll(portal.memberId)).toMatchObject({ userId: "90" });
    const session = await gateway.installer.session(portal.memberId);
    expect(session).toBeDefined();
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    expect(await gateway.acting.forAll(portal.memberId)).toMatchObject({ userId: "1" });
  });

  it("is renewed by itself, kept sealed, and nobody's when both are refused", async () => {
    const ready = await installed();
    const { portal, gateway, tell } = ready;
    await tell();
    const before = (await gateway.storage.keyValues.list("system-users"))[0]?.value;
    await dismissInstaller(ready);
    await gateway.installer.repairAll();
    const [record] = await gateway.storage.keyValues.list("system-users");
    expect(record?.value).not.toBe(before);
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ isLost: false });
    portal.revoke(SYSTEM_USER);
    portal.expireAccessTokens();
    await gateway.installer.repairAll();
    expect(await gateway.systemUsers.find(portal.memberId)).toMatchObject({ isLost: true });
    expect(await gateway.acting.forAll(portal.memberId)).toBeUndefined();
  });
});
