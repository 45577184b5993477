import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { operatorActs } from "../../simulator/operator-activity.ts";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { createRandom } from "../../simulator/random.ts";
import { deleteActivity, editActivity } from "../../simulator/world/activities.ts";
import { customerWrites } from "../../simulator/world/conversation.ts";
import { passTime } from "../../simulator/world/passing-time.ts";
import type { Chat, Session } from "../../simulator/world/records.ts";
import { authOf, type EventReceiver, type Received, startReceiver } from "./event-receiver.ts";
import { actAs, valueAt } from "./rest-client.ts";
import { seededChats } from "./seeded-chats.ts";

const added = "ONCRMACTIVITYADD";
const updated = "ONCRMACTIVITYUPDATE";
const deleted = "ONCRMACTIVITYDELETE";

let portal: RunningPortal;
let receiver: EventReceiver;

beforeAll(async () => {
  portal = await startPortal({ size: 0.5, plan: "on-premise", events: { jitterMs: 0 } });
  receiver = await startReceiver();
  await portal.installApplication({
    kind: "script-only",
    handlerUrl: `${receiver.url}/application`,
    events: [added, updated, deleted],
  });
});
afterEach(() => receiver.received.splice(0));
afterAll(async () => {
  await portal.close();
  await receiver.close();
});

const idIn = ({ form }: Received): unknown => valueAt(form, "data", "FIELDS", "ID");

function dialogInCrm(status: number): { chat: Chat; session: Session } {
  const chat = seededChats(portal).where(
    (_, session) =>
      session?.status === status && session.activityId > 0 && !session.pause && session.operatorId !== 203,
  );
  return { chat, session: portal.world.session(chat.data.sessionId) };
}

describe("events of activities", () => {
  test("follow an operator through answering, replying, handing over and closing, and say nothing but the id", async () => {
    const chat = seededChats(portal).where(
      (candidate, session) => candidate.data.lineId === 23 && session === undefined && candidate.crm.type !== "NONE",
    );
    portal.world.customerWrites(chat.id, "Me again");
    const session = portal.world.session(chat.data.sessionId);
    const id = String(session.activityId);
    const [add] = await receiver.waitFor(added);
    expect(add?.form.data).toEqual({ FIELDS: { ID: id } });
    expect(add?.form).toMatchObject({ event: added, event_handler_id: expect.any(String), ts: expect.any(String) });
    portal.world.customerWrites(chat.id, "Are you there?");
    const [operatorId = 0, colleague = 0] = portal.world.lines.get(23)?.operators.map(({ userId }) => userId) ?? [];
    const me = actAs(portal, operatorId);
    await me.result("imopenlines.operator.answer", { CHAT_ID: chat.id });
    const [answered] = await receiver.waitFor(updated, 1);
    expect(idIn(answered ?? add ?? receiver.received[0] ?? never())).toBe(id);
    expect(authOf(answered ?? never())).toMatchObject({
      user_id: String(operatorId),
      access_token: expect.any(String),
    });
    await me.result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "Yes" });
    await receiver.waitFor(updated, 2);
    await me.result("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: colleague });
    await receiver.waitFor(updated, 3);
    await actAs(portal, colleague).result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    await receiver.waitFor(updated, 4);
    expect(receiver.events(updated).map(idIn)).toEqual([id, id, id, id]);
    expect(receiver.events(added)).toHaveLength(1);
  });

  test("nobody's tokens come with what the portal does by itself", async () => {
    const { session } = dialogInCrm(40);
    const until = session.autoCloseAt ?? 0;
    portal.world.setClock(() => until + 1);
    for (const other of portal.world.sessions.values()) if (other !== session) other.autoCloseAt = null;
    passTime(portal.world);
    session.autoCloseAt = session.closed ? null : until;
    if (!session.closed) passTime(portal.world);
    portal.world.setClock(Date.now);
    expect(session.closeReason).toBe("auto");
    const [event] = await receiver.waitFor(updated);
    expect(idIn(event ?? never())).toBe(String(session.activityId));
    expect(authOf(event ?? never())).not.toHaveProperty("access_token");
  });

  test("customers' messages, and the wait for a rating, tell nothing", async () => {
    const { chat, session } = dialogInCrm(25);
    customerWrites(portal.world, chat, "One more question");
    expect(session.status).toBeLessThan(40);
    editActivity(portal.world, session.activityId, "Marker", 1);
    await receiver.waitFor(updated);
    expect(receiver.received).toHaveLength(1);
  });

  test("equal events of one moment are told once, deletions too", async () => {
    const { session } = dialogInCrm(10);
    const id = session.activityId;
    editActivity(portal.world, id, "One", 1);
    editActivity(portal.world, id, "Two", 1);
    deleteActivity(portal.world, id, 1);
    await receiver.waitFor(deleted);
    await receiver.waitFor(updated);
    expect(receiver.received.map(({ form }) => form.event).sort()).toEqual([deleted, updated]);
    expect(session).toMatchObject({ activityId: 0, closed: false });
  });

  test("simulated operators cause them, for tasks that are no sessions too", async () => {
    const random = createRandom(11);
    for (let index = 0; index < 300; index++) operatorActs(portal.world, random);
    await receiver.until(() => receiver.events(updated).some((event) => providerOf(event) === "IMOPENLINES_SESSION"));
    await receiver.until(() => receiver.events(updated).some((event) => providerOf(event) !== "IMOPENLINES_SESSION"));
    const moved = [...portal.world.sessions.values()].filter(({ transfers }) =>
      transfers.some(({ at, reason }) => reason === "manual" && at > Date.now() - 60_000),
    );
    expect(moved.length).toBeGreaterThan(0);
  });

  test("an application binds them only with the scope crm", async () => {
    const bind = async (scopes: string[]): Promise<unknown> => {
      const { accessToken } = portal.issueTokens(1, scopes);
      const answer = await fetch(`${portal.url}/rest/event.bind`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ event: "onCrmActivityAdd", handler: "https://handler.example/x", auth: accessToken }),
      });
      return answer.status;
    };
    expect(await bind(["imopenlines"])).toBe(400);
    expect(await bind(["crm"])).toBe(200);
  });
});

function providerOf(event: Received): string | undefined {
  return portal.world.activities.get(Number(idIn(event)))?.provider;
}

function never(): never {
  throw new Error("Expected an event");
}
