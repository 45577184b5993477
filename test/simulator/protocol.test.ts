import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { actAs, listAt, objectAt, post, readAnswer, webhookOf } from "./rest-client.ts";

let portal: RunningPortal;
const operator = 27;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1, plan: "enterprise" });
});
afterAll(() => portal.close());

describe("a call of the simulated portal", () => {
  test("is answered under a webhook by GET and by POST, with and without .json, whatever the case of the name", async () => {
    const url = webhookOf(portal, operator);
    for (const name of ["profile", "profile.json", "PROFILE", "Profile.json"]) {
      expect(objectAt((await readAnswer(await fetch(url + name))).body, "result").ID).toBe("27");
      expect(objectAt((await post(url, name)).body, "result").ID).toBe("27");
    }
  });

  test("reads nested parameters from PHP brackets in forms and in the address", async () => {
    const url = webhookOf(portal, operator);
    const form =
      "PARAMS[select][]=ID&PARAMS[select][]=LINE_NAME&PARAMS[filter][LINE_NAME]=Appointments&PARAMS[limit]=5";
    const byForm = await readAnswer(
      await fetch(`${url}imopenlines.config.list.get`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form,
      }),
    );
    const byQuery = await readAnswer(await fetch(`${url}imopenlines.config.list.get?${form}`));
    expect(listAt(byForm.body, "result")).toEqual([{ ID: "27", LINE_NAME: "Appointments" }]);
    expect(byQuery.body.result).toEqual(byForm.body.result);
  });

  test("reads a multipart form", async () => {
    const body = new FormData();
    body.append("ID[]", "27");
    body.append("RESULT_TYPE", "array");
    const url = `${webhookOf(portal, operator)}im.user.list.get`;
    const answer = await readAnswer(await fetch(url, { method: "POST", body }));
    expect(objectAt(answer.body, "result", 0).id).toBe(27);
  });

  test("lets a JSON body override the address, and swallows malformed JSON", async () => {
    const url = webhookOf(portal, operator);
    const send = async (body: string) =>
      readAnswer(
        await fetch(`${url}im.user.get?ID=1`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        }),
      );
    expect(objectAt((await send('{"ID":27}')).body, "result").id).toBe(27);
    expect(objectAt((await send('{"ID":')).body, "result").id).toBe(1);
  });

  test("has time with the operating pair on success and never on errors", async () => {
    const good = await actAs(portal, operator).call("profile");
    expect(Object.keys(objectAt(good.body, "time"))).toEqual([
      "start",
      "finish",
      "duration",
      "processing",
      "date_start",
      "date_finish",
      "operating_reset_at",
      "operating",
    ]);
    expect(objectAt(good.body, "time").date_start).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+01:00$/);
    const bad = await actAs(portal, operator).call("imopenlines.operator.answer", {});
    expect(Object.keys(bad.body)).toEqual(["error", "error_description"]);
  });

  test("escapes strings the way PHP does, and still means the same", async () => {
    const chat = [...portal.world.chats.values()].find((one) => one.members.has(operator) && one.kind === "lines");
    if (!chat) throw new Error("The operator has no chat");
    const text = `<b>"Tom & 'Ann'"</b> 日本 \\" 😀 a/b`;
    const id = await actAs(portal, operator).result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: text });
    const answer = await actAs(portal, operator).call("im.dialog.messages.get", {
      DIALOG_ID: `chat${chat.id}`,
      LIMIT: 1,
    });
    expect(objectAt(answer.body, "result", "messages", 0)).toMatchObject({ id, text });
    expect(answer.text).toContain(
      String.raw`\u003Cb\u003E\u0022Tom \u0026 \u0027Ann\u0027\u0022\u003C\/b\u003E \u65E5\u672C`,
    );
    expect(answer.text).not.toMatch(/[<>&'\u0080-\uffff]/);
  });

  test("answers an unknown method, a path that is none, and an unknown secret", async () => {
    const url = webhookOf(portal, operator);
    expect(await post(url, "imopenlines.no.such")).toMatchObject({
      status: 404,
      body: { error: "ERROR_METHOD_NOT_FOUND", error_description: "Method not found!" },
    });
    expect((await fetch(`${portal.url}/nothing/here`)).status).toBe(404);
    expect(await post(`${portal.url}/rest/27/0123456789abcdef/`, "profile")).toMatchObject({
      status: 401,
      body: { error: "NO_AUTH_FOUND" },
    });
    const otherUser = url.replace("/rest/27/", "/rest/103/");
    expect((await post(otherUser, "profile")).body.error).toBe("NO_AUTH_FOUND");
  });

  test("refuses a scope that was not granted, plainly and per command of a batch", async () => {
    const narrow = portal.createWebhook(operator, ["im"]);
    expect(await post(narrow, "imopenlines.revision.get")).toMatchObject({
      status: 401,
      body: { error: "insufficient_scope" },
    });
    const batch = await post(narrow, "batch", { cmd: { a: "imopenlines.revision.get", b: "profile" } });
    expect(objectAt(batch.body, "result", "result_error", "a").error).toBe("insufficient_scope");
    expect(objectAt(batch.body, "result", "result", "b").ID).toBe("27");
    expect((await post(narrow, "scope")).body.result).toEqual(["im"]);
  });
});

describe("methods about the interface", () => {
  test("method.get and methods tell what exists and what the credential may call", async () => {
    const narrow = portal.createWebhook(operator, ["im"]);
    const get = async (name: string) => (await post(narrow, "method.get", { name })).body.result;
    expect(await get("im.recent.list")).toEqual({ isExisting: true, isAvailable: true });
    expect(await get("imopenlines.operator.answer")).toEqual({ isExisting: true, isAvailable: false });
    expect(await get("crm.lead.list")).toEqual({ isExisting: false, isAvailable: false });
    const names = listAt((await post(narrow, "methods")).body, "result");
    expect(names).toContain("im.recent.list");
    expect(names).not.toContain("imopenlines.operator.answer");
  });

  test("app.info wants an application", async () => {
    expect(await actAs(portal, operator).error("app.info")).toEqual({ status: 403, code: "ACCESS_DENIED" });
    const { accessToken } = portal.issueTokens(operator);
    const answer = await readAnswer(await fetch(`${portal.url}/rest/app.info?auth=${accessToken}`));
    expect(objectAt(answer.body, "result")).toMatchObject({ INSTALLED: true, CODE: portal.application.clientId });
  });
});
