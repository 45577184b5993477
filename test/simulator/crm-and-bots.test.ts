import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { networkCodes } from "../../simulator/seed/seed.ts";
import { botClientId, botId } from "../../simulator/seed/staff.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { actAs, listAt, objectAt, readAnswer } from "./rest-client.ts";

let portal: RunningPortal;
const supervisor = 1;
const anna = 27;
const used = new Set<number>();

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise", size: 0.5 });
});
afterAll(() => portal.close());

function chatWhere(wanted: (chat: Chat) => boolean): Chat {
  const found = [...portal.world.chats.values()].find(
    (chat) => chat.kind === "lines" && !used.has(chat.id) && wanted(chat),
  );
  if (!found) throw new Error("The seed has no such chat left");
  used.add(found.id);
  return found;
}

const status = (chat: Chat) => portal.world.openSession(chat.id)?.status;
const activeCrm = () => chatWhere((chat) => chat.crm.saved && status(chat) === 40);
const crmOf = (chat: Chat) => ({ CRM_ENTITY_TYPE: chat.crm.type.toLowerCase(), CRM_ENTITY: String(chat.crm.id) });
const outsider = (chat: Chat) => (portal.world.rights.has(anna, "JOIN", chat.data.lineId) ? 163 : anna);

describe("CRM methods", () => {
  test("crm.chat.get lists chats with an active session, or all of them", async () => {
    const closed = chatWhere((chat) => chat.crm.saved && status(chat) === undefined);
    const { result } = actAs(portal, supervisor);
    expect(await result("imopenlines.crm.chat.get", crmOf(closed))).toEqual([]);
    expect(await result("imopenlines.crm.chat.get", { ...crmOf(closed), ACTIVE_ONLY: "N" })).toMatchObject([
      { CHAT_ID: String(closed.id), CONNECTOR_ID: closed.connectorId },
    ]);
    expect(await result("imopenlines.crm.chat.get", { CRM_ENTITY_TYPE: "lead", CRM_ENTITY: 999_999 })).toEqual([]);
    expect(await result("imopenlines.crm.chat.get", { CRM_ENTITY_TYPE: "quote", CRM_ENTITY: 5 })).toEqual([]);
  });

  test("missing and wrong arguments name themselves", async () => {
    const { call } = actAs(portal, anna);
    const get = (params: object) => call("imopenlines.crm.chat.get", params);
    expect((await get({})).body).toEqual({
      error: "ERROR_ARGUMENT",
      error_description: "Argument 'CRM_ENTITY_TYPE' is null or empty",
      argument: "CRM_ENTITY_TYPE",
    });
    expect((await get({ CRM_ENTITY_TYPE: "lead" })).body.argument).toBe("CRM_ENTITY");
    expect((await get({ CRM_ENTITY_TYPE: "lead", CRM_ENTITY: "abc" })).body.error_description).toBe(
      "The value of an argument 'CRM_ENTITY' has an invalid type",
    );
    const { error } = actAs(portal, anna);
    expect((await error("imopenlines.crm.chat.getLastId", {})).code).toBe("CRM_CHAT_EMPTY_CRM_DATA");
    expect((await error("imopenlines.crm.chat.user.delete", {})).code).toBe("CRM_CHAT_EMPTY_USER");
    expect((await error("imopenlines.crm.chat.user.delete", { USER_ID: 1 })).code).toBe("CRM_CHAT_EMPTY_CRM_DATA");
  });

  test("a foreign CRM item is refused with 403, by getLastId as not found", async () => {
    const chat = activeCrm();
    const { error } = actAs(portal, chat.ownerId === anna ? 103 : anna);
    expect(await error("imopenlines.crm.chat.get", crmOf(chat))).toEqual({ status: 403, code: "ACCESS_DENIED" });
    expect(await error("imopenlines.crm.chat.getLastId", crmOf(chat))).toEqual({
      status: 400,
      code: "CRM_CHAT_EMPTY_CRM_DATA",
    });
    expect(await actAs(portal, chat.ownerId).result("imopenlines.crm.chat.getLastId", crmOf(chat))).toBe(chat.id);
  });

  test("users are added and removed; an item without chat answers 0", async () => {
    const chat = activeCrm();
    const { result, error } = actAs(portal, chat.ownerId);
    const add = { ...crmOf(chat), CHAT_ID: chat.id };
    const method = "imopenlines.crm.chat.user.add";
    expect(await result(method, { ...add, USER_ID: supervisor })).toBe(chat.id);
    expect(chat.members.has(supervisor)).toBe(true);
    expect(await result(method, { ...add, USER_ID: supervisor })).toBe(chat.id);
    expect((await error(method, { ...add, USER_ID: 59 })).code).toBe("CRM_CHAT_USER_NOT_ACTIVE");
    expect((await error(method, { ...add, USER_ID: outsider(chat) })).status).toBe(403);
    expect((await actAs(portal, chat.ownerId).call(method, add)).body).toMatchObject({
      error: "ERROR_ARGUMENT",
      error_description: "Argument 'Empty USER_ID' is null or empty",
    });
    expect((await error(method, { ...add, CHAT_ID: 901, USER_ID: 1 })).code).toBe("CHAT_NOT_IN_CRM");
    expect(await result(method, { CRM_ENTITY_TYPE: "deal", CRM_ENTITY: 999_999 })).toBe(0);
    const remove = "imopenlines.crm.chat.user.delete";
    expect(await result(remove, { ...add, USER_ID: supervisor })).toBe(chat.id);
    expect(chat.members.has(supervisor)).toBe(false);
    expect((await error(remove, { ...add, USER_ID: supervisor })).code).toBe("WRONG_REQUEST");
  });

  test("crm.message.add writes as the named user, who must be in the chat", async () => {
    const chat = activeCrm();
    const { result, error } = actAs(portal, supervisor);
    const params = { ...crmOf(chat), CHAT_ID: chat.id, USER_ID: chat.ownerId, MESSAGE: "From CRM" };
    const id = Number(await result("imopenlines.crm.message.add", params));
    expect(portal.world.message(id)).toMatchObject({ authorId: chat.ownerId, text: "From CRM" });
    expect(portal.world.message(id).params).toHaveProperty("CONNECTOR_MID");
    expect((await error("imopenlines.crm.message.add", { ...params, USER_ID: supervisor })).code).toBe("CANCELED");
    expect((await error("imopenlines.crm.message.add", { ...params, MESSAGE: "0" })).code).toBe("ERROR_ARGUMENT");
    expect((await error("imopenlines.crm.message.add", { ...params, CHAT_ID: 901 })).code).toBe("CHAT_NOT_IN_CRM");
  });

  test("crm.lead.create is for the operator, and the lead shows in entity data", async () => {
    const chat = chatWhere((one) => !one.crm.saved && status(one) === 40);
    const params = { CHAT_ID: chat.id };
    expect((await actAs(portal, supervisor).error("imopenlines.crm.lead.create", params)).code).toBe(
      "ERROR_USER_NOT_OPERATOR",
    );
    const { result } = actAs(portal, chat.ownerId);
    expect(await result("imopenlines.crm.lead.create", params)).toBe(true);
    const record = objectAt(await result("imopenlines.dialog.get", params));
    expect(record.entity_data_1).toMatch(new RegExp(`^Y\\|LEAD\\|${chat.crm.id}\\|`));
    expect(record.entity_data_2).toBe(`LEAD|${chat.crm.id}|COMPANY|0|CONTACT|0|DEAL|0`);
    expect(await actAs(portal, supervisor).result("imopenlines.crm.lead.create", params)).toBe(true);
  });
});

describe("bot methods", () => {
  const withBot = () => chatWhere((chat) => chat.ownerId === botId);

  test("a dialog in a bot's hands is handed to the queue once", async () => {
    const chat = withBot();
    const { result, error } = actAs(portal, anna);
    expect(await result("imopenlines.bot.session.operator", { CHAT_ID: chat.id })).toBe(true);
    expect(portal.world.openSession(chat.id)).toMatchObject({ status: 5, operatorId: 0 });
    expect(chat.members.has(botId)).toBe(false);
    expect((await error("imopenlines.bot.session.operator", { CHAT_ID: chat.id })).code).toBe("WRONG_CHAT");
    expect((await error("imopenlines.bot.session.operator", {})).code).toBe("CHAT_ID_EMPTY");
  });

  test("transfer needs the bot's client id under a webhook, an application's token does without", async () => {
    const chat = withBot();
    const { error, result } = actAs(portal, anna);
    const params = { CHAT_ID: chat.id, USER_ID: 103, LEAVE: "Y" };
    const method = "imopenlines.bot.session.transfer";
    expect(await error(method, params)).toEqual({ status: 403, code: "ACCESS_DENIED" });
    expect((await error(method, { ...params, CLIENT_ID: "nobody" })).code).toBe("BOT_ID_ERROR");
    expect((await error(method, { CHAT_ID: chat.id, CLIENT_ID: botClientId })).code).toBe("TRANSFER_ID_EMPTY");
    expect(await result(method, { ...params, CLIENT_ID: botClientId })).toBe(true);
    expect(chat.ownerId).toBe(103);
    expect(chat.members.has(botId)).toBe(false);
    const { accessToken } = portal.issueTokens(anna);
    const other = withBot();
    const answer = await readAnswer(
      await fetch(`${portal.url}/rest/imopenlines.bot.session.finish?auth=${accessToken}&CHAT_ID=${other.id}`),
    );
    expect(answer.body.result).toBe(true);
    expect(portal.world.openSession(other.id)?.status ?? 60).toBeGreaterThanOrEqual(50);
  });

  test("message.send is always true, and sends only what there is to send", async () => {
    const chat = withBot();
    const { result } = actAs(portal, anna);
    const send = (params: object) => result("imopenlines.bot.session.message.send", { CHAT_ID: chat.id, ...params });
    const before = chat.messages.length;
    expect(await send({ NAME: "DEFAULT", MESSAGE: " " })).toBe(true);
    expect(await send({ CHAT_ID: 999_999, NAME: "DEFAULT", MESSAGE: "x" })).toBe(true);
    expect(chat.messages).toHaveLength(before);
    expect(await send({ NAME: "DEFAULT", MESSAGE: "I am a bot" })).toBe(true);
    expect(chat.messages.at(-1)).toMatchObject({ authorId: botId, text: "I am a bot" });
    expect(await send({ NAME: "WELCOME" })).toBe(true);
    expect(chat.messages).toHaveLength(before + 2);
  });
});

describe("network lines", () => {
  test("are joined by code: a number at first, afterwards a string", async () => {
    const { result, error } = actAs(portal, anna);
    const join = "imopenlines.network.join";
    expect((await error(join, { CODE: "short" })).code).toBe("CODE");
    expect((await error(join, { CODE: "f".repeat(32) })).code).toBe("NOT_FOUND");
    expect((await error(join, { CODE: networkCodes.inactive })).code).toBe("INACTIVE");
    const message = { CODE: networkCodes.active, USER_ID: 103, MESSAGE: "Hello" };
    const add = "imopenlines.network.message.add";
    expect((await error(add, message)).code).toBe("NOT_FOUND");
    const first = await result(join, { CODE: networkCodes.active });
    expect(first).toEqual(expect.any(Number));
    expect(await result(join, { CODE: networkCodes.active })).toBe(String(first));
    expect((await error(add, { ...message, USER_ID: 0 })).code).toBe("USER_ID_EMPTY");
    expect((await error(add, { ...message, MESSAGE: " " })).code).toBe("MESSAGE_EMPTY");
    expect((await error(add, { ...message, ATTACH: "x" })).code).toBe("ATTACH_ERROR");
    expect((await error(add, { ...message, ATTACH: { A: "x".repeat(31_000) } })).code).toBe("ATTACH_OVERSIZE");
    expect((await error(add, { ...message, KEYBOARD: { BUTTONS: [{ TEXT: "no link" }] } })).code).toBe(
      "KEYBOARD_ERROR",
    );
    expect(await result(add, message)).toBe(true);
    expect((await error(add, message)).code).toBe("USER_MESSAGE_LIMIT");
  });
});

describe("canned responses", () => {
  test("are saved from a message of an open dialog, once per text", async () => {
    const chat = chatWhere((one) => status(one) === 40);
    const { result, error } = actAs(portal, chat.ownerId);
    const save = (MESSAGE_ID: unknown) => ({ CHAT_ID: chat.id, MESSAGE_ID });
    const before = portal.world.quickAnswers.length;
    expect(await result("imopenlines.message.quick.save", save(chat.messages.at(-1)?.id))).toBe(true);
    expect(await result("imopenlines.message.quick.save", save(chat.messages.at(-1)?.id))).toBe(true);
    expect(portal.world.quickAnswers).toHaveLength(before + 1);
    expect((await error("imopenlines.message.quick.save", save(5))).code).toBe("CANT_SAVE_QUICK_ANSWER");
  });
});

describe("event handlers", () => {
  const handler = "https://gateway.example.com/bitrix24/events";
  const asApplication = (userId: number, scopes?: string[]) => {
    const { accessToken } = portal.issueTokens(userId, scopes);
    return async (method: string, params: Record<string, string> = {}) =>
      readAnswer(await fetch(`${portal.url}/rest/${method}?${new URLSearchParams({ auth: accessToken, ...params })}`));
  };

  test("are for applications only", async () => {
    for (const method of ["event.bind", "event.unbind", "event.get", "events"]) {
      expect(await actAs(portal, anna).error(method)).toEqual({ status: 403, code: "WRONG_AUTH_TYPE" });
    }
  });

  test("are bound once, listed and unbound with a count", async () => {
    const call = asApplication(supervisor);
    const event = { event: "OnSessionStart", handler };
    expect((await call("event.bind", event)).body.result).toBe(true);
    expect((await call("event.bind", event)).body).toEqual({
      error: "ERROR_CORE",
      error_description: "Unable to set event handler: Handler already binded",
    });
    expect((await call("event.get")).body.result).toEqual([
      { event: "ONSESSIONSTART", handler, auth_type: "0", offline: 0 },
    ]);
    expect((await call("event.unbind", event)).body.result).toEqual({ count: 1 });
    expect((await call("event.unbind", event)).body.result).toEqual({ count: 0 });
    expect(listAt((await call("events")).body, "result")).toContain("ONOPENLINEMESSAGEADD");
  });

  test("have the documented errors", async () => {
    const call = asApplication(supervisor);
    const code = async (params: Record<string, string>) => (await call("event.bind", params)).body.error;
    expect(await code({ handler })).toBe("ERROR_ARGUMENT");
    expect(await code({ event: "OnNothing", handler })).toBe("ERROR_EVENT_NOT_FOUND");
    expect(await code({ event: "OnSessionStart" })).toBe("ERROR_ARGUMENT");
    expect(await code({ event: "OnSessionStart", handler: "http://localhost/x" })).toBe("ERROR_WRONG_HANDLER_URL");
    expect(await code({ event: "OnSessionStart", handler: "ftp://a.example/x" })).toBe("ERROR_UNSUPPORTED_PROTOCOL");
    const narrow = asApplication(supervisor, ["im"]);
    expect((await narrow("event.bind", { event: "OnSessionStart", handler })).body.error).toBe("ERROR_EVENT_NOT_FOUND");
    const operator = asApplication(anna);
    const foreign = { event: "OnSessionStart", handler, auth_type: "1" };
    expect(await operator("event.bind", foreign)).toMatchObject({ status: 403, body: { error: "ACCESS_DENIED" } });
    const offline = { event: "OnSessionStart", event_type: "offline" };
    expect(await operator("event.bind", offline)).toMatchObject({ status: 403, body: { error: "ACCESS_DENIED" } });
    expect((await operator("event.bind", { event: "OnSessionFinish", handler })).body.result).toBe(true);
    expect((await operator("event.get")).body.result).toMatchObject([{ auth_type: "27" }]);
  });
});
