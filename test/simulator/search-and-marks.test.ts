import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { actAs, isObject, listAt, objectAt, valueAt } from "./rest-client.ts";
import { seededChats } from "./seeded-chats.ts";

let portal: RunningPortal;
let chat: Chat;
let operatorId = 0;

beforeAll(async () => {
  portal = await startPortal({ size: 0.5, plan: "on-premise" });
  chat = seededChats(portal).where((_, session) => session?.status === 40 && !session.pause);
  operatorId = portal.world.session(chat.data.sessionId).operatorId;
});
afterAll(() => portal.close());

const me = () => actAs(portal, operatorId);
const dialog = () => `chat${chat.id}`;

describe("im.search.chat.list", () => {
  const found = async (params: object, userId = operatorId): Promise<Record<string, unknown>[]> =>
    listAt(await actAs(portal, userId).result("im.search.chat.list", params)).filter(isObject);

  test("finds dialogs of lines by beginnings of words, only those the caller may see", async () => {
    const [word = ""] = chat.title.split(" ");
    const rows = await found({ FIND_LINES: word.slice(0, 3).toUpperCase(), LIMIT: 50 });
    expect(rows.map((row) => row.id)).toContain(chat.id);
    expect(rows.every((row) => row.entity_type === "LINES" && row.type === "lines")).toBe(true);
    const stranger = portal.users.find(
      ({ id, lines }) => id !== 1 && !lines.includes(chat.data.lineId) && !chat.members.has(id),
    );
    const others = await found({ FIND_LINES: word, LIMIT: 50 }, stranger?.id);
    expect(others.map((row) => row.id)).not.toContain(chat.id);
  });

  test("pages with total and next", async () => {
    const { body } = await actAs(portal, 1).call("im.search.chat.list", { FIND_LINES: "online store", LIMIT: 5 });
    expect(listAt(body, "result")).toHaveLength(5);
    expect(body.next).toBe(5);
    const total = Number(body.total);
    expect(total).toBeGreaterThan(10);
    const rest = await actAs(portal, 1).call("im.search.chat.list", {
      FIND_LINES: "online store",
      LIMIT: 50,
      OFFSET: total - 3,
    });
    expect(listAt(rest.body, "result")).toHaveLength(3);
    expect(rest.body).not.toHaveProperty("next");
    expect(listAt(await actAs(portal, 1).result("im.search.chat.list", { FIND_LINES: "online" }))).toHaveLength(10);
  });

  test("with FIND only group chats, and short phrases are refused", async () => {
    expect((await found({ FIND: "shift" }, 1)).map((row) => row.title)).toEqual(["Night shift"]);
    expect(await found({ FIND: "Online" }, 1)).toEqual([]);
    expect((await me().error("im.search.chat.list", { FIND_LINES: "o" })).code).toBe("FIND_SHORT");
  });

  test("a portal of 2024 answers a map by id", async () => {
    const old = await startPortal({ size: 0.1, age: 2024 });
    try {
      const result = await actAs(old, 1).result("im.search.chat.list", { FIND_LINES: "online" });
      const [[key, row] = []] = Object.entries(objectAt(result));
      expect(String(valueAt(row, "id"))).toBe(key);
    } finally {
      await old.close();
    }
  });
});

describe("im.dialog.messages.search", () => {
  const method = "im.dialog.messages.search";

  test("finds texts of one dialog, newest first, and goes on behind an id", async () => {
    for (const text of ["zebra one", "Zebra two", "no match", "zebra three"])
      portal.world.customerWrites(chat.id, text);
    const result = await me().result(method, { CHAT_ID: chat.id, SEARCH_MESSAGE: "ZEBRA" });
    const messages = listAt(result, "messages").filter(isObject);
    expect(messages.map(({ text }) => text)).toEqual(["zebra three", "Zebra two", "zebra one"]);
    expect(messages[0]).toMatchObject({
      chat_id: chat.id,
      isSystem: false,
      unread: true,
      viewed: false,
      forward: null,
    });
    expect(listAt(result, "users")).toMatchObject([
      { id: chat.customerId, connector: true, firstName: expect.any(String) },
    ]);
    const rest = await me().result(method, {
      CHAT_ID: chat.id,
      SEARCH_MESSAGE: "zebra",
      LAST_ID: messages[0]?.id,
      LIMIT: 1,
    });
    expect(listAt(rest, "messages")).toMatchObject([{ text: "Zebra two" }]);
    const up = await me().result(method, { CHAT_ID: chat.id, SEARCH_MESSAGE: "zebra", ORDER: { ID: "ASC" }, LIMIT: 2 });
    expect(listAt(up, "messages")).toMatchObject([{ text: "zebra one" }, { text: "Zebra two" }]);
  });

  test("looks within a period, and shows who liked what", async () => {
    const { messages } = chat;
    const old = messages.find((message) => message.authorId === operatorId);
    const at = new Date(old?.createdAt ?? 0).toISOString();
    await me().result("im.message.like", { MESSAGE_ID: old?.id });
    const found = await me().result(method, { CHAT_ID: chat.id, DATE_FROM: at, DATE_TO: at });
    expect(listAt(found, "messages")).toContainEqual(expect.objectContaining({ id: old?.id }));
    expect(listAt(found, "reactions")).toMatchObject([
      { messageId: old?.id, reactionCounters: { like: 1 }, ownReactions: ["like"] },
    ]);
    expect(listAt(found, "usersShort")).toMatchObject([{ id: operatorId }]);
  });

  test("refuses who is no participant", async () => {
    const outsider = portal.users.find(({ id }) => !chat.members.has(id));
    expect(await actAs(portal, outsider?.id ?? 0).error(method, { CHAT_ID: chat.id })).toEqual({
      status: 403,
      code: "ACCESS_ERROR",
    });
    expect((await me().error(method)).code).toBe("CHAT_ID_EMPTY");
  });
});

describe("marks of the recent list", () => {
  const item = async (userId = operatorId): Promise<Record<string, unknown> | undefined> =>
    listAt(await actAs(portal, userId).result("im.recent.get", { ONLY_OPENLINES: "Y" }))
      .filter(isObject)
      .find((row) => row.id === dialog());

  test("a chat is pinned for its caller only, and unpinned", async () => {
    expect(await item()).toMatchObject({ pinned: false });
    expect(await me().result("im.recent.pin", { DIALOG_ID: dialog() })).toBe(true);
    expect(await item()).toMatchObject({ pinned: true });
    await me().result("im.recent.pin", { DIALOG_ID: dialog(), PIN: "N" });
    expect(await item()).toMatchObject({ pinned: false });
    expect((await me().error("im.recent.pin", { DIALOG_ID: "x" })).code).toBe("DIALOG_ID_EMPTY");
    const outsider = portal.users.find(({ id }) => !chat.recents.has(id) && !chat.members.has(id));
    expect((await actAs(portal, outsider?.id ?? 0).error("im.recent.pin", { DIALOG_ID: dialog() })).code).toBe(
      "ACCESS_ERROR",
    );
  });

  test("the unread mark changes no counter, and reading takes it away", async () => {
    await me().result("im.dialog.read", { DIALOG_ID: dialog() });
    expect(await me().result("im.recent.unread", { DIALOG_ID: dialog(), ACTION: "Y" })).toBe(true);
    expect(await item()).toMatchObject({ unread: true, counter: 0 });
    expect(valueAt(await me().result("im.counters.get"), "CHAT_UNREAD")).toEqual([chat.id]);
    await me().result("im.dialog.read", { DIALOG_ID: dialog() });
    expect(await item()).toMatchObject({ unread: false });
    await me().result("im.recent.unread", { DIALOG_ID: dialog() });
    await me().result("im.recent.unread", { DIALOG_ID: dialog(), ACTION: "N" });
    expect(await item()).toMatchObject({ unread: false });
    expect((await me().error("im.recent.unread")).code).toBe("DIALOG_ID_EMPTY");
  });

  test("messages become unread from one on", async () => {
    const theirs = chat.messages.filter(({ authorId }) => authorId === chat.customerId);
    const from = theirs.at(-2)?.id ?? 0;
    await me().result("im.dialog.read", { DIALOG_ID: dialog() });
    await me().result("im.dialog.unread", { DIALOG_ID: dialog(), MESSAGE_ID: from });
    const after = chat.messages.filter(({ id, authorId }) => id >= from && authorId !== operatorId);
    expect(await item()).toMatchObject({ counter: after.length });
    expect((await me().error("im.dialog.unread", { DIALOG_ID: dialog() })).code).toBe("MESSAGE_ID_ERROR");
  });
});

test("a reaction is told to the members who poll, with who made it", async () => {
  const colleague = actAs(portal, 1);
  await colleague.result("imopenlines.session.join", { CHAT_ID: chat.id });
  await colleague.result("im.v2.Event.subscribe");
  const message = chat.messages.findLast(({ authorId }) => authorId === chat.customerId);
  await me().result("im.message.like", { MESSAGE_ID: message?.id, ACTION: "plus" });
  await me().result("im.message.like", { MESSAGE_ID: message?.id, ACTION: "minus" });
  const result = await colleague.result("im.v2.Event.get");
  const data = {
    reaction: "like",
    user: { id: operatorId },
    message: { id: message?.id },
    chat: { id: chat.id },
    language: "en",
  };
  expect(listAt(result, "events")).toMatchObject([
    { type: "ONIMV2REACTIONCHANGE", data: { ...data, action: "add" } },
    { type: "ONIMV2REACTIONCHANGE", data: { ...data, action: "delete" } },
  ]);
});
