import { expect, test } from "vitest";
import { mariaOnWire, openLineItemOnWire } from "../fixtures/im-examples.ts";
import { logTo } from "../kit/log-lines.ts";
import { startScriptedGateway } from "../kit/scripted-gateway.ts";
import { eventually } from "../kit/until.ts";
import { delivery, portalPayloads } from "../subscriptions/deliveries.ts";
import { phpForm } from "../subscriptions/php-form.ts";

const PRIVATE = "a word of a customer";
const TOKEN = "token-of-the-outgoing-webhook";

async function gatewayOver(answers: (method: string) => unknown) {
  const log = logTo("debug");
  const { origin, portal } = await startScriptedGateway(
    ({ host }) => ({ BITRIX24_OUTGOING_WEBHOOKS: `${host}=${TOKEN}` }),
    log.logger,
  );
  portal.answer = answers;
  const told = () => log.lines().filter(({ msg }) => String(msg).includes("could not be read and were left out"));
  return { origin, portal, log, told };
}

test("what of an answer is lost is told at debug by number, method and path, and its content nowhere", async () => {
  const { origin, portal, log, told } = await gatewayOver((method) => {
    if (method !== "im.user.list.get") return [];
    return [{ ...mariaOnWire, departments: [PRIVATE, 4], last_activity_date: PRIVATE, idle: PRIVATE }];
  });
  const query = '{ user(id: "31") { name departmentIds lastActivityAt idleSince } }';
  const answer = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  expect(await answer.json()).toMatchObject({ data: { user: { departmentIds: ["4"], lastActivityAt: null } } });
  expect(told()).toMatchObject([
    {
      level: 20,
      portal: portal.host,
      method: "im.user.list.get",
      count: 3,
      paths: expect.arrayContaining(["[0].departments[0]"]),
    },
  ]);
  expect(JSON.stringify(log.lines())).not.toContain(PRIVATE);
});

test("what of an event that was posted is lost is told in the same way, and the event is taken", async () => {
  const { origin, portal, log, told } = await gatewayOver(() => []);
  const { DATA } = portalPayloads.customerWrites;
  const odd = { DATA: { ...DATA, connector: { ...DATA.connector, line_id: PRIVATE } } };
  const sender = { memberId: "a223c6b3710f85df22e9377d6c4f7553", applicationToken: TOKEN };
  const event = delivery("ONOPENLINEMESSAGEADD", odd, sender);
  const posted = phpForm({ ...event, auth: { ...Object(event.auth), domain: portal.host } });
  const { status } = await fetch(`${origin}/bitrix24/events`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: posted,
  });
  expect(status).toBe(200);
  expect(told()).toMatchObject([
    { level: 20, method: "ONOPENLINEMESSAGEADD", count: 1, paths: ["data.DATA.connector.line_id"] },
  ]);
  expect(JSON.stringify(log.lines())).not.toContain(PRIVATE);
});

test("what of a polled event is lost is told too", async () => {
  const { origin, portal, log, told } = await gatewayOver((method) => {
    if (method !== "im.v2.Event.get") return method === "im.v2.Event.subscribe" ? true : [];
    const chat = { id: 2051, entityType: "LINES", entityId: openLineItemOnWire.chat.entity_id, entityData3: [PRIVATE] };
    const message = { id: 7, authorId: 31, text: "Good morning", date: PRIVATE };
    const data = { message, chat, user: { id: 31, connector: false } };
    const events = [{ eventId: 11, type: "ONIMV2MESSAGEADD", date: "2026-06-01T10:00:00+02:00", data }];
    return { events, nextOffset: 12, hasMore: false };
  });
  const listening = new AbortController();
  const stream = fetch(`${origin}/graphql/stream`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query: "subscription { openLineEvents { cursor } }" }),
    signal: listening.signal,
  }).catch(() => undefined);
  await eventually(() => expect(told().length).toBeGreaterThan(0));
  expect(told()[0]).toMatchObject({
    method: "im.v2.Event.get",
    count: 2,
    paths: expect.arrayContaining(["data.chat.entityData3", "data.message.date"]),
  });
  expect(portal.requests.some(({ commands }) => commands.includes("im.v2.Event.get"))).toBe(true);
  expect(JSON.stringify(log.lines())).not.toContain(PRIVATE);
  listening.abort();
  await stream;
});
