import { describe, expect, test } from "vitest";
import type { LineRecord } from "../../src/datasources/domain/line.ts";
import {
  configGet,
  configListGet,
  configPathGet,
  configToChangeGet,
  revisionGet,
} from "../../src/datasources/imopenlines/config/config-reads.ts";
import { configAdd, configDelete, configUpdate } from "../../src/datasources/imopenlines/config/config-writes.ts";
import { decoded } from "../kit/decoded.ts";
import { documentedMethods, startReplay } from "./documented-portal.ts";

function documented(name: string) {
  const method = documentedMethods.get(name);
  if (method === undefined) throw new Error(`${name} is not documented`);
  return method.example;
}

/** The record with all its groups: they are decoded when they are read. */
function whole(line: LineRecord | null | undefined): LineRecord {
  if (line === null || line === undefined) throw new Error("no line");
  return {
    id: line.id,
    source: line.source,
    name: line.name,
    isActive: line.isActive,
    isTemporary: line.isTemporary,
    languageCode: line.languageCode,
    externalId: line.externalId,
    modifiedById: line.modifiedById,
    quickReplyStoreId: line.quickReplyStoreId,
    showsTyping: line.showsTyping,
    queue: line.queue,
    crm: line.crm,
    welcome: line.welcome,
    bot: line.bot,
    workTime: line.workTime,
    noAnswer: line.noAnswer,
    closing: line.closing,
    customerRating: line.customerRating,
    kpi: line.kpi,
    forms: line.forms,
    limits: line.limits,
    agreement: line.agreement,
    category: line.category,
    operatorIdentity: line.operatorIdentity,
  };
}

const noDisplay = { displayName: null, displayPosition: null, displayAvatarUrl: null, displayAvatarId: null };
const thanks = "Thank you for your feedback!";
const regret = "We are sorry we couldn't assist you, we will strive to improve.";

const documentedLine: LineRecord = {
  id: "22",
  source: "full",
  name: "Bitrix24 Documentation",
  isActive: true,
  isTemporary: false,
  languageCode: "de",
  externalId: null,
  modifiedById: "27",
  quickReplyStoreId: "181",
  showsTyping: false,
  queue: {
    lineId: "22",
    type: "EVENLY",
    redirectAfterSeconds: 60,
    checksAvailability: true,
    notifiesWhenEmpty: false,
    showsRedirectNotice: null,
    isOnline: true,
    members: [
      { userId: "27", entryId: "245", position: 0, departmentId: null, ...noDisplay },
      { userId: "103", entryId: "251", position: 1, departmentId: null, ...noDisplay },
    ],
  },
  crm: {
    isEnabled: false,
    createMode: "LEAD",
    createModeCode: "lead",
    dealCategory: "0",
    createsThirdItem: true,
    forwardsToResponsible: true,
    tracksChatText: false,
    changesResponsibleOnTransfer: true,
    source: "create",
  },
  welcome: {
    isEnabled: false,
    text: "Welcome to the open line [b]«Bitrix24 Documentation»[/b][br]The first available operator will respond to you.",
    isInEverySession: true,
  },
  bot: { isEnabled: true, userId: "597", joins: "EVERY_DIALOG", handOverAfterSeconds: 180, leaves: "ON_CLOSE" },
  workTime: {
    isEnabled: true,
    from: "00:00",
    to: "23:59",
    timeZone: "Europe/Berlin",
    daysOff: [],
    holidays: [],
    outsideReply: {
      rule: "TEXT",
      ruleCode: "text",
      text: "Unfortunately, we cannot respond to you at this moment.[br][br]Please write your question and we will definitely get back to you during working hours.",
      formId: null,
      botId: null,
    },
  },
  noAnswer: {
    afterSeconds: 60,
    reply: {
      rule: "TEXT",
      ruleCode: "text",
      text: "Unfortunately, we cannot respond to you at this moment, we will definitely get back to you.",
      formId: null,
      botId: null,
    },
  },
  closing: {
    reply: {
      rule: "TEXT",
      ruleCode: "text",
      text: "Thank you for reaching out to us, please rate the quality of service.",
      formId: null,
      botId: null,
    },
    fullCloseAfterMinutes: 0,
    asksForConfirmation: true,
    automaticReply: { rule: "NONE", ruleCode: "none", text: null, formId: null, botId: null },
    automaticAfterSeconds: 3600,
    expireAfterSeconds: 86400,
  },
  customerRating: {
    isEnabled: true,
    timeLimitSeconds: 0,
    asksBeforeFinish: true,
    closesWithDelay: true,
    widget: { request: "Please rate the quality of service.", thanks, regret },
    messenger: {
      request: "Please rate the quality of service.\r\n\r\nSend: 1 - good, 0 - bad",
      thanks,
      regret,
    },
  },
  kpi: {
    firstAnswer: {
      targetTime: 0,
      alerts: false,
      recipientCodes: [],
      text: "Employee #OPERATOR# exceeded the allowable response time to the client for the first message. Dialog №#DIALOG#.",
    },
    furtherAnswer: {
      targetTime: 0,
      alerts: false,
      recipientCodes: [],
      text: "Employee #OPERATOR# exceeded the allowable response time to the client for the message. Dialog №#DIALOG#.",
    },
    watchesOperatorActivity: false,
  },
  forms: { isEnabled: false, formId: "111", isDelayed: true, ignoresResponsible: false },
  limits: { maxChats: null, countedChats: "ANSWERED_AND_NEW", sessionPriority: 0 },
  agreement: { isShown: false, agreementId: null },
  category: { isEnabled: false, categoryId: null },
  operatorIdentity: { mode: "PROFILE", default: null },
};

describe("the documented examples of lines, through the real client", () => {
  test("config.get is asked with queue and offline operators, and decoded whole", async () => {
    const replay = await startReplay();
    const { request, response } = documented("imopenlines.config.get");
    const { value, request: seen } = await replay.exchange(configGet("15"), "read", response);
    expect(seen.body).toEqual(request.body);
    expect(whole(value)).toStrictEqual(documentedLine);
  });

  test("config.get of an unknown line is null", async () => {
    const replay = await startReplay();
    const { value } = await replay.exchange(configGet("15"), "read", { result: false });
    expect(value).toBeNull();
  });

  test("config.list.get is asked for a page with its queues; a row tells what it has", async () => {
    const replay = await startReplay();
    const { request, response } = documented("imopenlines.config.list.get");
    const query = { isActive: true, orderBy: "ID", direction: "ASC", limit: 50, offset: 0 } as const;
    const call = configListGet(query);
    const { value, request: seen } = await replay.exchange(call, "read", response);
    const { select: _select, ...asked } = { ...Object(request.body.PARAMS) };
    // All columns are wanted, so none are selected.
    expect(seen.body).toEqual({ ...request.body, PARAMS: asked });
    expect(value.items.map(({ id, name, isActive }) => ({ id, name, isActive }))).toEqual([
      { id: "15", name: "VIP Support Line", isActive: true },
      { id: "16", name: "Sales Line", isActive: true },
    ]);
    // These rows carry selected columns only.
    expect(value.items[0]?.queue).toMatchObject({ redirectAfterSeconds: null, userIds: ["101", "205"] });
  });

  test("a whole row of config.list.get tells the queue as configured and its users, and not the members", async () => {
    const replay = await startReplay();
    const line = { ...Object(documented("imopenlines.config.get").response.result) };
    const [first] = Object(documented("imopenlines.config.list.get").response.result);
    const { QUEUE, QUEUE_USERS_FIELDS, CONFIG_QUEUE } = Object(first);
    const row = { ...line, QUEUE, QUEUE_USERS_FIELDS, CONFIG_QUEUE };
    const query = { orderBy: "ID", direction: "ASC", limit: 21, offset: 0 } as const;
    const { value } = await replay.exchange(configListGet(query), "read", { result: [row] });
    const { isOnline: _isOnline, members: _members, ...queue } = documentedLine.queue;
    expect(whole(value.items[0])).toStrictEqual({
      ...documentedLine,
      source: "list",
      queue: { ...queue, userIds: ["101", "205"], configured: [{ type: "DEPARTMENT", entityId: "10" }] },
    });
  });

  test("config.add writes the documented settings, times with a dot, and answers the new id", async () => {
    const replay = await startReplay();
    const { request, response } = documented("imopenlines.config.add");
    const call = configAdd({
      name: "Online Store Support Line",
      queue: {
        configured: ["1", "15", "23"].map((entityId) => ({ type: "USER", entityId })),
        type: "STRICTLY",
        redirectAfterSeconds: 45,
      },
      noAnswer: { afterSeconds: 120 },
      welcome: { isEnabled: true, text: "Hello! We will respond within a couple of minutes" },
      crm: { isEnabled: true, createMode: "DEAL", source: "openline_web", forwardsToResponsible: true },
      limits: { maxChats: 4, countedChats: "ANSWERED_AND_NEW" },
      workTime: {
        isEnabled: true,
        from: "09:00",
        to: "21:00",
        timeZone: "Europe/Berlin",
        daysOff: ["SATURDAY", "SUNDAY"],
        outsideReply: {
          rule: "TEXT",
          text: "The line is currently closed. Please write, and we will respond during working hours",
        },
      },
    });
    const { value, request: seen } = await replay.exchange(call, "write", response);
    expect(value).toBe("15");
    // The documentation writes "09:00", which the portal silently replaces by its default.
    expect(seen.body).toEqual({
      PARAMS: { ...Object(request.body.PARAMS), WORKTIME_FROM: "9", WORKTIME_TO: "21" },
    });
  });

  test("config.add that answers false has created nothing", async () => {
    const replay = await startReplay();
    const { value } = await replay.exchange(configAdd({}), "write", { result: false });
    expect(value).toBeNull();
  });

  test("config.update writes the change and, with it, the bot that the portal would reset", async () => {
    const replay = await startReplay();
    const { response } = documented("imopenlines.config.update");
    const call = configUpdate(documentedLine, { name: "Online Store Support Line (VIP)" });
    const { value, request } = await replay.exchange(call, "write", response);
    expect(value).toBe(true);
    expect(request.body).toEqual({
      CONFIG_ID: 22,
      PARAMS: {
        LINE_NAME: "Online Store Support Line (VIP)",
        WELCOME_BOT_ENABLE: "Y",
        WELCOME_BOT_ID: 597,
        WELCOME_BOT_TIME: 180,
        WELCOME_BOT_LEFT: "close",
      },
    });
  });

  test("config.delete names the line and tells whether it was there", async () => {
    const replay = await startReplay();
    const { request, response } = documented("imopenlines.config.delete");
    const { value, request: seen } = await replay.exchange(configDelete("15"), "write", response);
    expect(seen.body).toEqual(request.body);
    expect(value).toBe(true);
    const absent = await replay.exchange(configDelete("15"), "write", { result: false });
    expect(absent.value).toBe(false);
  });

  test("config.path.get and revision.get", async () => {
    const replay = await startReplay();
    const page = await replay.exchange(configPathGet(), "read", documented("imopenlines.config.path.get").response);
    expect(page.value).toEqual({
      serverUrl: "https://example.bitrix24.com",
      path: "/contact_center/",
      url: "https://example.bitrix24.com/contact_center/",
    });
    const revision = await replay.exchange(revisionGet(), "read", documented("imopenlines.revision.get").response);
    expect(revision.value).toEqual({ rest: 2, web: 1, mobile: 1 });
  });

  test("equal reads share one decoder, so that the scheduler can share their answer", () => {
    const query = { orderBy: "ID", direction: "ASC", limit: 1, offset: 0 } as const;
    expect(configGet("1").decode).toBe(configGet("2").decode);
    expect(configListGet(query).decode).toBe(configListGet(query).decode);
  });
});

describe("a line's decoder", () => {
  const row = { ...Object(documented("imopenlines.config.get").response.result) };
  const decodedRow = (changes: Record<string, unknown>): LineRecord => {
    const line = decoded(configGet("22"), { ...row, ...changes }, "https://portal.test");
    if (line === null) throw new Error("no line");
    return line;
  };

  test("takes [] for an empty map of the queue", () => {
    expect(decodedRow({ QUEUE: [], QUEUE_FULL: [], QUEUE_USERS_FIELDS: [] }).queue.members).toEqual([]);
  });

  test("makes relative pictures absolute and reads what customers see of an operator", () => {
    const fields = { USER_NAME: "Ann", USER_WORK_POSITION: "Desk", USER_AVATAR: "/a.png", USER_AVATAR_ID: 312 };
    const { members } = decodedRow({ QUEUE: [27], QUEUE_USERS_FIELDS: { 27: fields } }).queue;
    expect(members).toMatchObject([
      {
        userId: "27",
        displayName: "Ann",
        displayPosition: "Desk",
        displayAvatarUrl: "https://portal.test/a.png",
        displayAvatarId: "312",
      },
    ]);
  });

  test("maps a word that it does not know to UNKNOWN and keeps the word where it matters", () => {
    const line = decodedRow({
      CRM_CREATE: "contact",
      QUEUE_TYPE: "random",
      CLOSE_RULE: "quality",
      WORKTIME_DAYOFF: ["XX"],
    });
    expect(line.crm).toMatchObject({ createMode: "UNKNOWN", createModeCode: "contact" });
    expect(line.queue.type).toBe("UNKNOWN");
    expect(line.closing.reply).toMatchObject({ rule: "UNKNOWN", ruleCode: "quality" });
    expect(line.workTime.daysOff).toEqual(["UNKNOWN"]);
  });

  test("misses nothing but the setting on a portal that is too old for it", () => {
    const { CONFIRM_CLOSE: _confirm, SESSION_PRIORITY: _priority, ...old } = row;
    const line = decoded(configGet("22"), old);
    expect(line?.closing).toMatchObject({ asksForConfirmation: null, automaticAfterSeconds: 3600 });
    expect(line?.limits.sessionPriority).toBeNull();
  });

  test("a setting that is not understood costs no other", () => {
    const line = decodedRow({ WORKTIME_FROM: "morning", VOTE_MESSAGE: "maybe" });
    const whole = decodedRow({});
    expect(line.workTime).toEqual({ ...whole.workTime, from: null });
    expect(line.customerRating).toEqual({ ...whole.customerRating, isEnabled: null });
  });

  test("a change is not built on a setting that is not understood: it would be written back as none", () => {
    const line = decoded(configToChangeGet("22"), { ...row, WELCOME_BOT_ID: "somebody" });
    expect(line?.category).toEqual(decodedRow({}).category);
    expect(() => line?.bot).toThrow("WELCOME_BOT_ID");
  });

  test.each([
    ["WELCOME_BOT_ENABLE", "bot.isEnabled must be given"],
    ["CATEGORY_ENABLE", "category.isEnabled must be given"],
  ])("a change must say %s where the portal does not", (column, message) => {
    const line = decoded(configToChangeGet("22"), { ...row, [column]: null });
    if (line === null) throw new Error("no line");
    expect(() => configUpdate(line, { name: "Renamed" })).toThrow(message);
  });
});
