import { describe, expect, it, onTestFinished } from "vitest";
import { startPortal } from "../../simulator/portal.ts";
import { OPEN_CHANNEL_EVENTS } from "../../src/datasources/imopenlines/portal-events.ts";
import {
  eventsAddress,
  readBindingState,
  removeBindings,
  repairBindings,
  wantedEvents,
} from "../../src/installation/bindings.ts";
import { EVENTS_ADDRESS, type ReceivingGateway, startReceivingGateway } from "../subscriptions/receiving-gateway.ts";
import { type ApplicationPortal, startApplicationPortal } from "./application-portal.ts";

const WANTED = wantedEvents(["imopenlines", "im"]);

async function installed(): Promise<{ portal: ApplicationPortal; gateway: ReceivingGateway }> {
  const portal = await startApplicationPortal();
  onTestFinished(() => portal.close());
  const gateway = await startReceivingGateway({
    client: portal.client,
    tokenUrl: portal.tokenUrl,
    allowedHosts: [portal.host],
  });
  await gateway.postInstall(portal.scriptCallback(portal.issue()));
  return { portal, gateway };
}

async function sessionOf(gateway: ReceivingGateway, memberId: string) {
  const session = await gateway.installer.session(memberId);
  if (session === undefined) throw new Error("not installed");
  return session;
}

describe("the handlers of the application", () => {
  it("are made from the public address, with or without its closing slash or a path", () => {
    expect(eventsAddress("https://gateway.example.com")).toBe("https://gateway.example.com/bitrix24/events");
    expect(eventsAddress("https://example.com/gateway/")).toBe("https://example.com/gateway/bitrix24/events");
    expect(eventsAddress("https://example.com/gateway")).toBe("https://example.com/gateway/bitrix24/events");
  });

  it("are repaired: missing ones set, stale ones of our address removed, others' left alone", async () => {
    const { portal, gateway } = await installed();
    portal.handlers.splice(0, 3);
    portal.handlers.push({ event: "ONCRMDEALADD", handler: EVENTS_ADDRESS });
    portal.handlers.push({ event: "ONSESSIONSTART", handler: "https://other.example.com/bitrix24/events" });
    const session = await sessionOf(gateway, portal.memberId);
    const before = await readBindingState(session, EVENTS_ADDRESS, WANTED);
    expect(before.missing).toHaveLength(3);
    expect(before.elsewhere).toEqual([
      { event: "ONSESSIONSTART", handler: "https://other.example.com/bitrix24/events", authUserId: null },
    ]);
    const report = await repairBindings(session, EVENTS_ADDRESS, WANTED);
    expect(report).toEqual({ added: before.missing, removed: ["ONCRMDEALADD"], refused: [] });
    const after = await readBindingState(session, EVENTS_ADDRESS, WANTED);
    expect(after).toMatchObject({ missing: [], stale: [], elsewhere: before.elsewhere });
    expect(await repairBindings(session, EVENTS_ADDRESS, WANTED)).toEqual({ added: [], removed: [], refused: [] });
  });

  it("lead from activities of the CRM too where the application has the scope for it, and only there", () => {
    const ofActivities = ["ONCRMACTIVITYADD", "ONCRMACTIVITYUPDATE", "ONCRMACTIVITYDELETE"];
    expect(wantedEvents(["imopenlines", "im", "crm"])).toEqual(expect.arrayContaining([...WANTED, ...ofActivities]));
    expect(WANTED.filter((event) => ofActivities.includes(event))).toEqual([]);
  });

  it("are removed from our address alone", async () => {
    const { portal, gateway } = await installed();
    portal.handlers.push({ event: "ONSESSIONSTART", handler: "https://other.example.com/bitrix24/events" });
    const session = await sessionOf(gateway, portal.memberId);
    expect(await removeBindings(session, EVENTS_ADDRESS)).toEqual(expect.arrayContaining([...OPEN_CHANNEL_EVENTS]));
    expect(portal.handlers).toEqual([
      { event: "ONSESSIONSTART", handler: "https://other.example.com/bitrix24/events" },
    ]);
  });

  it("are repaired in every portal at start", async () => {
    const { portal, gateway } = await installed();
    const all = portal.handlers.map(({ event }) => event).toSorted();
    portal.handlers.length = 0;
    await gateway.installer.repairAll();
    expect(portal.handlers.map(({ event }) => event).toSorted()).toEqual(all);
  });

  it("are set, read and removed in the simulated portal after an installation there", async () => {
    const portal = await startPortal({ size: 0.02 });
    onTestFinished(() => portal.close());
    const { host } = new URL(portal.url);
    const { tokenUrl, ...client } = portal.application;
    const gateway = await startReceivingGateway({ client, tokenUrl, allowedHosts: [host] });
    const administrator = portal.users.find(({ role }) => role !== "operator");
    const tokens = portal.issueTokens(administrator?.id ?? 0);
    const callback = (pair: { accessToken: string; refreshToken: string }) => ({
      auth: {
        access_token: pair.accessToken,
        refresh_token: pair.refreshToken,
        domain: host,
        member_id: portal.memberId,
        application_token: "application-token-0123456789",
        scope: "imopenlines,im",
      },
    });
    const operator = portal.users.find(({ role }) => role === "operator");
    expect((await gateway.postInstall(callback(portal.issueTokens(operator?.id ?? 0)))).status).toBe(403);
    expect((await gateway.postInstall(callback(tokens))).status).toBe(200);
    const session = await sessionOf(gateway, portal.memberId);
    const state = await readBindingState(session, EVENTS_ADDRESS, WANTED);
    expect(state.missing).toEqual([]);
    expect(state.bound).toEqual(expect.arrayContaining([...OPEN_CHANNEL_EVENTS]));
    portal.expireTokens();
    const removed = await removeBindings(session, EVENTS_ADDRESS);
    expect(removed).toEqual(expect.arrayContaining([...state.bound]));
    expect((await readBindingState(session, EVENTS_ADDRESS, WANTED)).bound).toEqual([]);
  });
});
