import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { eventually } from "../kit/until.ts";
import { dataOf, type EventReceiver, startReceiver } from "./event-receiver.ts";
import { objectAt, readAnswer, valueAt } from "./rest-client.ts";

const added = "ONOPENLINEMESSAGEADD";
let portal: RunningPortal;
let receiver: EventReceiver;

beforeEach(async () => {
  receiver = await startReceiver();
  portal = await startPortal({ size: 0.1, plan: "on-premise", events: { jitterMs: 0 } });
});
afterEach(async () => {
  await portal.close();
  await receiver.close();
});

async function control(path: string, body: unknown) {
  const response = await fetch(`${portal.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  return readAnswer(response);
}

describe("deliveries", () => {
  const settled = (): boolean => portal.deliveries().pending === 0;

  /** Waits until every POST has its outcome. */
  async function outcomes() {
    await eventually(async () => expect(await settled()).toBe(true));
    return portal.deliveries();
  }

  test("a refused event and one without an answer are counted and never sent again", async () => {
    await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
    receiver.answerWith(500);
    await portal.emitMessages(1, { text: "refused" });
    await outcomes();
    receiver.answerWith("hangUp");
    await portal.emitMessages(1, { text: "cut" });
    await outcomes();
    receiver.answerWith(200);
    await portal.emitMessages(2, { text: "accepted" });
    const report = await outcomes();
    expect(report).toMatchObject({
      events: 4,
      posts: 4,
      accepted: 2,
      refused: 1,
      failed: 1,
      byStatus: { 200: 2, 500: 1 },
    });
    const texts = receiver.events(added).map((event) => valueAt(dataOf(event), "message", "text"));
    expect(texts.toSorted()).toEqual(["accepted 1", "accepted 2", "cut", "refused"]);
    expect(report.records.map(({ outcome }) => outcome.kind)).toEqual(["answered", "failed", "answered", "answered"]);
  });

  test("a redirect is not followed, and nobody at the address is a failure", async () => {
    await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
    receiver.answerWith(302);
    await portal.emitMessages(1);
    expect(await outcomes()).toMatchObject({ posts: 1, refused: 1, byStatus: { 302: 1 } });
    await receiver.close();
    await portal.emitMessages(1);
    expect(await outcomes()).toMatchObject({ posts: 2, failed: 1 });
    receiver = await startReceiver();
  });

  test("neighbours overtake each other, and each arrives once", async () => {
    const hasty = await startPortal({ size: 0.1, events: { jitterMs: 30 } });
    await hasty.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
    const { messageIds } = await hasty.emitMessages(500);
    const events = await receiver.waitFor(added, 500);
    const numbers = events.map((event) => Number(String(valueAt(dataOf(event), "message", "text")).split(" ")[1]));
    const sorted = numbers.toSorted((a, b) => a - b);
    expect(sorted).toEqual(messageIds.map((_, index) => index + 1));
    expect(numbers).not.toEqual(sorted);
    await hasty.close();
  });

  test("a record names the message and its ids in the channel", async () => {
    await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
    const { messageIds } = await portal.emitMessages(1);
    const message = portal.world.message(messageIds[0] ?? 0);
    const { records } = await outcomes();
    expect(records).toEqual([
      {
        number: 1,
        event: added,
        handler: `${receiver.url}/events`,
        chatId: message.chatId,
        messageId: message.id,
        externalIds: message.params.CONNECTOR_MID,
        outcome: { kind: "answered", status: 200 },
      },
    ]);
  });

  test.each(["customerWrites", "operatorWrites", "customerEdits"] as const)(
    "a burst of %s is one event each",
    async (kind) => {
      await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
      await portal.emitMessages(40, { kind, perSecond: 2_000 });
      const code = kind === "customerEdits" ? "ONOPENLINEMESSAGEUPDATE" : added;
      expect((await outcomes()).byEvent).toEqual({ [code]: 40 });
    },
  );
});

describe("the portal as a program, told over loopback", () => {
  test("installs, writes, counts and removes", async () => {
    const handlerUrl = `${receiver.url}/events`;
    const installed = await control("/__install", {
      kind: "script-only",
      installUrl: `${receiver.url}/install`,
      handlerUrl,
    });
    expect(installed).toMatchObject({ status: 200, body: { installed: true, callback: { status: 200 } } });
    expect((await control("/__emit", { count: 20, text: "Burst" })).body).toEqual({ messages: 20 });
    await receiver.waitFor(added, 20);
    const counts = async () => objectAt((await readAnswer(await fetch(`${portal.url}/__stats`))).body, "events");
    await eventually(async () => expect((await counts()).accepted).toBe(22));
    const listed = await readAnswer(await fetch(`${portal.url}/__deliveries`));
    expect(listed.body.records).toHaveLength(22);
    expect((await control("/__uninstall", {})).body.installed).toBe(false);
    await receiver.waitFor("ONAPPUNINSTALL");
    await control("/__stats/reset", {});
    expect(await counts()).toMatchObject({ events: 0, posts: 0, pending: 0 });
  });

  test("opens a UI application, finishes and updates it", async () => {
    const { clientId } = portal.registerApplication();
    const handlerUrl = `${receiver.url}/events`;
    const ui = await control("/__install", { kind: "ui", installUrl: `${receiver.url}/install`, handlerUrl, clientId });
    expect(ui.body).toMatchObject({ clientId, installed: false });
    expect((await control("/__finish-install", { clientId })).body.installed).toBe(true);
    expect((await control("/__update", { clientId })).body.version).toBe(2);
    await receiver.waitFor("ONAPPUPDATE");
  });

  test.each([
    ["/__install", { kind: "widget" }, /kind must be/],
    ["/__install", { kind: "ui", installUrl: "nowhere" }, /installUrl must be an address/],
    ["/__install", { kind: "ui", clientId: "local.unknown" }, /No application local\.unknown/],
    ["/__emit", {}, /count must be/],
    ["/__emit", { count: 1, kind: "rain" }, /kind must be/],
    ["/__emit", { count: 1, chatIds: ["1"] }, /chatIds must be/],
  ])("says what is wrong with %s %j", async (path, body, message) => {
    const answer = await control(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(message);
  });
});
