import { expect, it, onTestFinished } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { editActivity } from "../../simulator/world/activities.ts";
import { completeByHand } from "../../simulator/world/crm-deeds.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { freePort } from "../kit/free-port.ts";
import { keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";
import { type Listener, openListener, openLiveOffice } from "../kit/live-office.ts";
import { eventually } from "../kit/until.ts";
import { actAs } from "../simulator/rest-client.ts";
import { seededChats } from "../simulator/seeded-chats.ts";

const EVENTS = `subscription {
  openLineEvents(filter: { kinds: [SESSION_STARTED, SESSION_FINISHED, CHAT_CHANGED] }) {
    __typename
    ... on ChatEvent { chat { id } line { id } connector { id } }
    ... on SessionStarted { session { id } }
    ... on SessionFinished { session { id } }
    ... on ChatChanged { source changed }
  }
}`;

interface Told {
  readonly __typename: string;
  readonly chat: { readonly id: string } | null;
  readonly line: { readonly id: string } | null;
  readonly session?: { readonly id: string } | null;
  readonly source?: string;
  readonly changed?: readonly string[];
}

async function told(listener: Listener): Promise<Told> {
  const { data } = await listener.next();
  return data?.openLineEvents as Told;
}

/** A quiet chat of a line whose sessions the CRM knows and keeps in step with their operators. */
function chatOfCrm(portal: RunningPortal): { chat: Chat; operators: readonly number[] } {
  const chat = seededChats(portal).where(
    (candidate, session) => candidate.data.lineId === 23 && session === undefined && candidate.crm.type !== "NONE",
  );
  const operators = portal.world.lines.get(23)?.operators.map(({ userId }) => userId) ?? [];
  return { chat, operators };
}

/** A portal without our application: it posts by an outgoing webhook, and is asked by an inbound one. */
async function openWebhookOffice(): Promise<{ portal: RunningPortal; gateway: TestGateway; supervisor: string }> {
  const portal = await startPortal({ size: 0.5, plan: "on-premise" });
  const port = await freePort();
  const webhook = portal.createOutgoingWebhook(`http://127.0.0.1:${port}/bitrix24/events`, [
    "onCrmActivityAdd",
    "onCrmActivityUpdate",
    "onCrmActivityDelete",
  ]);
  const [first] = portal.users;
  if (first === undefined) throw new Error("a portal without people");
  const supervisor = keyFor(first);
  const gateway = await startGateway({
    portal,
    seeingAll: [supervisor],
    env: {
      GATEWAY_PORT: String(port),
      BITRIX24_PLAN: "on-premise",
      BITRIX24_OUTGOING_WEBHOOKS: `${new URL(portal.url).host}=${webhook.applicationToken}`,
    },
  });
  onTestFinished(async () => {
    await gateway.close();
    await portal.close();
  });
  return { portal, gateway, supervisor };
}

it("with an inbound and an outgoing webhook alone, sessions are told as they start, are answered, handed over and closed, whoever does it", async () => {
  const { portal, gateway, supervisor } = await openWebhookOffice();
  const { data } = await gateway.graphql("{ viewer { liveEvents { source sources } } }", {}, { key: supervisor });
  expect(data.viewer.liveEvents).toEqual({ source: "OUTGOING_WEBHOOK", sources: ["OUTGOING_WEBHOOK"] });
  const listener = openListener(gateway, EVENTS, supervisor, {});
  await listener.opened;

  const { chat, operators } = chatOfCrm(portal);
  const [operator = 0, colleague = 0] = operators;
  portal.world.customerWrites(chat.id, "Me again");
  const session = portal.world.session(chat.data.sessionId);
  const place = { chat: { id: String(chat.id) }, line: { id: "23" }, connector: { id: chat.connectorId } };
  expect(await told(listener)).toMatchObject({
    __typename: "SessionStarted",
    ...place,
    session: { id: String(session.id) },
  });
  await actAs(portal, operator).result("imopenlines.operator.answer", { CHAT_ID: chat.id });
  expect(await told(listener)).toMatchObject({
    __typename: "ChatChanged",
    ...place,
    source: "PORTAL",
    changed: expect.arrayContaining(["STATE"]),
  });
  // A message moves the entry's forecast, which is nothing to tell; the foreign entry is none of a session.
  await actAs(portal, operator).result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "Yes" });
  const foreign = [...portal.world.activities.values()].find(({ provider }) => provider === "CRM_TODO");
  editActivity(portal.world, foreign?.id ?? 0, "Call back", operator);
  await eventually(() => expect(portal.stats().byMethod["crm.activity.list"] ?? 0).toBeGreaterThan(2));
  await actAs(portal, operator).result("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: colleague });
  expect(await told(listener)).toMatchObject({ __typename: "ChatChanged", ...place, changed: ["OPERATOR"] });
  await actAs(portal, colleague).result("imopenlines.operator.finish", { CHAT_ID: chat.id });
  expect(await told(listener)).toMatchObject({ __typename: "SessionFinished", ...place });
  expect(await told(listener)).toMatchObject({ __typename: "ChatChanged", ...place, changed: ["STATE"] });
});

it("what the portal's event and the session's entry in the CRM both tell is one event, and an action of the gateway is its own", async () => {
  const office = await openLiveOffice({ size: 0.5 });
  const { portal, gateway, supervisor } = office;
  const listener = office.listen(EVENTS);
  await listener.opened;
  const bound = portal.world.eventHandlers.map(({ event }) => event);
  expect(bound).toEqual(expect.arrayContaining(["ONCRMACTIVITYADD", "ONCRMACTIVITYUPDATE", "ONCRMACTIVITYDELETE"]));

  const { chat, operators } = chatOfCrm(portal);
  const [operator = 0, colleague = 0] = operators;
  portal.world.customerWrites(chat.id, "Me again");
  const { activityId } = portal.world.session(chat.data.sessionId);
  const looked = async (times: number): Promise<void> =>
    void (await eventually(() => expect(portal.stats().byMethod["crm.activity.list"] ?? 0).toBe(times)));
  await looked(1);
  await actAs(portal, operator).result("imopenlines.operator.answer", { CHAT_ID: chat.id });
  await looked(2);
  const { data } = await gateway.graphql(
    "mutation ($chat: ID!, $user: ID!) { chatTransfer(chatId: $chat, to: { userId: $user }) { userErrors { code } } }",
    { chat: String(chat.id), user: String(colleague) },
    { key: supervisor },
  );
  expect(data.chatTransfer.userErrors).toEqual([]);
  await looked(3);
  completeByHand(portal.world, activityId);
  await looked(4);
  // The next session is the mark behind it all: whatever was told twice would stand before it.
  portal.world.customerWrites(chat.id, "And again");
  const kinds: string[] = [];
  for (let starts = 0; ; ) {
    const event = await told(listener);
    if (event.__typename === "SessionStarted") starts += 1;
    if (starts > 1) break;
    kinds.push(event.__typename === "ChatChanged" ? `ChatChanged ${event.source}` : event.__typename);
  }
  expect(kinds).toEqual([
    "SessionStarted",
    "ChatChanged PORTAL",
    "ChatChanged TRANSFER",
    "SessionFinished",
    "ChatChanged PORTAL",
  ]);
});
