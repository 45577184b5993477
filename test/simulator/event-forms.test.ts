import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { authOf, type EventReceiver, startReceiver } from "./event-receiver.ts";
import { actAs, valueAt } from "./rest-client.ts";
import { seededChats } from "./seeded-chats.ts";

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

describe("older portals and older pages", () => {
  test("a portal of 2024 names neither handler nor user, and tells of no system user", async () => {
    const old = await startPortal({ size: 0.1, age: 2024, events: { jitterMs: 0 } });
    try {
      const url = `${receiver.url}/install`;
      await old.installApplication({ kind: "script-only", installUrl: url, handlerUrl: receiver.url });
      await old.emitMessages(1, { kind: "operatorWrites" });
      const [event] = await receiver.waitFor("ONOPENLINEMESSAGEADD");
      expect(event?.form).not.toHaveProperty("event_handler_id");
      expect(authOf(event ?? never())).toHaveProperty("access_token");
      expect(authOf(event ?? never())).not.toHaveProperty("user_id");
      expect(authOf(event ?? never())).not.toHaveProperty("expires");
      expect(receiver.events("ONAPPUSERREADY")).toEqual([]);
    } finally {
      await old.close();
    }
  });

  test("the sample of before May 2026 has the line under the name of the user", async () => {
    const old = await startPortal({ size: 0.5, events: { shape: "old", jitterMs: 0 } });
    try {
      await old.installApplication({ kind: "script-only", handlerUrl: receiver.url });
      const chat = seededChats(old).closed(23);
      old.world.customerWrites(chat.id, "Hello");
      const [event] = await receiver.waitFor("ONSESSIONSTART");
      expect(valueAt(event?.form, "data", "DATA", 0)).toEqual({
        connector: expect.any(Object),
        chat: { id: String(chat.id) },
        user: { id: "23", name: "Kundenservice Deutschland" },
      });
    } finally {
      await old.close();
    }
  });
});

describe("ONAPPUSERREADY", () => {
  test.each(["script-only", "ui"] as const)(
    "comes after the installation of a %s application, with tokens of a hidden user",
    async (kind) => {
      const { clientId } = portal.registerApplication();
      const installUrl = `${receiver.url}/install`;
      const { applicationToken } = await portal.installApplication({ kind, installUrl, clientId });
      const [event] = await receiver.waitFor("ONAPPUSERREADY");
      expect(event?.path).toBe("/install");
      const data = event?.form.data;
      expect(data).toMatchObject({
        member_id: portal.memberId,
        client_id: clientId,
        client_endpoint: `${portal.url}/rest/`,
        domain: "oauth.portal.example",
        expires_in: "3600",
        status: "L",
        LANGUAGE_ID: "en",
      });
      expect(authOf(event ?? never())).toMatchObject({
        application_token: applicationToken,
        user_id: "1",
        domain: "oauth.portal.example",
      });
      const userId = String(valueAt(data, "user_id"));
      const call = async (method: string): Promise<Record<string, unknown>> => {
        const response = await fetch(`${portal.url}/rest/${method}?auth=${String(valueAt(data, "access_token"))}`);
        return Object(await response.json());
      };
      expect(valueAt(await call("profile"), "result", "ID")).toBe(userId);
      expect(valueAt(await call("im.recent.get?ONLY_OPENLINES=Y&x=1".split("?")[0] ?? ""), "result")).toEqual([]);
      expect(await actAs(portal, 1).result("user.get", { FILTER: { ID: userId } })).toEqual([]);
      portal.uninstallApplication({ clientId });
      expect(await call("profile")).toMatchObject({ error: "NO_AUTH_FOUND" });
      await portal.installApplication({ kind, installUrl, clientId });
      const [, again] = await receiver.waitFor("ONAPPUSERREADY", 2);
      expect(valueAt(again?.form, "data", "user_id")).toBe(userId);
    },
  );
});
