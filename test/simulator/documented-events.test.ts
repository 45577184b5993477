import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { staffWrites } from "../../simulator/world/conversation.ts";
import { added, answered, deleted, finished, type Office, officeOf, only, started, updated } from "./event-office.ts";
import { dataOf, type EventReceiver, startReceiver } from "./event-receiver.ts";
import { actAs, valueAt } from "./rest-client.ts";
import { seededLine } from "./seeded-chats.ts";

describe("events in the documented shape", () => {
  let office: Office;
  let receiver: EventReceiver;
  let portal: RunningPortal;
  beforeAll(async () => {
    office = await officeOf("documented");
    ({ receiver, portal } = office);
  });
  afterEach(() => receiver.received.splice(0));
  afterAll(async () => {
    await portal.close();
    await receiver.close();
  });

  test("messages of all directions are a list of one, with the portal's ids", async () => {
    const { chat, operatorId } = answered(office, "telegrambot");
    const [, lineId, externalChat] = chat.userCode.split("|");
    const asked = portal.world.customerWrites(chat.id, "hello");
    const connector = {
      connector_id: "telegrambot",
      line_id: lineId,
      chat_id: externalChat,
      user_id: String(chat.customerId),
    };
    const item = (id: number, text: string, author: number) => ({
      connector,
      chat: { id: String(chat.id) },
      message: { id: String(id), date: "", text, attach: "", system: "N", user_id: String(author) },
      extra: { EXTRA_URL: "" },
    });
    const first = await only(receiver, added);
    expect(first.form.data).toEqual({ DATA: [item(asked.id, "hello", chat.customerId)] });
    expect(first.form).toHaveProperty("eventId");
    expect(first.form).not.toHaveProperty("event_handler_id");
    const reply = staffWrites(portal.world, chat, { authorId: operatorId, text: "hi" });
    const [, second] = await receiver.waitFor(added, 2);
    expect(second?.form.data).toEqual({ DATA: [item(reply.id, "hi", operatorId)] });
  });

  test("edits and deletions name the message three times, sessions their session", async () => {
    const { chat } = answered(office, "facebook");
    const asked = portal.world.customerWrites(chat.id, "hello");
    portal.world.customerEdits(asked.id, "hello!");
    portal.world.customerDeletes(asked.id);
    const chatId = String(chat.id);
    const messageId = String(asked.id);
    const expected = {
      CONNECTOR: "facebook",
      DATA: [{ im: { chat_id: chatId, message_id: messageId }, message: { id: messageId }, chat: { id: chatId } }],
    };
    expect((await only(receiver, updated)).form.data).toMatchObject(expected);
    expect((await only(receiver, deleted)).form.data).toMatchObject(expected);
    const closed = office.chats.closed(seededLine.plain);
    portal.world.customerWrites(closed.id, "Hello again");
    const session = office.chats.open(closed);
    expect(dataOf(await only(receiver, started))).toMatchObject({
      session: { id: String(session.id), closed: "N", parent_id: "0" },
      chat: { id: String(closed.id) },
      user: { id: String(closed.customerId) },
    });
    await actAs(portal, 1).result("imopenlines.operator.spam", { CHAT_ID: closed.id });
    expect(dataOf(await only(receiver, finished)).session).toMatchObject({ id: String(session.id), closed: "Y" });
  });
});

test("alternating shapes come one after the other", async () => {
  const receiver = await startReceiver();
  const portal = await startPortal({ size: 0.05, events: { shape: "alternate", jitterMs: 0 } });
  await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
  await portal.emitMessages(6);
  const events = await receiver.waitFor(added, 6);
  expect(events.filter(({ form }) => Array.isArray(valueAt(form, "data", "DATA")))).toHaveLength(3);
  await portal.close();
  await receiver.close();
});
