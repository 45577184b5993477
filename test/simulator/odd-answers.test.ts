import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { actAs, isObject, listAt, objectAt, valueAt } from "./rest-client.ts";

let portal: RunningPortal;
beforeAll(async () => {
  portal = await startPortal({ size: 0.1, plan: "on-premise" });
});
afterEach(() => portal.setFaults([]));
afterAll(() => portal.close());

async function order(faults: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${portal.url}/__faults`, { method: "POST", body: JSON.stringify(faults) });
  return { status: response.status, body: await response.json() };
}

const me = () => actAs(portal, 1);

describe("odd answers on demand", () => {
  test("a value anywhere in a method's answer is replaced, and nothing else changes", async () => {
    const plain = await me().result("im.user.get", { ID: 27 });
    await order([{ kind: "odd", method: "im.user.get", path: "result.departments", value: [0] }]);
    expect(await me().result("im.user.get", { ID: 27 })).toEqual({ ...objectAt(plain), departments: [0] });
    portal.setFaults([]);
    expect(await me().result("im.user.get", { ID: 27 })).toEqual(plain);
  });

  test.each([null, false, 0, -1, "", [], {}, "x", { a: 1 }])("the value may be %j", async (value) => {
    await order([
      { kind: "odd", method: "im.recent.list", path: ["result", "items", "0", "chat", "mute_list"], value },
    ]);
    const result = await me().result("im.recent.list", { LIMIT: 2 });
    expect(valueAt(result, "items", 0, "chat", "mute_list")).toEqual(value);
    expect(valueAt(result, "items", 1, "chat", "mute_list")).toEqual([]);
  });

  test("a star goes into every record, and a key is removed", async () => {
    await order([{ kind: "odd", method: "im.recent.get", path: "result.*.chat.name", remove: true }]);
    const items = listAt(await me().result("im.recent.get")).filter(isObject);
    expect(items.length).toBeGreaterThan(1);
    for (const item of items) {
      expect(item.chat).not.toHaveProperty("name");
      expect(item.chat).toHaveProperty("owner");
    }
  });

  test("an entry of a list is removed, and a key that was not there is put", async () => {
    const before = listAt(await me().result("im.recent.get")).filter(isObject);
    await order([
      { kind: "odd", method: "im.recent.get", path: "result.0", remove: true },
      { kind: "odd", method: "im.recent.get", path: "result.0.surprise", value: 1 },
    ]);
    const after = listAt(await me().result("im.recent.get")).filter(isObject);
    expect(after.map((item) => item.id)).toEqual(before.slice(1).map((item) => item.id));
    expect(after[0]?.surprise).toBe(1);
  });

  test("also inside a batch, in the command's own answer only, and around the result", async () => {
    await order([
      { kind: "odd", method: "profile", path: "result.ID", value: false },
      { kind: "odd", method: "user.get", path: "total", value: "many" },
      { kind: "odd", method: "scope", path: "time", remove: true },
    ]);
    const result = await me().result("batch", { cmd: { who: "profile", people: "user.get", scope: "scope" } });
    expect(valueAt(result, "result", "who", "ID")).toBe(false);
    expect(valueAt(result, "result", "people", 0, "ID")).toBe("1");
    expect(objectAt(result, "result_total")).toEqual({ people: "many" });
    expect(objectAt(result, "result_time")).not.toHaveProperty("scope");
    const { body } = await me().call("scope");
    expect(body).not.toHaveProperty("time");
  });

  test("the answer of the batch itself is changed only when it is named", async () => {
    await order([
      { kind: "odd", path: "result.result_total", value: "x", times: 1 },
      { kind: "odd", method: "batch", path: "result.result_next", remove: true },
    ]);
    const result = objectAt(await me().result("batch", { cmd: { scope: "scope" } }));
    expect(result).not.toHaveProperty("result_next");
    expect(result.result_total).toEqual([]);
  });

  test("so many times only, and a path that leads nowhere uses none up", async () => {
    await order([{ kind: "odd", path: "result.NAME", value: 7, times: 2 }]);
    await me().result("scope");
    const names: unknown[] = [];
    for (let call = 0; call < 3; call++) names.push(valueAt(await me().result("profile"), "NAME"));
    expect(names.slice(0, 2)).toEqual([7, 7]);
    expect(names[2]).toEqual(expect.any(String));
  });

  test("the world itself stays as it is", async () => {
    const { chatId = 0, operatorId = 0 } = portal.quietChat ?? {};
    const message = portal.world.chat(chatId).messages.findLast(({ authorId }) => authorId !== 0);
    await actAs(portal, operatorId).result("imopenlines.operator.answer", { CHAT_ID: chatId });
    await order([
      {
        kind: "odd",
        method: "im.dialog.messages.get",
        path: "result.messages.*.params.CONNECTOR_MID",
        value: "broken",
      },
    ]);
    await actAs(portal, operatorId).result("im.dialog.messages.get", { DIALOG_ID: `chat${chatId}` });
    expect(message?.params.CONNECTOR_MID).toEqual([expect.any(String)]);
  });

  test.each([
    [[{ kind: "odd", value: 1 }], "An odd fault needs `path`"],
    [[{ kind: "odd", path: "result..x", value: 1 }], "An odd fault needs `path`"],
    [[{ kind: "odd", path: "result.x" }], "An odd fault needs `value`, or `remove`: true"],
    [[{ kind: "odd", path: "result.x", value: 1, times: 0 }], "times must be a whole number above 0"],
    [[{ kind: "hang", times: 1.5 }], "times must be a whole number above 0"],
  ])("%j is refused with a sentence", async (faults, sentence) => {
    const refused = await order(faults);
    expect(refused.status).toBe(400);
    expect(valueAt(refused.body, "message")).toContain(sentence);
  });
});
