import { describe, expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import { decodeFrom, type LeftOut } from "../../src/datasources/bitrix24/decoding.ts";
import { attachmentBlocks } from "../../src/datasources/im/attachment-blocks.ts";
import { countersGet } from "../../src/datasources/im/counters.ts";
import { dialogMessagesGet } from "../../src/datasources/im/dialog-messages.ts";
import { recentList } from "../../src/datasources/im/recent.ts";
import { userListGet, userSearch } from "../../src/datasources/im/users.ts";
import { configGet } from "../../src/datasources/imopenlines/config/config-reads.ts";
import { dialogGet } from "../../src/datasources/imopenlines/dialog.ts";
import { sessionHistoryGet } from "../../src/datasources/imopenlines/history.ts";
import { documentedMethods } from "../contract/documented-portal.ts";
import { decoded } from "../kit/decoded.ts";
import { until } from "../kit/until.ts";

const user = { id: 31, name: "Ann", connector: false, extranet: false };
const message = { id: 7, chat_id: 5, author_id: 31, date: "2026-06-01T10:00:00+02:00", text: "Hello" };
const chat = { id: 5, name: "Chat", owner: 31, type: "lines", entity_type: "LINES", entity_id: "livechat|3|x|9" };

function page(changes: Record<string, unknown>) {
  const answer = { chat_id: 5, messages: [message], users: [user], files: [], ...changes };
  return decoded(dialogMessagesGet({ chatId: "5", limit: 20 }), answer);
}

function dialog(changes: Record<string, unknown>) {
  return decoded(dialogGet({ chatId: "5" }), { ...chat, ...changes });
}

function documentedHistory(changes: Record<string, unknown>) {
  const example = Object(documentedMethods.get("imopenlines.session.history.get")?.example.response.result);
  return decoded(sessionHistoryGet({ sessionId: "321" }), { ...example, ...changes });
}

describe("one odd detail costs itself and nothing more", () => {
  test.each([[[0]], [["0"]], [[""]], [["sales"]], ["sales"]])("departments %j", (departments) => {
    expect(decoded(userListGet(["31"]), [{ ...user, departments }])).toMatchObject([{ id: "31", departmentIds: [] }]);
    expect(decoded(userSearch({}), [{ ID: "31", UF_DEPARTMENT: departments }]).items[0]?.departmentIds).toEqual([]);
    const items = [{ id: "chat5", chat_id: 5, chat, user: { ...user, departments } }];
    const inbox = decoded(recentList({ limit: 1, offset: 0 }), { items });
    expect(inbox).toMatchObject({ items: [{ id: "5" }], users: [{ id: "31", name: "Ann" }] });
  });

  test("a good department beside an odd one stays", () => {
    const [found] = decoded(userListGet(["31"]), [{ ...user, departments: [0, 4, "", "9"] }]);
    expect(found?.departmentIds).toEqual(["4", "9"]);
  });

  test.each([
    [
      { id: 1, name: null, size: 10 },
      { name: "", size: 10 },
    ],
    [
      { id: 1, name: "a.png", size: 12.5 },
      { name: "a.png", size: 13 },
    ],
    [
      { id: 1, name: "a.png", size: "12.4" },
      { name: "a.png", size: 12 },
    ],
    [
      { id: 1, name: "a.png", size: 5_000_000_000, image: { width: 3_000_000_000, height: 2 } },
      { name: "a.png", size: 5_000_000_000, image: null },
    ],
    [
      { id: 1, name: "a.png", size: 1e21 },
      { name: "a.png", size: null },
    ],
    [
      { id: 1, name: "a.png", size: "much" },
      { name: "a.png", size: null },
    ],
  ])("a file %j", (file, expected) => {
    const { messages } = page({ messages: [{ ...message, params: { FILE_ID: [1] } }], files: [file] });
    expect(messages[0]?.files).toMatchObject([expected]);
  });

  test.each([[{ id: "upload123", name: "a.png" }], [false], [null], ["a.png"]])("a file %j is none", (file) => {
    const { messages } = page({ messages: [{ ...message, params: { FILE_ID: [1] } }], files: [file] });
    expect(messages).toMatchObject([{ id: "7", files: [] }]);
    expect(documentedHistory({ files: { "1": file } }).messages.length).toBeGreaterThan(0);
  });

  const rawBlocks = [{ MESSAGE: "Parcel 17" }];
  test.each([
    [JSON.stringify([{ ID: 1, BLOCKS: rawBlocks }]), [{ id: "1", rawBlocks }]],
    [JSON.stringify({ ID: 1, BLOCKS: rawBlocks }), [{ id: "1", rawBlocks }]],
    ["no JSON", []],
    [[null, { ID: 1, BLOCKS: rawBlocks }], [{ id: "1", rawBlocks }]],
    [[{ ID: 1, BLOCKS: [[], ...rawBlocks, null] }], [{ id: "1", rawBlocks }]],
    [[{ ID: {}, BLOCKS: "odd" }], [{ id: null, rawBlocks: [] }]],
    [17, []],
  ])("attachments %j", (ATTACH, expected) => {
    expect(page({ messages: [{ ...message, params: { ATTACH } }] }).messages).toMatchObject([
      { id: "7", text: "Hello", attachments: expected },
    ]);
  });

  test.each([
    ["Y|LEAD|abc|N|N|12|0|3|0|0", { crmEntity: null, sessionId: "12", lineId: "3" }],
    ["Y", { crmEntity: null, isSavedInCrm: true, sessionId: null }],
    ["n|NONE|0|y|n|12", { isSavedInCrm: false, isPinned: true, sessionId: "12", lineId: null }],
    ["Y|LEAD", { crmEntity: null, isSavedInCrm: true, sessionId: null }],
  ])("a CRM link in entity_data_1 %j", (entity_data_1, session) => {
    expect(dialog({ entity_data_1 })).toMatchObject({ id: "5", session });
  });

  test("a session that cannot be read is not told to be none", () => {
    expect(dialog({ entity_data_1: "N|NONE|0|N|N|soon|0|3|0|0" })).toMatchObject({ id: "5", session: null });
  });

  test("an owner who cannot be read is not told to be nobody", () => {
    expect(dialog({ owner: "Ann" }).operatorId).toBeUndefined();
  });

  test("times after the year 9999, which nobody could write", () => {
    expect(dialog({ entity_data_1: "N|NONE|0|N|N|12|253402300800|3|999999999999|0" }).session).toMatchObject({
      sessionId: "12",
      sessionStartedAt: null,
      blockedAt: null,
    });
  });

  test("counts of more than 32 bits", () => {
    expect(dialog({ counter: 3_000_000_000, user_counter: "3000000000", message_count: 2_147_483_647 })).toMatchObject({
      unreadCount: null,
      participantCount: null,
      messageCount: 2_147_483_647,
    });
  });

  test("numbers of an attachment", () => {
    const blocks = [
      { IMAGE: { LINK: "/a", WIDTH: 3e9, HEIGHT: "12" } },
      { FILE: { LINK: "/b", SIZE: 1e21 } },
      { FILE: { LINK: "/c", SIZE: 5e9 } },
    ];
    expect(attachmentBlocks(blocks, "https://portal.example.com")).toMatchObject([
      { pictures: [{ width: null, height: 12 }] },
      { files: [{ size: null }] },
      { files: [{ size: 5e9 }] },
    ]);
  });

  test("CRM bindings in entity_data_2", () => {
    expect(dialog({ entity_data_2: "LEAD|x|DEAL|7|CONTACT" }).crmBindings).toEqual([{ type: "DEAL", id: "7" }]);
  });

  test("lists of managers and of those who muted the chat", () => {
    expect(dialog({ manager_list: [0, 31], mute_list: [""] })).toMatchObject({ managerIds: ["31"], mutedUserIds: [] });
    expect(dialog({ mute_list: { "31": "maybe", "32": true } }).mutedUserIds).toEqual(["32"]);
  });

  test("a history's messages as a list", () => {
    const example = Object(documentedMethods.get("imopenlines.session.history.get")?.example.response.result);
    const listed = documentedHistory({ message: Object.values(example.message) });
    expect(listed.messages).toEqual(documentedHistory({}).messages);
  });

  test("a history's departments", () => {
    const userInGroup = { "0": { id: 0, users: [31] }, "4": { id: 4, users: ["", 31] } };
    expect(documentedHistory({ userInGroup, woUserInGroup: [0, "x", 31] })).toMatchObject({
      departments: [{ id: "4", userIds: ["31"] }],
      userIdsWithoutDepartment: ["31"],
    });
  });

  test.each([
    [{ "31": 1, "44": 0 }, ["31"]],
    [{ "31": "Y", "44": "N" }, ["31"]],
    [{ "1": 31, "3": "44" }, ["31", "44"]],
    [{ "2": 1, "3": 44 }, ["1", "44"]],
    [{ "31": true, "44": 1.5, "45": 7, "46": false }, ["31"]],
    [false, []],
    ["", []],
  ])("those who muted the chat as %j", (mute_list, expected) => {
    expect(dialog({ mute_list }).mutedUserIds).toEqual(expected);
  });

  test.each([null, false, "", [], " "])("packed fields that are %j say that there is nothing", (packed) => {
    const changes = { entity_data_1: packed, entity_data_2: packed, entity_data_3: packed };
    expect(dialog(changes)).toMatchObject({
      session: { sessionId: null, isPinned: false, isWaitingForAction: false },
      crmBindings: [],
      isSilent: false,
    });
  });

  test.each([
    1780308000,
    "1780308000",
    "2026-06-01 12:00:00+02:00",
    "2026-06-01T10:00:00.000Z",
    "2026-06-01T12:00:00+0200",
  ])("the time of a message as %j", (date) => {
    expect(page({ messages: [{ ...message, date }] }).messages).toMatchObject([{ sentAt: new Date(1780308000_000) }]);
  });

  test.each([12, "12", "tomorrow", "2026-06-01T12:00:00", 17803080001])("no time of a message as %j", (date) => {
    expect(
      page({
        messages: [
          { ...message, date },
          { ...message, id: 8 },
        ],
      }).messages.map(({ id }) => id),
    ).toEqual(["8"]);
  });

  test("the chat of a message that cannot be read is that of its page, and the other way round", () => {
    expect(page({ messages: [{ ...message, chat_id: "chat5" }] }).messages[0]?.chatId).toBe("5");
    expect(page({ messages: [{ ...message, chat_id: {} }] }).messages[0]?.chatId).toBe("5");
    for (const chat_id of ["chat5", null, false, "?"]) expect(page({ chat_id }).messages[0]?.chatId).toBe("5");
    expect(() => page({ chat_id: null, messages: [] })).toThrow(/expected/);
  });

  test("entries of an attachment as a map, or one without the list around it", () => {
    const blocks = {
      "1": { LINK: { "0": { NAME: "Lead", LINK: "/lead/" } } },
      "3": { GRID: { NAME: "Phone", VALUE: "1" } },
    };
    const { messages } = page({ messages: [{ ...message, params: { ATTACH: [{ ID: 1, BLOCKS: blocks }] } }] });
    const rawBlocks = messages[0]?.attachments[0]?.rawBlocks ?? [];
    expect(attachmentBlocks(rawBlocks, "https://portal.example.com")).toMatchObject([
      { kind: "links", links: [{ name: "Lead", url: "https://portal.example.com/lead/" }] },
      { kind: "grid", cells: [{ name: "Phone", value: "1" }] },
    ]);
    const single = page({ messages: [{ ...message, params: { ATTACH: [{ ID: 1, BLOCKS: { MESSAGE: "Parcel" } }] } }] });
    expect(single.messages[0]?.attachments[0]?.rawBlocks).toEqual([{ MESSAGE: "Parcel" }]);
  });

  test.each([[[""]], [""], [["", "ext-1", ""]], [{ "1": "", "3": "ext-1" }]])(
    "ids in the channel %j without blank ones",
    (ids) => {
      const { messages } = page({ messages: [{ ...message, params: { CONNECTOR_MID: ids } }] });
      expect(messages[0]?.externalIds).toEqual(JSON.stringify(ids).includes("ext-1") ? ["ext-1"] : []);
    },
  );

  test.each([[[]], [{}], [null], [false]])("an operator's standing identity that is %j", (DEFAULT_OPERATOR_DATA) => {
    const example = Object(documentedMethods.get("imopenlines.config.get")?.example.response.result);
    const line = decoded(configGet("22"), { ...example, DEFAULT_OPERATOR_DATA });
    expect(line?.operatorIdentity.default).toBeNull();
  });

  test.each([
    [{ entity_type: "lines" }, true],
    [{ entity_type: null }, true],
    [{ entity_type: "CRM" }, false],
    [{ entity_type: undefined, type: "chat" }, false],
    [{ entity_type: [], type: "lines" }, false],
  ])("a chat of open lines is told by %j", (changes, isListed) => {
    const items = [{ id: "chat5", chat: { ...chat, ...changes } }];
    expect(decoded(recentList({ limit: 1, offset: 0 }), { items }).items.length > 0).toBe(isListed);
  });

  test("flags of a preview in whichever spelling", () => {
    const preview = (file: unknown, attach: unknown) =>
      decoded(recentList({ limit: 1, offset: 0 }), { items: [{ id: "chat5", chat, message: { id: 1, file, attach } }] })
        .items[0]?.preview;
    expect(preview("Y", 0)).toMatchObject({ hasFile: true, hasAttachment: false });
    expect(preview({ name: "a.png" }, "1")).toMatchObject({ hasFile: true, hasAttachment: true });
    expect(preview("maybe", [])).toMatchObject({ hasFile: null, hasAttachment: false });
  });

  test("a history's chat in a list, and an author and a chat under keys with humps", () => {
    const example = Object(documentedMethods.get("imopenlines.session.history.get")?.example.response.result);
    expect(documentedHistory({ chat: Object.values(example.chat) }).chat).toEqual(documentedHistory({}).chat);
    const humps = Object.fromEntries(
      Object.entries<Record<string, unknown>>(example.message).map(([key, { senderid, chatid, ...rest }]) => [
        key,
        { ...rest, senderId: senderid, chatId: chatid },
      ]),
    );
    expect(documentedHistory({ message: humps }).messages).toEqual(documentedHistory({}).messages);
    expect(documentedHistory({ chatId: "?", userId: `chat${example.chatId}` }).chatId).toBe(String(example.chatId));
  });

  test("a counter", () => {
    const counters = decoded(countersGet(), { LINES: { "5": 2, "6": "many", x: 1 }, TYPE: { LINES: "2" } });
    expect([...counters.byChat]).toEqual([["5", 2]]);
  });

  test.each<[Call<unknown>, unknown]>([
    [dialogGet({ chatId: "5" }), { ...chat, id: null }],
    [dialogGet({ chatId: "5" }), "no chat"],
    [userListGet(["31"]), "no list"],
    [sessionHistoryGet({ sessionId: "1" }), { message: {} }],
  ])("but a record without its id, or another kind of answer, is none", (call, answer) => {
    expect(() => decoded(call, answer)).toThrow(/expected/);
  });
});

describe("what is left out", () => {
  test("is told with its method and where it stood, never what it was", async () => {
    const told: LeftOut[] = [];
    const source = { origin: "https://portal.example.com", leftOut: (parts: LeftOut) => told.push(parts) };
    const call = userListGet(["31"]);
    const users = [{ ...user, departments: ["secret", 4], idle: "secret" }, { name: "secret" }];
    const [first] = decodeFrom(source, call.method, () => call.decode(users));
    expect(told).toEqual([{ method: "im.user.list.get", count: 1, paths: ["[1].id"] }]);
    // Nobody asked for these until now; a second time there is nothing new to tell.
    for (let times = 0; times < 2; times += 1) {
      expect(first?.departmentIds).toEqual(["4"]);
      expect(first?.idleSince).toBeNull();
      await until(() => told.length > 1);
    }
    const paths = ["[0].departments[0]", "[0].idle"];
    expect(told.slice(1)).toEqual([{ method: "im.user.list.get", count: 2, paths }]);
    expect(JSON.stringify(told)).not.toContain("secret");
  });

  test("is told of what somebody asks for, since nothing else is decoded", async () => {
    const told: LeftOut[] = [];
    const source = { origin: "https://portal.example.com", leftOut: (parts: LeftOut) => told.push(parts) };
    const call = sessionHistoryGet({ sessionId: "321" });
    const params = { ATTACH: "no JSON", FILE_ID: [1, {}], CONNECTOR_MID: [{}] };
    const raw = { id: "7", chatid: "5", senderid: "31", date: "2026-06-01T10:00:00+02:00", text: "Hello", params };
    const answer = {
      sessionId: "321",
      chatId: "5",
      message: { "7": raw },
      files: { "1": { id: 1, name: "a.png", size: "much" }, "2": { id: "upload" } },
      users: { "31": { ...user, departments: ["sales"] } },
      woUserInGroup: ["x"],
    };
    const history = decodeFrom(source, call.method, () => call.decode(answer));
    const [found] = history.messages;
    expect(found).toMatchObject({ id: "7", authorId: "31", text: "Hello", sentAt: new Date("2026-06-01T08:00:00Z") });
    expect(history.users.get("31")?.name).toBe("Ann");
    expect(found?.files.map(({ name }) => name)).toEqual(["a.png"]);
    await until(() => told.length > 0);
    expect(told.flatMap(({ paths }) => paths)).toEqual(["files.2.id", "message.7.params.FILE_ID[1]"]);
    told.length = 0;
    expect(found?.attachments).toEqual([]);
    expect(found?.externalIds).toEqual([]);
    expect(found?.files[0]?.size).toBeNull();
    expect(history.users.get("31")?.departmentIds).toEqual([]);
    expect(history.userIdsWithoutDepartment).toEqual([]);
    await until(() => told.length > 0);
    expect(told).toEqual([
      {
        method: call.method,
        count: 5,
        paths: [
          "message.7.params.ATTACH",
          "message.7.params.CONNECTOR_MID[0]",
          "files.1.size",
          "users.31.departments[0]",
          "woUserInGroup[0]",
        ],
      },
    ]);
  });

  test("names the message of a history by its id, and no other key that a portal may have written", () => {
    const told: LeftOut[] = [];
    const source = { origin: "https://portal.example.com", leftOut: (parts: LeftOut) => told.push(parts) };
    const call = sessionHistoryGet({ sessionId: "301" });
    const broken = { chatid: "5", senderid: "x", date: "2026-01-15T10:30:00+02:00", text: "Good morning", params: [] };
    const messages = { "71": { ...broken, id: "71" }, "a word of a customer": { ...broken, id: "72" } };
    decodeFrom(source, call.method, () => call.decode({ chatId: 5, sessionId: 301, message: messages, users: [] }));
    expect(told.flatMap(({ paths }) => paths)).toEqual(["message.71.senderid", "message.senderid"]);
  });

  test("names the field, not only the record that it is of", () => {
    const told: LeftOut[] = [];
    const source = { origin: "https://portal.example.com", leftOut: (parts: LeftOut) => told.push(parts) };
    const call = dialogGet({ chatId: "5" });
    const odd = {
      avatar: [1],
      color: [1],
      extranet: "maybe",
      is_new: "maybe",
      background_id: [1],
      text_field_enabled: "maybe",
      public: { code: [1], link: "no address" },
      entity_link: { url: "no address" },
    };
    decodeFrom(source, call.method, () => call.decode({ ...chat, ...odd }));
    expect(told.flatMap(({ paths }) => paths).sort()).toEqual(
      [...Object.keys(odd).slice(0, 6), "public.code", "public.link", "entity_link.url"]
        .map((path) => `result.${path}`)
        .sort(),
    );
  });

  test("names a bounded number of places", () => {
    const told: LeftOut[] = [];
    const source = { origin: "https://portal.example.com", leftOut: (parts: LeftOut) => told.push(parts) };
    const call = userListGet(["31"]);
    decodeFrom(source, call.method, () => call.decode(Array.from({ length: 1_000 }, () => ({}))));
    expect(told[0]?.count).toBe(1_000);
    expect(told[0]?.paths).toHaveLength(10);
  });

  test("is not told for an answer that can be read", () => {
    const told: LeftOut[] = [];
    const source = { origin: "https://portal.example.com", leftOut: (parts: LeftOut) => told.push(parts) };
    const call = dialogMessagesGet({ chatId: "5", limit: 20 });
    decodeFrom(source, call.method, () => call.decode({ chat_id: 5, messages: [message], users: [user], files: [] }));
    expect(told).toEqual([]);
  });
});
