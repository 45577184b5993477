import { describe, expect, it } from "vitest";
import { withAuth } from "../../../installation/install-scene.ts";
import { delivery, portalPayloads, type Sender } from "../../deliveries.ts";
import { type ReceivingGateway, startReceivingGateway } from "../../receiving-gateway.ts";

const host = "some-domain.bitrix24.com";
const anna: Sender = { memberId: "a223c6b3710f85df22e9377d6c4f7553", applicationToken: "webhook-token-of-anna" };
const boris: Sender = { memberId: "bac1cd5c8940947a75e0d71b1a84e348", applicationToken: "webhook-token-of-boris" };
const changed = (id: unknown, sender = anna) =>
  delivery("onCrmActivityUpdate", { FIELDS: { ID: id as string } }, sender);

async function gatewayOf(...webhooks: { host: string; token: string }[]): Promise<ReceivingGateway> {
  return startReceivingGateway({ outgoingWebhooks: webhooks });
}

describe("a delivery of an outgoing webhook", () => {
  it("of an activity is taken for the portal at its host, and one of open lines goes into that portal's log", async () => {
    const gateway = await gatewayOf({ host, token: anna.applicationToken });
    expect((await gateway.postEvent(changed("9120"))).status).toBe(200);
    expect(gateway.noticed).toEqual([{ portal: host, activityId: "9120", change: "updated" }]);
    const written = delivery("ONOPENLINEMESSAGEADD", portalPayloads.customerWrites, anna);
    expect((await gateway.postEvent(written)).status).toBe(200);
    expect(await gateway.storage.log.head(`host:${host}`)).toBe(1);
    expect(gateway.receiver.stats()).toMatchObject({ activities: 1, accepted: 1, forbidden: 0 });
  });

  it("goes into the log of the application's portal where one is installed at that host", async () => {
    const gateway = await gatewayOf({ host, token: anna.applicationToken });
    await gateway.knowPortal({ memberId: anna.memberId, applicationToken: "the-application's-own" }, host);
    expect((await gateway.postEvent(changed("9120"))).status).toBe(200);
    expect(gateway.noticed.map(({ portal }) => portal)).toEqual([anna.memberId]);
  });

  it("is of the portal that delivered first: the same token from another one is refused", async () => {
    const gateway = await gatewayOf({ host, token: anna.applicationToken });
    await gateway.postEvent(changed("1"));
    const stolen = changed("2", { ...boris, applicationToken: anna.applicationToken });
    expect((await gateway.postEvent(stolen)).status).toBe(403);
    expect((await gateway.postEvent(changed("3"))).status).toBe(200);
    expect(gateway.noticed.map(({ activityId }) => activityId)).toEqual(["1", "3"]);
    expect(gateway.receiver.stats().forbidden).toBe(1);
  });

  it.each([
    ["the authorization server as its domain", { domain: "oauth.bitrix.info" }],
    ["no domain", { domain: "" }],
  ])("that names %s is of the portal at its REST address", async (_what, auth) => {
    const gateway = await gatewayOf({ host, token: anna.applicationToken });
    expect((await gateway.postEvent(withAuth(changed("1"), auth))).status).toBe(200);
    const elsewhere = await gatewayOf({ host: "another.bitrix24.com", token: anna.applicationToken });
    expect((await elsewhere.postEvent(withAuth(changed("1"), auth))).status).toBe(403);
  });

  it("that names another host than the configured one ties nothing", async () => {
    const gateway = await gatewayOf({ host: "another.bitrix24.com", token: anna.applicationToken });
    expect((await gateway.postEvent(changed("1"))).status).toBe(403);
    expect(gateway.noticed).toEqual([]);
  });

  it("proves nothing about applications", async () => {
    const gateway = await gatewayOf({ host, token: anna.applicationToken });
    await gateway.knowPortal({ memberId: anna.memberId, applicationToken: "the-application's-own" }, host);
    await gateway.postEvent(changed("1"));
    for (const event of ["ONAPPUNINSTALL", "ONAPPINSTALL", "ONAPPUPDATE", "ONCRMDEALADD"]) {
      const { status } = await gateway.postEvent(delivery(event, { VERSION: 1 }, anna));
      expect([400, 403]).toContain(status);
    }
    expect(await gateway.installations.find(anna.memberId)).toBeDefined();
  });

  it("is refused without its token, and with the token of another webhook for another portal", async () => {
    const gateway = await gatewayOf(
      { host, token: anna.applicationToken },
      { host: "another.bitrix24.com", token: boris.applicationToken },
    );
    expect((await gateway.postEvent(changed("1", { ...anna, applicationToken: "no-such-token" }))).status).toBe(403);
    expect((await gateway.postEvent(changed("1", boris))).status).toBe(403);
  });

  it("whose id cannot be read is put aside", async () => {
    const gateway = await gatewayOf({ host, token: anna.applicationToken });
    for (const id of ["", "-3", "abc"]) expect((await gateway.postEvent(changed(id))).status).toBe(200);
    expect(await gateway.storage.deadLetters.list(`host:${host}`)).toHaveLength(3);
    expect(gateway.noticed).toEqual([]);
  });
});
