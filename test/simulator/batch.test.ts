import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { actAs, objectAt, post, readAnswer, webhookOf } from "./rest-client.ts";

let portal: RunningPortal;
const operator = 27;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1, plan: "on-premise" });
});
afterAll(() => portal.close());
beforeEach(() => portal.resetStats());

async function batch(cmd: unknown, halt?: unknown) {
  const answer = await actAs(portal, operator).call("batch", { cmd, ...(halt === undefined ? {} : { halt }) });
  expect(answer.status).toBe(200);
  return objectAt(answer.body, "result");
}

function ownDialog() {
  const chat = [...portal.world.chats.values()].find((one) => one.kind === "lines" && one.ownerId === operator);
  if (!chat) throw new Error("The operator has no dialog");
  return chat;
}

describe("batch", () => {
  test("answers by command key, and what is empty is a list", async () => {
    expect(await batch({ first: "profile", second: "scope" })).toMatchObject({
      result: { first: { ID: "27" }, second: expect.any(Array) },
      result_error: [],
      result_total: [],
      result_next: [],
      result_time: { first: { processing: 0 }, second: { processing: 0 } },
    });
    expect(await batch({})).toEqual({
      result: [],
      result_error: [],
      result_total: [],
      result_next: [],
      result_time: [],
    });
  });

  test("answers a list for a list of commands, and a map as soon as one before the last failed", async () => {
    expect((await batch(["imopenlines.revision.get", "imopenlines.revision.get"])).result).toEqual([
      { rest: 2, web: 1, mobile: 1 },
      { rest: 2, web: 1, mobile: 1 },
    ]);
    const mixed = await batch(["no.such.method", "imopenlines.revision.get"]);
    expect(mixed.result).toEqual({ "1": { rest: 2, web: 1, mobile: 1 } });
    expect(mixed.result_error).toEqual([{ error: "ERROR_METHOD_NOT_FOUND", error_description: "Method not found!" }]);
    expect(Object.keys(objectAt(mixed, "result_time"))).toEqual(["1"]);
  });

  test("keeps false as a result, and total of list methods apart", async () => {
    const answer = await batch({ a: "imopenlines.config.get?CONFIG_ID=999999", b: "user.search?FILTER[FIND]=Anna" });
    expect(objectAt(answer, "result").a).toBe(false);
    expect(answer.result_total).toEqual({ b: 1 });
  });

  test("runs commands one after another and resolves references to earlier results", async () => {
    const chat = ownDialog();
    const answer = await batch({
      open: `imopenlines.session.open?USER_CODE=${encodeURIComponent(chat.userCode)}`,
      dialog: "imopenlines.dialog.get?CHAT_ID=$result[open][chatId]",
      history: "imopenlines.session.history.get?CHAT_ID=$result[dialog][id]",
      messages: "im.dialog.messages.get?DIALOG_ID=chat$result[open][chatId]&LIMIT=1",
      users: "im.user.list.get?ID=$result[dialog][manager_list]&RESULT_TYPE=array",
    });
    expect(answer.result_error).toEqual([]);
    expect(objectAt(answer, "result", "dialog").id).toBe(chat.id);
    expect(objectAt(answer, "result", "history").chatId).toBe(chat.id);
    expect(objectAt(answer, "result", "messages").chat_id).toBe(chat.id);
    expect(objectAt(answer, "result", "users", 0).id).toBe(operator);
  });

  test("a reference to a failed command becomes the deepest value found, not an error of its own", async () => {
    const answer = await batch({ a: "no.such", b: "imopenlines.operator.answer?CHAT_ID=$result[a][chatId]" });
    // The map of results is an empty list here, which PHP casts to 0: a missing chat id.
    expect(objectAt(answer, "result_error", "b").error).toBe("CHAT_ID");
  });

  test("halt stops at the first failure; N counts as on, 0 as off", async () => {
    const cmd = { a: "profile", b: "no.such", c: "profile" };
    for (const halt of [1, true, "1", "N"]) {
      const answer = await batch(cmd, halt);
      expect(Object.keys(objectAt(answer, "result"))).toEqual(["a"]);
      expect(Object.keys(objectAt(answer, "result_error"))).toEqual(["b"]);
    }
    for (const halt of [0, "0", false]) {
      expect(Object.keys(objectAt(await batch(cmd, halt), "result"))).toEqual(["a", "c"]);
    }
  });

  test("runs fifty commands and refuses each one beyond, and batch inside batch", async () => {
    const many = Object.fromEntries(Array.from({ length: 52 }, (_, index) => [`k${index}`, "profile"]));
    const answer = await batch(many);
    expect(Object.keys(objectAt(answer, "result"))).toHaveLength(50);
    expect(answer.result_error).toEqual({
      k50: { error: "ERROR_BATCH_LENGTH_EXCEEDED", error_description: "Max batch length exceeded" },
      k51: { error: "ERROR_BATCH_LENGTH_EXCEEDED", error_description: "Max batch length exceeded" },
    });
    expect(portal.stats().commands).toBe(50);
    const nested = await batch({ a: "batch?cmd[0]=profile" });
    expect(objectAt(nested, "result_error", "a").error).toBe("ERROR_BATCH_METHOD_NOT_ALLOWED");
  });

  test("decodes values once for JSON and twice for forms", async () => {
    const command = `im.user.get?ID=${encodeURIComponent("27")}&NOTE=${encodeURIComponent("a&b=c")}`;
    expect(objectAt(await batch({ a: command }), "result", "a").id).toBe(27);
    const chat = ownDialog();
    const value = `imopenlines.session.open?USER_CODE=${encodeURIComponent(chat.userCode)}`;
    const byForm = await readAnswer(
      await fetch(`${webhookOf(portal, operator)}batch`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `cmd[a]=${encodeURIComponent(value)}`,
      }),
    );
    expect(objectAt(byForm.body, "result", "result", "a").chatId).toBe(String(chat.id));
  });

  test("keeps blank errors blank, and line settings read in the same batch stale", async () => {
    const chat = ownDialog();
    const blank = await batch({ a: `imopenlines.operator.answer?CHAT_ID=${chat.id}` });
    expect(blank.result_error).toEqual({ a: { error: "", error_description: "" } });
    const supervisor = webhookOf(portal, 1);
    const lines = await post(supervisor, "batch", {
      cmd: {
        before: "imopenlines.config.get?CONFIG_ID=22&WITH_QUEUE=N",
        write: "imopenlines.config.update?CONFIG_ID=22&PARAMS[LINE_NAME]=Renamed",
        after: "imopenlines.config.get?CONFIG_ID=22&WITH_QUEUE=N",
      },
    });
    expect(objectAt(lines.body, "result", "result").write).toBe(true);
    const before = objectAt(lines.body, "result", "result", "before").LINE_NAME;
    expect(objectAt(lines.body, "result", "result", "after").LINE_NAME).toBe(before);
    const fresh = await actAs(portal, 1).result("imopenlines.config.get", { CONFIG_ID: 22 });
    expect(objectAt(fresh).LINE_NAME).toBe("Renamed");
  });

  test("lets a legacy exception of one command relabel the failure of another", async () => {
    const closed = [...portal.world.chats.values()].find(
      (chat) => chat.data.lineId === 22 && chat.messages.length > 0 && !portal.world.openSession(chat.id),
    );
    const dialog = ownDialog();
    const answer = await batch({
      skip: `imopenlines.operator.skip?CHAT_ID=${closed?.id}`,
      other: `imopenlines.operator.answer?CHAT_ID=${dialog.id}`,
    });
    expect(objectAt(answer, "result_error", "skip").error).toBe("ACCESS_DENIED_KICK");
    expect(objectAt(answer, "result_error", "other").error).toBe("ACCESS_DENIED_KICK");
    const alone = await actAs(portal, operator).error("imopenlines.operator.answer", { CHAT_ID: dialog.id });
    expect(alone).toEqual({ status: 400, code: "" });
  });
});
