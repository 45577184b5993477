import { describe, expect, it, onTestFinished } from "vitest";
import type { DeliveryRecord } from "../../simulator/events/delivery-log.ts";
import { type PortalOptions, type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { joinChat } from "../../simulator/world/members.ts";
import type { LoggedEvent } from "../../src/subscriptions/events/event-log.ts";
import { eventually } from "../kit/until.ts";
import { phpForm } from "../subscriptions/php-form.ts";
import { type ReceivingGateway, startReceivingGateway } from "../subscriptions/receiving-gateway.ts";

interface Scene {
  readonly portal: RunningPortal;
  readonly gateway: ReceivingGateway;
  readonly installUrl: string;
  /** A chat that the gateway knows of. */
  readonly knownChat: number;
  log(): Promise<readonly LoggedEvent[]>;
}

async function scene(options: Partial<PortalOptions> = {}): Promise<Scene> {
  const portal = await startPortal({ size: 0.05, plan: "on-premise", ...options });
  onTestFinished(() => portal.close());
  const { tokenUrl, clientId, clientSecret } = portal.application;
  const knownChat = [...portal.world.chats.keys()][0] ?? expect.fail("no chat");
  const gateway = await startReceivingGateway({
    knownChat: String(knownChat),
    client: { clientId, clientSecret },
    tokenUrl,
    allowedHosts: [new URL(portal.url).host],
    publicUrl: "own",
  });
  return {
    portal,
    gateway,
    knownChat,
    installUrl: `${gateway.url}/bitrix24/install`,
    log: () => gateway.storage.log.read(portal.memberId, 0, 10_000),
  };
}

function messageTexts(events: readonly LoggedEvent[]): (string | null)[] {
  return events.flatMap(({ event }) => (event.kind === "messageAdded" ? event.message.text : []));
}

function isAnsweredInstallation({ event, outcome }: DeliveryRecord): boolean {
  return event === "ONAPPINSTALL" && outcome.kind === "answered" && outcome.status === 200;
}

describe("the application in the simulated portal", () => {
  it.each(["real", "documented"] as const)("receives every event that is delivered in the %s shape", async (shape) => {
    const { portal, gateway, installUrl, log } = await scene({ events: { shape } });
    const { callback } = await portal.installApplication({ kind: "script-only", installUrl });
    expect(callback).toMatchObject({ kind: "answered", status: 200 });
    await portal.emitMessages(200, { text: "from a customer" });
    await portal.emitMessages(100, { text: "from an operator", kind: "operatorWrites" });
    // One edit of each message: the documented shape carries no text, so that two within a second look like one delivery.
    await portal.emitMessages(10, { kind: "customerEdits" });
    await eventually(() => expect(portal.deliveries().pending).toBe(0));
    const { records, byEvent } = portal.deliveries();
    const refused = records.filter(({ outcome }) => outcome.kind !== "answered" || outcome.status >= 300);
    expect(refused).toEqual([]);
    expect(byEvent).toMatchObject({ ONOPENLINEMESSAGEADD: 300, ONOPENLINEMESSAGEUPDATE: 10 });
    expect(gateway.receiver.stats()).toMatchObject({ deadLetters: 0, forbidden: 0, unavailable: 0, duplicates: 0 });
    const texts = messageTexts(await log()).filter((text) => text !== null);
    for (let number = 1; number <= 200; number += 1) {
      expect(texts.filter((text) => text.endsWith(`from a customer ${number}`))).toHaveLength(1);
    }
    expect(texts.filter((text) => text.includes("from an operator"))).toHaveLength(100);
    const updates = (await log()).filter(({ event }) => event.kind === "messageUpdated");
    expect(updates).toHaveLength(10);
  });

  it("with a user interface receives nothing before its page has finished the installation", async () => {
    const { portal, installUrl, log } = await scene();
    const { callback, installed } = await portal.installApplication({ kind: "ui", installUrl });
    expect(installed).toBe(false);
    expect(callback).toMatchObject({
      kind: "answered",
      status: 200,
      body: expect.stringContaining("BX24.installFinish()"),
    });
    const [chatId = 0] = (await portal.emitMessages(1, { text: "too early" })).messageIds.map(
      (id) => portal.world.message(id).chatId,
    );
    portal.finishInstallation();
    // The application's own user is announced beside, at any time.
    const installed200 = () => portal.deliveries().records.filter(isAnsweredInstallation);
    await eventually(async () => expect(await installed200()).toHaveLength(1));
    portal.world.customerWrites(chatId, "in time");
    await eventually(async () => expect(messageTexts(await log())).toEqual(["in time"]));
  });

  it("has a user of its own, who is verified as soon as the portal tells of him, and serves once he may see chats", async () => {
    const { portal, gateway, installUrl, knownChat } = await scene();
    await portal.installApplication({ kind: "script-only", installUrl });
    const systemUser = () => gateway.systemUsers.find(portal.memberId);
    await eventually(async () => expect(await systemUser()).toMatchObject({ proven: [], isLost: false }));
    // An ordinary employee of no queue: the portal shows him no dialogs.
    await gateway.installer.probeAll();
    expect(await systemUser()).toMatchObject({ proven: [] });
    joinChat(portal.world, portal.world.chat(knownChat), [Number((await systemUser())?.userId)]);
    await gateway.installer.probeAll();
    expect(await systemUser()).toMatchObject({ proven: ["chats"] });
    expect(await gateway.acting.proven(portal.memberId, "chats")).toBeDefined();
  });

  it("installed by an operator is refused", async () => {
    const { portal, gateway, installUrl } = await scene();
    const operator = portal.users.find(({ role }) => role === "operator");
    const { callback } = await portal.installApplication({
      kind: "script-only",
      installUrl,
      userId: operator?.id ?? 0,
    });
    expect(callback).toMatchObject({ kind: "answered", status: 403 });
    expect(await gateway.installations.list()).toEqual([]);
  });

  it("goes on receiving after an update that changed its token and dropped its handlers", async () => {
    const { portal, gateway, installUrl, log } = await scene();
    await portal.installApplication({ kind: "script-only", installUrl });
    const { applicationToken } = portal.updateApplication({ renewToken: true });
    await eventually(async () =>
      expect(await gateway.installations.checkApplicationToken(portal.memberId, applicationToken)).toBe("right"),
    );
    await eventually(() => expect(portal.world.eventHandlers.length).toBeGreaterThanOrEqual(5));
    await portal.emitMessages(1, { text: "after the update" });
    await eventually(async () => expect(messageTexts(await log())).toEqual(["after the update"]));
  });

  it("taken out leaves nothing behind, and its deliveries are refused from then on", async () => {
    const { portal, gateway, installUrl } = await scene();
    const { applicationToken } = await portal.installApplication({ kind: "script-only", installUrl });
    await portal.emitMessages(20);
    await eventually(async () => expect(await gateway.storage.log.head(portal.memberId)).toBe(20));
    portal.uninstallApplication({ clean: true });
    await eventually(async () => expect(await gateway.installations.list()).toEqual([]));
    await eventually(async () => expect(await gateway.storage.log.head(portal.memberId)).toBe(0));
    const late = phpForm({
      event: "ONSESSIONSTART",
      auth: { member_id: portal.memberId, application_token: applicationToken },
    });
    expect((await gateway.postEvent(late)).status).toBe(403);
  });

  it("installed again after its tokens were revoked works again", async () => {
    const { portal, gateway, installUrl, log } = await scene();
    await portal.installApplication({ kind: "script-only", installUrl });
    const first = await gateway.installations.findLatest(portal.memberId);
    const { callback } = await portal.installApplication({ kind: "script-only", installUrl });
    expect(callback).toMatchObject({ kind: "answered", status: 200 });
    const second = await gateway.installations.findLatest(portal.memberId);
    expect(second?.applicationTokenHash).not.toBe(first?.applicationTokenHash);
    await portal.emitMessages(1, { text: "again" });
    await eventually(async () => expect(messageTexts(await log())).toEqual(["again"]));
  });
});
