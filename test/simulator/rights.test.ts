import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { actAs, objectAt, post } from "./rest-client.ts";

let portal: RunningPortal;
const supervisor = 1;
/** Anna works on lines 22, 25 and 27 only. */
const anna = 27;

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise", size: 0.5 });
});
afterAll(() => portal.close());
afterEach(() => portal.world.rights.restore());

function chatOf(lineId: number, wanted: (chat: Chat) => boolean = () => true): Chat {
  const found = [...portal.world.chats.values()].find(
    (chat) => chat.data.lineId === lineId && chat.kind === "lines" && !chat.crm.saved && wanted(chat),
  );
  if (!found) throw new Error(`No such chat on line ${lineId}`);
  return found;
}

const code = async (userId: number, method: string, params: object) =>
  (await actAs(portal, userId).error(method, params)).code;

/** Every method with the common access check, by the code of its refusal. */
const guarded = [
  "imopenlines.operator.answer",
  "imopenlines.operator.skip",
  "imopenlines.operator.spam",
  "imopenlines.operator.finish",
  "imopenlines.operator.another.finish",
  "imopenlines.session.join",
  "imopenlines.session.start",
  "imopenlines.session.mode.pin",
  "imopenlines.session.mode.silent",
  "imopenlines.message.session.start",
  "imopenlines.message.quick.save",
  "imopenlines.crm.lead.create",
];

describe("the access check of dialogs", () => {
  test.each(guarded)(
    "%s tells a missing chat, an unknown one, a group chat and a foreign line apart",
    async (method) => {
      const missing = method === "imopenlines.session.mode.pin" ? "CHAT_ID_EMPTY" : "CHAT_ID";
      expect(await actAs(portal, anna).error(method, {})).toEqual({ status: 400, code: missing });
      expect(await code(anna, method, { CHAT_ID: 999_999 })).toBe("CHAT_ID");
      expect(await code(anna, method, { CHAT_ID: -5 })).toBe("CHAT_ID");
      expect(await code(anna, method, { CHAT_ID: 901 })).toBe("CHAT_TYPE");
      expect(await actAs(portal, anna).error(method, { CHAT_ID: chatOf(23).id })).toEqual({
        status: 400,
        code: "ACCESS_DENIED",
      });
    },
  );

  test("session.intercept and operator.transfer hide every reason behind OPERATOR_WRONG", async () => {
    const { id } = chatOf(23);
    for (const CHAT_ID of [id, 901, 999_999]) {
      expect(await code(anna, "imopenlines.session.intercept", { CHAT_ID })).toBe("OPERATOR_WRONG");
      expect(await code(anna, "imopenlines.operator.transfer", { CHAT_ID, USER_ID: 103 })).toBe("OPERATOR_WRONG");
    }
    expect(await code(anna, "imopenlines.session.intercept", {})).toBe("CHAT_ID_EMPTY");
  });

  test("names of parameters are folded for some methods and taken exactly by others", async () => {
    const chat = chatOf(22, (one) => portal.world.openSession(one.id)?.status === 0);
    expect((await actAs(portal, anna).call("imopenlines.dialog.get", { chat_id: chat.id })).status).toBe(200);
    expect(await code(anna, "imopenlines.session.join", { chat_id: chat.id })).toBe("CHAT_ID");
    expect((await actAs(portal, anna).call("imopenlines.operator.answer", { chat_id: chat.id })).status).toBe(200);
  });

  test("an array as an id is cast to 1, like PHP does", async () => {
    expect(await code(anna, "imopenlines.session.join", { CHAT_ID: [5, 6] })).toBe("CHAT_ID");
  });

  test("a right withdrawn is gone at once, and comes back", async () => {
    const closed = chatOf(22, (chat) => !portal.world.openSession(chat.id) && chat.messages.length > 0);
    const get = () => actAs(portal, anna).call("imopenlines.dialog.get", { CHAT_ID: closed.id });
    const history = () => actAs(portal, anna).call("imopenlines.session.history.get", { CHAT_ID: closed.id });
    expect((await get()).status).toBe(200);
    portal.world.rights.withdraw(anna, "JOIN", 22);
    expect(await get()).toMatchObject({ status: 400, body: { error: "ACCESS_ERROR" } });
    expect(objectAt((await history()).body, "result").canJoin).toBe("N");
    portal.world.rights.withdraw(anna, "HISTORY");
    expect(await history()).toMatchObject({ status: 400, body: { error: "ACCESS_DENIED" } });
    portal.world.rights.restore();
    expect((await get()).status).toBe(200);
  });

  test("CRM access to the dialog's item suffices", async () => {
    const chat = [...portal.world.chats.values()].find(
      (one) => one.crm.saved && ![22, 25, 27].includes(one.data.lineId) && !one.members.has(anna),
    );
    if (!chat) throw new Error("No chat with a CRM item");
    const params = { CHAT_ID: chat.id };
    expect(await code(anna, "imopenlines.dialog.get", params)).toBe("ACCESS_ERROR");
    portal.world.rights.grant(anna, "CRM");
    expect((await actAs(portal, anna).call("imopenlines.dialog.get", params)).status).toBe(200);
  });
});

describe("other refusals", () => {
  test("dialog.get has one code for everything", async () => {
    const { error } = actAs(portal, anna);
    const params = [
      {},
      { CHAT_ID: 999_999 },
      { DIALOG_ID: "27" },
      { SESSION_ID: 1 },
      { USER_CODE: "x|1|2|3" },
      { CHAT_ID: 901 },
      { CHAT_ID: 0, USER_CODE: chatOf(22).userCode },
    ];
    for (const one of params)
      expect(await error("imopenlines.dialog.get", one)).toEqual({ status: 400, code: "ACCESS_ERROR" });
    const prefixed = { USER_CODE: `imol|${chatOf(22).userCode}` };
    expect((await actAs(portal, anna).call("imopenlines.dialog.get", prefixed)).status).toBe(200);
    expect(await code(anna, "imopenlines.session.open", prefixed)).toBe("ACCESS_DENIED");
  });

  test("session.history.get tells missing, wrong and unknown sessions apart", async () => {
    const method = "imopenlines.session.history.get";
    expect(await code(anna, method, {})).toBe("MISSING_REQUIRED_PARAM");
    expect(await code(anna, method, { SESSION_ID: 0 })).toBe("INVALID_SESSION_ID");
    expect(await code(anna, method, { CHAT_ID: 901 })).toBe("INVALID_SESSION_ID");
    expect(await code(anna, method, { SESSION_ID: 999_999 })).toBe("ACCESS_DENIED");
  });

  test("only supervisors change lines, and false stands for everything else that fails", async () => {
    const update = { CONFIG_ID: 22, PARAMS: { LINE_NAME: "x" } };
    expect(await actAs(portal, anna).error("imopenlines.config.update", update)).toEqual({
      status: 403,
      code: "CONFIG_WRONG_USER_PERMISSION",
    });
    expect(await code(anna, "imopenlines.config.delete", { CONFIG_ID: 22 })).toBe("CONFIG_WRONG_USER_PERMISSION");
    expect(await actAs(portal, supervisor).result("imopenlines.config.update", { ...update, CONFIG_ID: 999 })).toBe(
      false,
    );
    expect(await actAs(portal, anna).result("imopenlines.config.get", { CONFIG_ID: 999 })).toBe(false);
    expect(await code(anna, "imopenlines.config.get", {})).toBe("CONFIG_ID_EMPTY");
    portal.world.rights.grant(anna, "LINES");
    expect(await actAs(portal, anna).result("imopenlines.config.update", { CONFIG_ID: 22, PARAMS: {} })).toBe(true);
  });

  test("localised texts follow the portal's language, codes do not", async () => {
    const german = await startPortal({ size: 0.05, language: "de" });
    try {
      const url = german.createWebhook(anna);
      const answer = await post(url, "imopenlines.operator.answer", {});
      expect(answer.body).toEqual({ error: "CHAT_ID", error_description: "Die Chat-ID ist ungültig." });
    } finally {
      await german.close();
    }
  });
});
