import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunningPortal } from "../../simulator/portal.ts";
import { sendWelcome, staffWrites } from "../../simulator/world/conversation.ts";
import { addFile } from "../../simulator/world/messages.ts";
import { setSilent } from "../../simulator/world/operator-actions.ts";
import type { Chat } from "../../simulator/world/records.ts";
import {
  added,
  answered,
  codes,
  deleted,
  finished,
  type Office,
  officeOf,
  only,
  started,
  updated,
} from "./event-office.ts";
import { authOf, dataOf, type EventReceiver } from "./event-receiver.ts";
import { actAs, valueAt } from "./rest-client.ts";
import { seededLine } from "./seeded-chats.ts";

/** Changes settings of the chat's line. */
function configure(portal: RunningPortal, chat: Chat, settings: Record<string, string>): Promise<unknown> {
  const params = { CONFIG_ID: chat.data.lineId, PARAMS: settings };
  return actAs(portal, 1).result("imopenlines.config.update", params);
}

/** Lets something happen that causes no event, then something that does: what arrives first tells that the former was silent. */
async function expectSilence(office: Office, act: () => unknown): Promise<void> {
  const { portal, receiver } = office;
  const before = portal.deliveries().events;
  await act();
  expect(portal.deliveries().events).toBe(before);
  const { chat } = answered(office, "telegrambot");
  portal.world.customerWrites(chat.id, "and now?");
  await receiver.waitFor(added);
  expect(receiver.received).toHaveLength(1);
}

describe("events in the shape of the vendor's module", () => {
  let office: Office;
  let receiver: EventReceiver;
  let portal: RunningPortal;
  beforeAll(async () => {
    office = await officeOf("real");
    ({ receiver, portal } = office);
  });
  beforeEach(() => receiver.received.splice(0));
  afterAll(async () => {
    await portal.close();
    await receiver.close();
  });

  test("a customer's message has the channel's ids, and none of the portal's chat and message", async () => {
    const { chat } = answered(office, "telegrambot");
    const [, lineId, externalChat] = chat.userCode.split("|");
    const file = addFile(portal.world, chat, {
      type: "image",
      name: "label.png",
      size: 20_480,
      image: { width: 640, height: 480 },
      authorId: chat.customerId,
      voiceNote: false,
    });
    const message = portal.world.customerWrites(chat.id, "Wo ist [b]mein[/b] Paket? 📦", [file.id]);
    const event = await only(receiver, added);
    expect(event.form.data).toEqual({
      DATA: {
        connector: {
          connector_id: "telegrambot",
          line_id: lineId,
          chat_id: externalChat,
          user_id: String(chat.customerId),
        },
        chat: { id: externalChat },
        message: {
          id: valueAt(message.params, "CONNECTOR_MID", 0),
          date: String(Math.floor(message.createdAt / 1000)),
          text: "Wo ist [b]mein[/b] Paket? 📦",
          files: [expect.objectContaining({ name: "label.png", type: "image", mime: "image/png", sizef: "20.00 KB" })],
          attach: "",
          user_id: String(chat.customerId),
        },
        extra: { EXTRA_URL: "" },
      },
    });
    expect(event.body).not.toContain(`=${message.id}`);
    const link = valueAt(dataOf(event), "message", "files", 0, "downloadLink");
    expect((await fetch(String(link))).status).toBe(200);
  });

  test("an operator's message has the portal's ids, his signature, the connector and the line", async () => {
    const { chat, operatorId } = answered(office, "whatsappbytwilio");
    const [, lineId, externalChat] = chat.userCode.split("|");
    const id = await actAs(portal, operatorId).result("im.message.add", {
      DIALOG_ID: `chat${chat.id}`,
      MESSAGE: "Guten Tag!",
      ATTACH: [{ MESSAGE: "Invoice" }],
    });
    const event = await only(receiver, added);
    expect(event.form.data).toEqual({
      CONNECTOR: "whatsappbytwilio",
      LINE: lineId,
      DATA: {
        connector: {
          connector_id: "whatsappbytwilio",
          line_id: lineId,
          chat_id: externalChat,
          user_id: String(chat.customerId),
        },
        message: {
          id: String(id),
          chat_id: String(chat.id),
          user_id: String(operatorId),
          text: `[b]${portal.world.userName(operatorId)}:[/b][br]Guten Tag!`,
          attachments: ['{"MESSAGE":"Invoice"}'],
          system: "N",
        },
        no_session: "N",
      },
    });
  });

  test("an important message of the system goes out like an operator's, without author", async () => {
    const { chat } = answered(office, "facebook");
    await configure(portal, chat, { WELCOME_MESSAGE: "Y", WELCOME_MESSAGE_TEXT: "Please wait." });
    sendWelcome(portal.world, chat);
    const event = await only(receiver, added);
    expect(dataOf(event).message).toMatchObject({ system: "Y", user_id: "0", text: "Please wait." });
    expect(authOf(event)).not.toHaveProperty("access_token");
  });

  test("live chat: the customer's messages are told, the operator's, his edits and deletions are not", async () => {
    const { chat, operatorId } = answered(office, "livechat");
    await expectSilence(office, () => {
      const message = staffWrites(portal.world, chat, { authorId: operatorId, text: "hello" });
      expect(message.params.CONNECTOR_MID).toBeDefined();
    });
    receiver.received.splice(0);
    const operator = actAs(portal, operatorId);
    const written = await operator.result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "hello" });
    await operator.result("im.message.update", { MESSAGE_ID: written, MESSAGE: "hello!" });
    await operator.result("im.message.delete", { MESSAGE_ID: written });
    const message = portal.world.customerWrites(chat.id, "hi");
    const event = await only(receiver, added);
    expect(dataOf(event).message).toMatchObject({ id: String(message.id + 1), text: "hi" });
    expect(codes(receiver)).toEqual([added]);
  });

  test("in hidden mode only the customer is heard", async () => {
    const { chat, operatorId } = answered(office, "telegrambot");
    setSilent(portal.world, chat, operatorId, true);
    staffWrites(portal.world, chat, { authorId: operatorId, text: "internal note" });
    const message = portal.world.customerWrites(chat.id, "are you there?");
    const event = await only(receiver, added);
    expect(dataOf(event).message).toMatchObject({ id: valueAt(message.params, "CONNECTOR_MID", 0) });
    expect(codes(receiver)).toEqual([added]);
    expect(event.body).not.toContain("internal");
  });

  test("ordinary system messages, pins, transfers and answers have no event", async () => {
    const { chat, operatorId } = answered(office, "network");
    const waiting = office.chats.unanswered(seededLine.plain);
    const queue = portal.users.find((user) => user.lines.includes(seededLine.plain) && user.role === "operator");
    const colleague = portal.users.find((user) => user.id !== operatorId && user.role === "operator");
    if (!queue || !colleague) throw new Error("The seed has too few operators");
    const operator = actAs(portal, operatorId);
    await expectSilence(office, async () => {
      await operator.result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "note", SYSTEM: "Y" });
      await operator.result("imopenlines.session.mode.pin", { CHAT_ID: chat.id, ACTIVATE: "Y" });
      await operator.result("imopenlines.operator.transfer", { CHAT_ID: chat.id, TRANSFER_ID: colleague.id });
      await actAs(portal, queue.id).result("imopenlines.operator.answer", { CHAT_ID: waiting.id });
    });
  });

  test("nothing is sent out over a line that is switched off", async () => {
    const { chat, operatorId } = answered(office, "myconnector");
    await configure(portal, chat, { ACTIVE: "N" });
    try {
      await expectSilence(office, () => staffWrites(portal.world, chat, { authorId: operatorId, text: "anyone?" }));
    } finally {
      await configure(portal, chat, { ACTIVE: "Y" });
    }
  });

  test("edits tell the portal's ids and all of the channel's for operators, the channel's for customers", async () => {
    const { chat, operatorId } = answered(office, "telegrambot");
    const [, lineId, externalChat] = chat.userCode.split("|");
    const written = staffWrites(portal.world, chat, { authorId: operatorId, text: "first" });
    written.params.CONNECTOR_MID = ["ext-1", "ext-2"];
    await actAs(portal, operatorId).result("im.message.update", { MESSAGE_ID: written.id, MESSAGE: "second" });
    const event = await only(receiver, updated);
    expect(event.form.data).toEqual({
      CONNECTOR: "telegrambot",
      LINE: lineId,
      DATA: {
        im: { chat_id: String(chat.id), message_id: String(written.id) },
        message: { id: ["ext-1", "ext-2"], text: `[b]${portal.world.userName(operatorId)}:[/b][br]second` },
        chat: { id: externalChat },
      },
    });
    const asked = portal.world.customerWrites(chat.id, "hm?");
    portal.world.customerEdits(asked.id, "What?");
    const [, edited] = await receiver.waitFor(updated, 2);
    if (!edited) throw new Error("No second edit");
    expect(edited.form.data).not.toHaveProperty("CONNECTOR");
    expect(dataOf(edited)).toMatchObject({
      chat: { id: externalChat },
      message: { id: valueAt(asked.params, "CONNECTOR_MID", 0), text: "What?" },
    });
  });

  test("deletions are a list with one entry per external id for operators, one object for customers", async () => {
    const { chat, operatorId } = answered(office, "facebook");
    const written = staffWrites(portal.world, chat, { authorId: operatorId, text: "oops" });
    written.params.CONNECTOR_MID = ["ext-3", "ext-4"];
    await actAs(portal, operatorId).result("im.message.delete", { MESSAGE_ID: written.id });
    const im = { chat_id: String(chat.id), message_id: String(written.id) };
    expect(valueAt((await only(receiver, deleted)).form, "data", "DATA")).toMatchObject([
      { im, message: { id: "ext-3" } },
      { im, message: { id: "ext-4" } },
    ]);
    const asked = portal.world.customerWrites(chat.id, "forget it");
    const externalId = valueAt(asked.params, "CONNECTOR_MID", 0);
    portal.world.customerDeletes(asked.id);
    const [, gone] = await receiver.waitFor(deleted, 2);
    if (!gone) throw new Error("No second deletion");
    expect(dataOf(gone).message).toEqual({ id: externalId, user_id: String(chat.customerId) });
  });

  test("sessions tell the portal's chat and the line, and no session", async () => {
    const chat = office.chats.closed(seededLine.plain);
    portal.world.customerWrites(chat.id, "Hello again");
    const data = {
      DATA: {
        connector: {
          connector_id: chat.connectorId,
          line_id: String(seededLine.plain),
          chat_id: String(chat.id),
          user_id: String(chat.customerId),
        },
        chat: { chat_id: String(chat.id) },
        line: { id: String(seededLine.plain), name: "Kundenservice Deutschland" },
      },
    };
    expect((await only(receiver, started)).form.data).toEqual(data);
    await receiver.waitFor(added);
    await actAs(portal, 1).result("imopenlines.operator.spam", { CHAT_ID: chat.id });
    expect((await only(receiver, finished)).form.data).toEqual(data);
  });

  test("a session that waits for the rating has not finished yet", async () => {
    const chat = office.chats.owned(seededLine.rating);
    const { operatorId } = office.chats.open(chat);
    const operator = actAs(portal, operatorId);
    await operator.result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    expect(portal.world.openSession(chat.id)?.status).toBe(50);
    expect(
      portal
        .deliveries()
        .records.filter((record) => record.chatId === chat.id)
        .map((record) => record.event),
    ).not.toContain(finished);
    await operator.result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    await receiver.waitFor(finished);
  });

  test("the tokens are those of the member of staff who caused it, and work; customers cause none", async () => {
    const { chat, operatorId } = answered(office, "whatsappbytwilio");
    staffWrites(portal.world, chat, { authorId: operatorId, text: "hello" });
    const auth = authOf(await only(receiver, added));
    expect(auth).toMatchObject({
      member_id: portal.memberId,
      domain: new URL(portal.url).host,
      client_endpoint: `${portal.url}/rest/`,
      user_id: String(operatorId),
      status: "L",
    });
    expect(auth).not.toHaveProperty("refresh_token");
    const profile = await fetch(`${auth.client_endpoint}profile?auth=${auth.access_token}`);
    expect(await profile.json()).toMatchObject({ result: { ID: String(operatorId) } });
    portal.world.customerWrites(chat.id, "thanks");
    const [, second] = await receiver.waitFor(added, 2);
    if (!second) throw new Error("No second message");
    expect(authOf(second)).not.toHaveProperty("access_token");
    expect(authOf(second).application_token).toBe(auth.application_token);
  });
});
