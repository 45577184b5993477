import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { actAs, listAt, objectAt } from "./rest-client.ts";

let portal: RunningPortal;
const anna = 27;

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise", size: 0.5 });
});
afterAll(() => portal.close());

function ownDialog(wanted: (chat: Chat) => boolean = () => true): Chat {
  const found = [...portal.world.chats.values()].find(
    (chat) => chat.kind === "lines" && chat.ownerId === anna && chat.silent !== "Y" && wanted(chat),
  );
  if (!found) throw new Error("Anna has no such dialog");
  return found;
}

const dialogOf = (chat: Chat): string => `chat${chat.id}`;

describe("recent lists", () => {
  test("have the caller's dialogs and those offered to him, the latest first, page by page", async () => {
    const { result } = actAs(portal, anna);
    const seen: string[] = [];
    let hasMore = true;
    for (let OFFSET = 0; hasMore; OFFSET += 20) {
      const page = objectAt(await result("im.recent.list", { LIMIT: 20, OFFSET, SKIP_CHAT: "Y" }));
      const items = listAt(page, "items").map((item) => objectAt(item));
      expect(items.length).toBe(page.hasMore ? 20 : items.length);
      seen.push(...items.map((item) => String(item.id)));
      hasMore = page.hasMore === true;
    }
    const expected = [...portal.world.chats.values()]
      .filter((chat) => chat.kind === "lines" && chat.recents.has(anna))
      .sort((a, b) => b.lastActivityAt - a.lastActivityAt || b.id - a.id)
      .map(dialogOf);
    expect(seen).toEqual(expected);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("tell session and status of open-line chats, and total -1", async () => {
    const answer = await actAs(portal, anna).call("im.recent.list", { LIMIT: 200, SKIP_CHAT: "Y" });
    expect(answer.body.total).toBe(-1);
    for (const item of listAt(answer.body, "result", "items").map((one) => objectAt(one))) {
      const chat = portal.world.chat(Number(item.chat_id));
      const session = portal.world.openSession(chat.id);
      expect(item.lines).toMatchObject({ id: session?.id, status: session?.status });
      expect(objectAt(item, "chat").role).toMatch(/^(OWNER|MANAGER|MEMBER|GUEST)$/);
    }
  });

  test("filter open lines, groups, unread and undistributed dialogs", async () => {
    const { result } = actAs(portal, anna);
    const types = async (method: string, params: object) => {
      const found = await result(method, params);
      const items = Array.isArray(found) ? found : listAt(found, "items");
      return items.map((item) => objectAt(item));
    };
    const only = await types("im.recent.get", { ONLY_OPENLINES: "Y" });
    expect(only.every((item) => objectAt(item, "chat").type === "lines")).toBe(true);
    const skipped = await types("im.recent.list", { SKIP_OPENLINES: "Y" });
    expect(skipped.map((item) => item.chat_id).sort()).toEqual([901]);
    const unread = await types("im.recent.list", { UNREAD_ONLY: "Y", LIMIT: 200 });
    expect(unread.every((item) => Number(item.counter) > 0)).toBe(true);
    const mine = await types("im.recent.list", { SKIP_UNDISTRIBUTED_OPENLINES: "Y", SKIP_CHAT: "Y", LIMIT: 200 });
    expect(mine.every((item) => portal.world.chat(Number(item.chat_id)).members.has(anna))).toBe(true);
  });

  test("counters agree with the list, and reading resets one", async () => {
    const { result } = actAs(portal, anna);
    const chat = ownDialog((one) => one.messages.at(-1)?.authorId === one.customerId);
    const lines = async () => objectAt(await result("im.counters.get"), "LINES");
    expect((await lines())[chat.id]).toBeGreaterThan(0);
    expect(await result("im.dialog.read", { DIALOG_ID: dialogOf(chat) })).toEqual({
      dialogId: dialogOf(chat),
      chatId: chat.id,
      lastId: chat.messages.at(-1)?.id,
      counter: 0,
    });
    expect(await lines()).not.toHaveProperty(String(chat.id));
    expect(await result("im.dialog.read", { DIALOG_ID: "chat999999" })).toBe(false);
  });
});

describe("messages", () => {
  test("come newest first and page by LAST_ID and FIRST_ID without gaps", async () => {
    const chat = [...portal.world.chats.values()].find((one) => one.messages.length > 1000);
    if (!chat) throw new Error("No long history");
    const { result } = actAs(portal, chat.ownerId);
    const ids = async (params: object): Promise<number[]> => {
      const page = await result("im.dialog.messages.get", { DIALOG_ID: dialogOf(chat), ...params });
      return listAt(page, "messages").map((message) => Number(objectAt(message).id));
    };
    const all = chat.messages.map((message) => message.id);
    const newest = await ids({ LIMIT: 50 });
    expect(newest).toEqual(all.slice(-50).reverse());
    expect(await ids({ LIMIT: 50, LAST_ID: newest.at(-1) })).toEqual(all.slice(-100, -50).reverse());
    expect(await ids({ LIMIT: 5, FIRST_ID: 0 })).toEqual(all.slice(0, 5).reverse());
    expect(await ids({ LIMIT: 500 })).toHaveLength(50);
    expect(await ids({ LAST_ID: 12 })).toEqual([]);
  });

  test("carry authors and files, and parameters as a list when there are none", async () => {
    const chat = ownDialog((one) => one.messages.slice(-20).some((message) => message.params.FILE_ID !== undefined));
    const page = await actAs(portal, anna).result("im.dialog.messages.get", { DIALOG_ID: dialogOf(chat), LIMIT: 50 });
    const files = listAt(page, "files").map((file) => objectAt(file));
    expect(files[0]).toMatchObject({
      chatId: chat.id,
      status: "done",
      urlDownload: expect.stringContaining(portal.url),
    });
    const people = listAt(page, "users").map((user) => objectAt(user).id);
    const authors = listAt(page, "messages").map((message) => objectAt(message).author_id);
    expect(new Set(authors.filter((id) => id !== 0))).toEqual(new Set(people));
    const response = await fetch(String(files[0]?.urlDownload), { headers: { cookie: portal.logIn(anna) } });
    expect(response.status).toBe(200);
  });

  test("are for participants only", async () => {
    const foreign = [...portal.world.chats.values()].find((one) => one.kind === "lines" && !one.members.has(anna));
    const { error } = actAs(portal, anna);
    const params = { DIALOG_ID: `chat${foreign?.id}` };
    for (const method of ["im.dialog.messages.get", "im.dialog.get", "im.dialog.users.list", "im.dialog.writing"]) {
      expect(await error(method, params)).toEqual({ status: 403, code: "ACCESS_ERROR" });
      expect(await error(method, {})).toEqual({ status: 400, code: "DIALOG_ID_EMPTY" });
    }
    expect((await error("im.message.add", { ...params, MESSAGE: "x" })).code).toBe("ACCESS_ERROR");
    const own = { DIALOG_ID: dialogOf(ownDialog()) };
    expect((await error("im.dialog.messages.get", { ...own, LAST_ID: "x" })).code).toBe("LAST_ID_STRING");
    expect((await error("im.dialog.messages.get", { ...own, FIRST_ID: "x" })).code).toBe("FIRST_ID_STRING");
  });

  test("can be added, changed, liked and deleted by their author alone", async () => {
    const chat = ownDialog();
    const { result, error } = actAs(portal, anna);
    const id = Number(await result("im.message.add", { DIALOG_ID: dialogOf(chat), MESSAGE: "First" }));
    expect(portal.world.message(id)).toMatchObject({ authorId: anna, text: "First" });
    expect(await result("im.message.update", { MESSAGE_ID: id, MESSAGE: "Second" })).toBe(true);
    expect(portal.world.message(id)).toMatchObject({ text: "Second", params: { IS_EDITED: "Y" } });
    expect(await result("im.message.like", { MESSAGE_ID: id })).toBe(true);
    expect(portal.world.message(id).params.LIKE).toEqual([anna]);
    expect((await error("im.message.like", { MESSAGE_ID: id, ACTION: "plus" })).code).toBe("WITHOUT_CHANGES");
    expect(await result("im.message.like", { MESSAGE_ID: id, ACTION: "minus" })).toBe(true);
    expect((await actAs(portal, 103).error("im.message.update", { MESSAGE_ID: id, MESSAGE: "x" })).code).toBe(
      "CANT_EDIT_MESSAGE",
    );
    expect(await result("im.message.delete", { MESSAGE_ID: id })).toBe(true);
    expect(portal.world.message(id)).toMatchObject({ text: "", params: { IS_DELETED: "Y" } });
    expect((await error("im.message.delete", { MESSAGE_ID: 5 })).code).toBe("MESSAGE_ID_ERROR");
    expect((await error("im.message.add", { DIALOG_ID: dialogOf(chat) })).code).toBe("MESSAGE_EMPTY");
    expect((await error("im.message.add", { DIALOG_ID: "chat999999", MESSAGE: "x" })).code).toBe("CHAT_ID");
    const foreign = { DIALOG_ID: dialogOf(chat), MESSAGE: "x", REPLY_ID: portal.world.chat(901).messages[0]?.id };
    expect((await error("im.message.add", foreign)).code).toBe("REPLY_FROM_OTHER_CHAT_ERROR");
  });
});

describe("chats and people", () => {
  test("im.chat.get finds a chat by user code, im.chat.user.list its people", async () => {
    const chat = ownDialog();
    const { result } = actAs(portal, anna);
    expect(await result("im.chat.get", { ENTITY_TYPE: "LINES", ENTITY_ID: chat.userCode })).toEqual({ ID: chat.id });
    expect(await result("im.chat.user.list", { CHAT_ID: chat.id })).toEqual([...chat.members.keys()]);
    const customers = listAt(await result("im.dialog.users.list", { DIALOG_ID: dialogOf(chat) }));
    expect(customers.map((user) => objectAt(user).connector)).toContain(true);
    const staff = listAt(await result("im.dialog.users.list", { DIALOG_ID: dialogOf(chat), SKIP_EXTERNAL: "Y" }));
    expect(staff.map((user) => objectAt(user).connector)).not.toContain(true);
  });

  test("muting shows in the record as a list and in the recent list as a map", async () => {
    const chat = ownDialog();
    const { result } = actAs(portal, anna);
    await result("im.chat.mute", { CHAT_ID: chat.id });
    expect(objectAt(await result("im.dialog.get", { DIALOG_ID: dialogOf(chat) })).mute_list).toEqual([anna]);
    const items = listAt(await result("im.recent.list", { LIMIT: 200 }), "items").map((item) => objectAt(item));
    const item = items.find((one) => one.chat_id === chat.id);
    expect(objectAt(item, "chat").mute_list).toEqual({ [anna]: true });
    await result("im.chat.mute", { CHAT_ID: chat.id, MUTE: "N" });
    expect(objectAt(await result("im.dialog.get", { DIALOG_ID: dialogOf(chat) })).mute_list).toEqual([]);
  });

  test("an operator who leaves his dialog sends it back to the queue", async () => {
    const chat = ownDialog();
    expect(await actAs(portal, anna).result("im.chat.leave", { CHAT_ID: chat.id })).toBe(true);
    expect(portal.world.openSession(chat.id)).toMatchObject({ status: 5, operatorId: 0 });
    expect(chat.ownerId).toBe(0);
    expect((await actAs(portal, anna).error("im.chat.leave", { CHAT_ID: chat.id })).code).toBe("ACCESS_DENIED_KICK");
  });

  test("im.user.list.get reads many at once, leaves unknown ids out and refuses what is no list", async () => {
    const { result, error } = actAs(portal, anna);
    const customer = [...portal.world.users.values()].find((user) => user.kind === "customer" && user.id > 2 ** 31);
    const ID = [1, customer?.id, 999_999, 1];
    const list = listAt(await result("im.user.list.get", { ID, RESULT_TYPE: "array" })).map((user) => objectAt(user));
    expect(list.map((user) => [user.id, user.connector])).toEqual([
      [1, false],
      [customer?.id, true],
    ]);
    expect(Object.keys(objectAt(await result("im.user.list.get", { ID: JSON.stringify(ID) })))).toEqual([
      "1",
      String(customer?.id),
    ]);
    expect(await result("im.user.list.get", { ID: [999_999] })).toEqual([]);
    expect((await error("im.user.list.get", { ID: "x" })).code).toBe("INVALID_FORMAT");
    expect((await error("im.user.get", { ID: 999_999 })).code).toBe("USER_NOT_EXISTS");
    expect((await error("im.user.get", { ID: 0 })).code).toBe("ID_EMPTY");
  });

  test("user.search finds staff by beginnings of words, never customers, with paging values", async () => {
    const answer = await actAs(portal, anna).call("user.search", { FILTER: { FIND: "ann" } });
    expect(listAt(answer.body, "result").map((user) => objectAt(user).ID)).toEqual(["27"]);
    expect(answer.body.total).toBe(1);
    expect(objectAt(answer.body, "result", 0)).toMatchObject({ TIMESTAMP_X: {}, ACTIVE: true, USER_TYPE: "employee" });
    const all = await actAs(portal, anna).call("user.get", {});
    expect(listAt(all.body, "result")).toHaveLength(14);
    const active = await actAs(portal, anna).call("user.get", { FILTER: { ACTIVE: true } });
    expect(listAt(active.body, "result")).toHaveLength(13);
    expect(objectAt(await actAs(portal, anna).result("user.current")).ID).toBe("27");
  });
});
