import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { editActivity } from "../../simulator/world/activities.ts";
import type { Chat, Session } from "../../simulator/world/records.ts";
import { authOf, type EventReceiver, type Received, startReceiver } from "./event-receiver.ts";
import { valueAt } from "./rest-client.ts";
import { seededChats } from "./seeded-chats.ts";

const updated = "ONCRMACTIVITYUPDATE";
const deleted = "ONCRMACTIVITYDELETE";

let portal: RunningPortal;
let receiver: EventReceiver;

beforeAll(async () => {
  portal = await startPortal({ size: 0.5, plan: "on-premise", events: { jitterMs: 0 } });
  receiver = await startReceiver();
});
afterEach(() => receiver.received.splice(0));
afterAll(async () => {
  await portal.close();
  await receiver.close();
});

function never(): never {
  throw new Error("Expected an event");
}

function dialogInCrm(status: number): { chat: Chat; session: Session } {
  const chat = seededChats(portal).where(
    (_, session) => session?.status === status && session.activityId > 0 && !session.pause,
  );
  return { chat, session: portal.world.session(chat.data.sessionId) };
}

describe("outgoing webhooks", () => {
  test("get the chosen events with a token of their own, and no access", async () => {
    const one = portal.createOutgoingWebhook(`${receiver.url}/one`, ["onCrmActivityUpdate", "onOpenLineMessageAdd"]);
    const two = portal.createOutgoingWebhook(`${receiver.url}/two`);
    expect(one.applicationToken).not.toBe(two.applicationToken);
    const { chat, session } = dialogInCrm(40);
    portal.world.customerWrites(chat.id, "Hello?");
    editActivity(portal.world, session.activityId, "Hello", session.operatorId);
    await receiver.waitFor("ONOPENLINEMESSAGEADD", 2);
    await receiver.waitFor(updated, 2);
    const atOne = receiver.received.filter(({ path }) => path === "/one");
    expect(atOne.map(({ form }) => form.event).sort()).toEqual([updated, "ONOPENLINEMESSAGEADD"]);
    for (const event of atOne) {
      expect(authOf(event)).toEqual({
        domain: new URL(portal.url).host,
        server_endpoint: `${portal.url}/rest/`,
        client_endpoint: `${portal.url}/rest/`,
        member_id: portal.memberId,
        application_token: one.applicationToken,
      });
    }
    portal.removeOutgoingWebhook(one.id);
    editActivity(portal.world, session.activityId, "Gone", session.operatorId);
    await receiver.waitFor(updated, 3);
    expect(receiver.received.filter(({ path }) => path === "/one")).toHaveLength(2);
    portal.removeOutgoingWebhook(two.id);
  });

  test("are made over loopback, and refuse events that cannot be chosen", async () => {
    const command = async (name: string, body: object): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${portal.url}/${name}`, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    };
    const made = await command("__outgoing-webhook", { handlerUrl: `${receiver.url}/three`, events: [deleted] });
    expect(made).toMatchObject({ status: 200, body: { id: expect.any(Number), applicationToken: expect.any(String) } });
    expect(await command("__outgoing-webhook", { handlerUrl: receiver.url, events: ["ONAPPINSTALL"] })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("ONAPPINSTALL cannot be chosen") },
    });
    expect(await command("__remove-outgoing-webhook", { id: valueAt(made, "body", "id") })).toEqual({
      status: 200,
      body: [],
    });
  });

  test("in the documents' shape carry three keys of authorisation and no handler", async () => {
    const other = await startPortal({ size: 0.1, events: { shape: "documented", jitterMs: 0 } });
    try {
      const webhook = other.createOutgoingWebhook(`${receiver.url}/documented`);
      const [activity] = other.world.activities.values();
      editActivity(other.world, activity?.id ?? 0, "x", 1);
      const atWebhook = (): Received | undefined => receiver.received.find(({ path }) => path === "/documented");
      await receiver.until(() => atWebhook() !== undefined);
      const event = atWebhook();
      expect(event?.form).not.toHaveProperty("event_handler_id");
      expect(authOf(event ?? never())).toEqual({
        domain: new URL(other.url).host,
        member_id: other.memberId,
        application_token: webhook.applicationToken,
      });
    } finally {
      await other.close();
    }
  });
});
