import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { actAs, isObject, listAt, objectAt } from "./rest-client.ts";

let portal: RunningPortal;

beforeAll(async () => {
  portal = await startPortal({ size: 0.3, plan: "on-premise" });
});
afterAll(() => portal.close());

describe("imopenlines.v2.Recent.list", () => {
  test("gives the caller's dialogs by group, and goes on behind a cursor", async () => {
    const me = actAs(portal, 107);
    const all = await me.result("imopenlines.v2.Recent.list", { limit: 200 });
    const sessions = listAt(all, "sessions").filter(isObject);
    const order = ["NEW", "WORK", "ANSWERED"];
    const ranks = sessions.map((session) => order.indexOf(String(session.status)));
    expect(new Set(ranks)).toEqual(new Set([0, 1, 2]));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    const recents = listAt(await me.result("im.recent.get", { ONLY_OPENLINES: "Y" }))
      .filter(isObject)
      .map((item) => item.chat_id);
    const open = recents.filter((chatId) => portal.world.openSession(Number(chatId)));
    expect(new Set(sessions.map((session) => session.chatId))).toEqual(new Set(open));
    const third = sessions[2];
    const rest = await me.result("imopenlines.v2.Recent.list", {
      cursor: { statusGroup: third?.status, sortPointer: third?.id },
      limit: 200,
    });
    expect(listAt(rest, "sessions")).toEqual(sessions.slice(3));
    expect(objectAt(await me.result("imopenlines.v2.Recent.list", { limit: 2 })).hasNextPage).toBe(true);
  });
});

describe("imopenlines.v2.QuickReply.list", () => {
  const method = "imopenlines.v2.QuickReply.list";

  test("gives a line's canned answers, searched and by section", async () => {
    const me = actAs(portal, 107);
    const all = await me.result(method, { lineId: 22 });
    expect(objectAt(all)).toMatchObject({ totalCount: 5, permissions: { canView: true } });
    const [, delivery] = listAt(all, "sections").filter(isObject);
    const inSection = listAt(await me.result(method, { lineId: 22, sectionId: delivery?.id }), "replies");
    expect(inSection).toMatchObject([{ sectionId: delivery?.id }, { sectionId: delivery?.id }]);
    const found = listAt(await me.result(method, { lineId: 22, search: "PARCEL" }), "replies");
    expect(found).toMatchObject([{ name: "Parcel number", canEdit: true }]);
    expect(objectAt(await me.result(method, { lineId: 22, limit: 2, offset: 4 }))).toMatchObject({ totalCount: 5 });
  });

  test("knows an answer saved from a message", async () => {
    const { quietChat } = portal;
    const chat = portal.world.chat(quietChat?.chatId ?? 0);
    const me = actAs(portal, quietChat?.operatorId ?? 0);
    await me.result("imopenlines.message.quick.save", { CHAT_ID: chat.id, MESSAGE_ID: chat.messages.at(-1)?.id });
    const all = await me.result(method, { lineId: chat.data.lineId });
    expect(objectAt(all).totalCount).toBe(6);
  });

  test("is empty without the right, and refuses an unknown line", async () => {
    portal.world.rights.withdraw(107, "QUICK_ANSWERS");
    expect(objectAt(await actAs(portal, 107).result(method, { lineId: 22 }))).toMatchObject({
      replies: [],
      totalCount: 0,
      permissions: { canView: false },
    });
    portal.world.rights.restore();
    expect(await actAs(portal, 107).error(method, { lineId: 999 })).toEqual({ status: 400, code: "INVALID_LINE_ID" });
    expect(await actAs(portal, 107).error(method)).toEqual({ status: 400, code: "100" });
  });
});
