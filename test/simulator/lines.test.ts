import { describe, expect, it } from "vitest";
import { configAdd, configDelete, configGet, configUpdate } from "../../simulator/lines/line-config.ts";
import methods from "../fixtures/methods.json" with { type: "json" };
import { ACTIVE, add, listed, portal, read, refusal, stored } from "./line-portal.ts";

describe("a new line", () => {
  it("shows 94 keys, of which every plain one is a string", () => {
    const line = stored({});
    const notStrings = Object.entries(line).filter(([, value]) => typeof value !== "string");
    expect(Object.keys(line)).toHaveLength(94);
    expect(Object.fromEntries(notStrings)).toEqual({
      DATE_CREATE: {},
      DATE_MODIFY: {},
      XML_ID: null,
      WORKTIME_HOLIDAYS: [""],
      WORKTIME_DAYOFF: [""],
      DEFAULT_OPERATOR_DATA: [],
      KPI_FIRST_ANSWER_LIST: null,
      KPI_FURTHER_ANSWER_LIST: null,
      QUEUE: [],
      QUEUE_FULL: [],
      QUEUE_USERS_FIELDS: [],
    });
  });

  it("shows its keys in the order of the documented example", () => {
    const documented = methods.find((method) => method.name === "imopenlines.config.get")?.example.response.result;
    expect(Object.keys(stored({ QUEUE: [27] }))).toEqual(Object.keys(documented ?? {}));
  });

  it("gets the values a portal writes when nothing is sent", () => {
    expect(stored({})).toMatchObject({
      ID: "15",
      LINE_NAME: "Open Channel 1",
      ACTIVE: "Y",
      QUEUE_TYPE: "all",
      QUEUE_TIME: "60",
      TYPE_MAX_CHAT: "answered",
      CHECK_AVAILABLE: "N",
      WELCOME_BOT_TIME: "600",
      CLOSE_RULE: "text",
      NO_ANSWER_RULE: "none",
      WORKTIME_FROM: "9",
      WORKTIME_TO: "18.30",
      AUTO_CLOSE_TIME: "14400",
      FULL_CLOSE_TIME: "10",
      VOTE_BEFORE_FINISH: "Y",
      VOTE_CLOSING_DELAY: "N",
      TEMPORARY: "N",
      LANGUAGE_ID: "en",
      MODIFY_USER_ID: "27",
      QUEUE_ONLINE: "N",
    });
  });

  it("gets its texts in the portal's language", () => {
    const context = portal({ language: "de" });
    const line = read(context, add(context, { LINE_NAME: "Laden $1" }));
    expect(line.LANGUAGE_ID).toBe("de");
    expect(line.WELCOME_MESSAGE_TEXT).toContain("[b]Laden $1[/b]");
  });

  it("is not saved with a name of more than 255 characters, and keeps its generated name for an empty one", () => {
    const context = portal();
    expect(configAdd(context, { PARAMS: { LINE_NAME: "x".repeat(256) } })).toBe(false);
    expect(read(context, add(context, { LINE_NAME: "" })).LINE_NAME).toBe("Open Channel 1");
  });

  it("can be added without PARAMS, with PARAMS that are no array, and with unknown and null fields", () => {
    const context = portal();
    expect(configAdd(context, {})).toBe(15);
    expect(configAdd(context, { PARAMS: "LINE_NAME" })).toBe(16);
    expect(read(context, add(context, { NO_SUCH: 1, ACTIVE: null, line_name: "x" }))).toMatchObject({ ACTIVE: "Y" });
  });
});

describe("what the portal makes of written values", () => {
  it.each([
    ["a flag that is on unless N", { ACTIVE: false }, { ACTIVE: "Y" }],
    ["a flag that is on unless N, given N", { ACTIVE: "N" }, { ACTIVE: "N" }],
    ["a flag that is off unless Y", { CONFIRM_CLOSE: true }, { CONFIRM_CLOSE: "N" }],
    ["a flag that is off unless Y, given Y", { CONFIRM_CLOSE: "Y" }, { CONFIRM_CLOSE: "Y" }],
    ["an unknown queue type", { QUEUE_TYPE: "random" }, { QUEUE_TYPE: "all" }],
    ["an unknown kind of counted chats", { TYPE_MAX_CHAT: "open" }, { TYPE_MAX_CHAT: "answered_new" }],
    ["an unknown CRM item", { CRM_CREATE: "contact" }, { CRM_CREATE: "lead" }],
    ["an unknown close rule", { CLOSE_RULE: "form" }, { CLOSE_RULE: "none" }],
    ["a CRM form id", { CLOSE_FORM_ID: 7 }, { CLOSE_FORM_ID: "0" }],
    ["a priority above the bound", { SESSION_PRIORITY: 99_999 }, { SESSION_PRIORITY: "86400" }],
    ["a negative number of chats", { MAX_CHAT: -3 }, { MAX_CHAT: "0" }],
    ["a number with a tail", { QUEUE_TIME: "45 s" }, { QUEUE_TIME: "45" }],
    ["a long language", { LANGUAGE_ID: "de-DE" }, { LANGUAGE_ID: "de" }],
    ["hours with a colon", { WORKTIME_FROM: "09:00", WORKTIME_TO: "21" }, { WORKTIME_FROM: "9", WORKTIME_TO: "18.30" }],
    ["hours with a dot", { WORKTIME_FROM: "8", WORKTIME_TO: "21.15" }, { WORKTIME_FROM: "8", WORKTIME_TO: "21.15" }],
    ["only one of both hours", { WORKTIME_FROM: "8" }, { WORKTIME_FROM: "9", WORKTIME_TO: "18.30" }],
    [
      "an end before the start",
      { WORKTIME_FROM: "9.45", WORKTIME_TO: "8" },
      { WORKTIME_FROM: "9.45", WORKTIME_TO: "10.45" },
    ],
    [
      "a very late start",
      { WORKTIME_FROM: "23.50", WORKTIME_TO: "8" },
      { WORKTIME_FROM: "23.30", WORKTIME_TO: "23.59" },
    ],
    ["days off", { WORKTIME_DAYOFF: ["SA", "XX", "SU"] }, { WORKTIME_DAYOFF: ["SA", "SU"] }],
    ["days off that are no array", { WORKTIME_DAYOFF: "SA" }, { WORKTIME_DAYOFF: [""] }],
    ["holidays in one string", { WORKTIME_HOLIDAYS: "1.1,25.12" }, { WORKTIME_HOLIDAYS: ["1.1", "25.12"] }],
    ["holidays in a list", { WORKTIME_HOLIDAYS: ["01.05"] }, { WORKTIME_HOLIDAYS: ["01.05"] }],
    ["one bad holiday", { WORKTIME_HOLIDAYS: "1.1,35.12" }, { WORKTIME_HOLIDAYS: [""] }],
    [
      "HTML in a KPI text",
      { KPI_FIRST_ANSWER_TEXT: `<b>"a" & b` },
      { KPI_FIRST_ANSWER_TEXT: "&lt;b&gt;&quot;a&quot; &amp; b" },
    ],
    ["an operator's identity", { DEFAULT_OPERATOR_DATA: { NAME: "Ann" } }, { DEFAULT_OPERATOR_DATA: { NAME: "Ann" } }],
    ["people to alert", { KPI_FIRST_ANSWER_LIST: ["27"] }, { KPI_FIRST_ANSWER_LIST: ["27"] }],
    ["the read-only id", { ID: 4, XML_ID: "x" }, { ID: "15", XML_ID: null }],
  ])("%s", (_, sent, expected) => {
    expect(stored(sent)).toMatchObject(expected);
  });

  it("cuts the first rating texts to 100 characters after emoji have become tokens, and so may break one", () => {
    const line = stored({
      VOTE_MESSAGE_1_TEXT: `${"a".repeat(85)}😀😀`,
      VOTE_MESSAGE_1_LIKE: "b".repeat(150),
      VOTE_MESSAGE_2_TEXT: "c".repeat(150),
    });
    expect(line.VOTE_MESSAGE_1_TEXT).toBe(`${"a".repeat(85)}😀:f09f`);
    expect(line.VOTE_MESSAGE_1_LIKE).toHaveLength(100);
    expect(line.VOTE_MESSAGE_2_TEXT).toHaveLength(150);
  });

  it("forgets the bot and the category on every write that does not switch them on", () => {
    const context = portal();
    const bot = { WELCOME_BOT_ENABLE: "Y", WELCOME_BOT_ID: 597, WELCOME_BOT_TIME: 180, WELCOME_BOT_LEFT: "close" };
    const id = add(context, { ...bot, CATEGORY_ENABLE: "Y", CATEGORY_ID: 4 });
    const before = { WELCOME_BOT_ID: "597", WELCOME_BOT_TIME: "180", WELCOME_BOT_LEFT: "close", CATEGORY_ID: "4" };
    expect(read(context, id)).toMatchObject(before);
    configUpdate(context, { CONFIG_ID: id, PARAMS: { WELCOME_BOT_ENABLE: "Y", CATEGORY_ENABLE: "Y", QUEUE_TIME: 5 } });
    expect(read(context, id)).toMatchObject(before);
    configUpdate(context, { CONFIG_ID: id, PARAMS: { QUEUE_TIME: 6 } });
    expect(read(context, id)).toMatchObject({
      WELCOME_BOT_ENABLE: "Y",
      WELCOME_BOT_ID: "0",
      WELCOME_BOT_TIME: "600",
      WELCOME_BOT_LEFT: "queue",
      CATEGORY_ENABLE: "Y",
      CATEGORY_ID: "0",
    });
  });

  it("switches off what the tariff forbids", () => {
    const context = portal({ tariff: { queueToAll: false, workingHours: false, customerRating: false } });
    const line = read(context, add(context, { WORKTIME_ENABLE: "Y", VOTE_MESSAGE: "Y" }));
    expect(line).toMatchObject({ QUEUE_TYPE: "evenly", WORKTIME_ENABLE: "N", VOTE_MESSAGE: "N" });
  });
});

describe("the queue", () => {
  const objects = [
    { ENTITY_TYPE: "department", ENTITY_ID: "10" },
    { ENTITY_TYPE: "user", ENTITY_ID: 27 },
  ];

  it("may be plain ids when a line is added, and drops whoever is no active user", () => {
    const line = stored({ QUEUE: [27, "103", 999, "x", { ENTITY_TYPE: "team", ENTITY_ID: 1 }] });
    expect(line.QUEUE).toEqual(["27", "103"]);
  });

  it("shows a department as its users, with the department's id", () => {
    const line = stored({ QUEUE: objects, QUEUE_USERS_FIELDS: { "27": { USER_NAME: "Ann", USER_AVATAR_ID: 5 } } });
    const nobody = { USER_NAME: null, USER_WORK_POSITION: null, USER_AVATAR: null, USER_AVATAR_ID: "0" };
    const ann = { USER_NAME: "Ann", USER_WORK_POSITION: null, USER_AVATAR: null, USER_AVATAR_ID: "5" };
    expect(line.QUEUE).toEqual(["103", "301", "27"]);
    expect(line.QUEUE_FULL).toEqual({
      "103": { ID: "1", SORT: "0", USER_ID: "103", DEPARTMENT_ID: "10", ...nobody },
      "301": { ID: "2", SORT: "1", USER_ID: "301", DEPARTMENT_ID: "10", ...nobody },
      "27": { ID: "3", SORT: "2", USER_ID: "27", DEPARTMENT_ID: "0", ...ann },
    });
    expect(line.QUEUE_USERS_FIELDS).toEqual({ "103": nobody, "301": nobody, "27": ann });
    expect(line.QUEUE_ONLINE).toBe("Y");
  });

  it.each([
    ["plain ids", [27, 103]],
    ["an unknown type", [{ ENTITY_TYPE: "team", ENTITY_ID: 1 }]],
    ["an id that is no positive number", [objects[1], { ENTITY_TYPE: "user", ENTITY_ID: "-4" }]],
    ["nobody", []],
    ["only inactive users", [{ ENTITY_TYPE: "user", ENTITY_ID: 999 }]],
    ["only an empty department", [{ ENTITY_TYPE: "department", ENTITY_ID: 11 }]],
    ["no array", "27"],
  ])("refuses a change to %s as a whole", (_, queue) => {
    const context = portal();
    const id = add(context, { QUEUE: [103], QUEUE_TIME: 7 });
    expect(configUpdate(context, { CONFIG_ID: id, PARAMS: { QUEUE: queue, QUEUE_TIME: 8 } })).toBe(false);
    expect(read(context, id)).toMatchObject({ QUEUE: ["103"], QUEUE_TIME: "7" });
  });

  it("is replaced by a change of objects, and who stays keeps his queue row and what customers see of him", () => {
    const context = portal();
    const id = add(context, { QUEUE: [27, 103], QUEUE_USERS_FIELDS: { 103: { USER_NAME: "Bob" } } });
    expect(configUpdate(context, { CONFIG_ID: id, PARAMS: { QUEUE: objects } })).toBe(true);
    const line = read(context, id);
    expect(line.QUEUE).toEqual(["103", "301", "27"]);
    expect(line.QUEUE_FULL).toMatchObject({
      "103": { ID: "2", USER_NAME: "Bob", DEPARTMENT_ID: "10" },
      "27": { ID: "1" },
    });
  });

  it("shows only active operators, on demand only those online, and nothing when it was not asked for", () => {
    const active = [...ACTIVE];
    const context = portal();
    const users = { ...context.users, isActive: (id: number) => active.includes(id) };
    const live = { ...context, users };
    const id = add(live, { QUEUE: [27, 103, 205] });
    active.splice(active.indexOf(205), 1);
    expect(read(live, id).QUEUE).toEqual(["27", "103"]);
    expect(read(live, id, { SHOW_OFFLINE: "N" })).toMatchObject({ QUEUE: ["27"], QUEUE_ONLINE: "Y" });
    const without = read(live, id, { WITH_QUEUE: true });
    expect(without.QUEUE_ONLINE).toBe("N");
    expect(without).not.toHaveProperty("QUEUE");
    const [row] = listed(live, { select: ["ID"] }, { QUEUE: "Y", CONFIG_QUEUE: "Y" });
    expect(row).toEqual({
      ID: "15",
      QUEUE: [27, 103, 205],
      QUEUE_USERS_FIELDS: expect.objectContaining({ "205": expect.objectContaining({ USER_AVATAR_ID: null }) }),
      CONFIG_QUEUE: [27, 103, 205].map((user) => ({ ENTITY_ID: String(user), ENTITY_TYPE: "user" })),
    });
  });
});

describe("reading, changing and deleting one line", () => {
  it("answers false for an unknown line and an error for no id", () => {
    const context = portal();
    expect(configGet(context, { CONFIG_ID: 99 })).toBe(false);
    expect(configUpdate(context, { CONFIG_ID: 99, PARAMS: {} })).toBe(false);
    expect(configDelete(context, { CONFIG_ID: 99 })).toBe(false);
    const empty = { code: "CONFIG_ID_EMPTY", status: 400, description: "Config ID can't be empty" };
    for (const method of [configGet, configUpdate, configDelete]) {
      for (const params of [{}, { CONFIG_ID: 0 }, { CONFIG_ID: "-1" }, { config_id: 15 }, undefined]) {
        expect(refusal(() => method(context, params))).toEqual(empty);
      }
    }
  });

  it("refuses changes without the right, but allows them on lines of one's own queue", () => {
    const context = portal();
    const own = add(context, { QUEUE: [103] });
    const other = add(context, { QUEUE: [27] });
    const limited = { ...context, rights: { userId: 103, allowedUsers: () => [103] } };
    const denied = { code: "CONFIG_WRONG_USER_PERMISSION", status: 403, description: "Permission denied" };
    expect(configUpdate(limited, { CONFIG_ID: own, PARAMS: { LINE_NAME: "Mine" } })).toBe(true);
    for (const id of [other, 99]) {
      expect(refusal(() => configUpdate(limited, { CONFIG_ID: id }))).toEqual(denied);
      expect(refusal(() => configDelete(limited, { CONFIG_ID: id }))).toEqual(denied);
    }
    expect(read(limited, own)).toMatchObject({ LINE_NAME: "Mine", MODIFY_USER_ID: "103" });
  });

  it("may be changed by who changed it last, whatever his rights", () => {
    const context = portal();
    const id = add(context);
    const nobody = { ...context, rights: { userId: 27, allowedUsers: () => [] } };
    expect(configUpdate(nobody, { CONFIG_ID: id, PARAMS: { LINE_NAME: "Mine" } })).toBe(true);
    const another = { ...nobody, rights: { userId: 103, allowedUsers: () => [] } };
    expect(refusal(() => configDelete(another, { CONFIG_ID: id }))).toMatchObject({ status: 403 });
  });

  it("is stale after a write in the same request, and fresh in the next", () => {
    const context = portal();
    const id = add(context, { LINE_NAME: "Before" });
    configGet(context, { CONFIG_ID: id });
    configUpdate(context, { CONFIG_ID: id, PARAMS: { LINE_NAME: "After" } });
    expect(configGet(context, { CONFIG_ID: String(id) })).toMatchObject({ LINE_NAME: "Before" });
    expect(read(context, id).LINE_NAME).toBe("After");
  });

  it("is gone after its deletion, and its id is not given again", () => {
    const context = portal();
    const id = add(context);
    expect(configDelete(context, { CONFIG_ID: id })).toBe(true);
    expect(configGet(context, { CONFIG_ID: id })).toBe(false);
    expect(add(context)).toBe(id + 1);
  });
});
