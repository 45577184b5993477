import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { networkCodes } from "../../simulator/seed/seed.ts";
import { botClientId, botId } from "../../simulator/seed/staff.ts";
import type { Chat, Session } from "../../simulator/world/records.ts";
import { actAs, isObject, listAt, objectAt } from "./rest-client.ts";

const fixture: unknown = JSON.parse(readFileSync(new URL("../fixtures/methods.json", import.meta.url), "utf8"));
const documented = new Map(
  (Array.isArray(fixture) ? fixture : []).map((method: unknown) => [
    String(objectAt(method).name),
    objectAt(method, "example", "response"),
  ]),
);

/** Values documented with more than one type; the example shows only one of them. */
const alternatives: Record<string, readonly string[]> = {
  avatarId: ["string", "null"],
  birthday: ["string", "false"],
  phones: ["object", "false"],
  workPosition: ["string", "null"],
  lastActivityDate: ["string", "false"],
  sessionCommentHead: ["string", "null"],
  image: ["object", "false"],
  mediaurl: ["object", "list"],
  date: ["string", "null"],
  description: ["string", "null"],
  background_id: ["number", "null"],
  USER_NAME: ["string", "null"],
  USER_WORK_POSITION: ["string", "null"],
  USER_AVATAR: ["string", "null"],
  USER_AVATAR_ID: ["number", "null"],
  KPI_FIRST_ANSWER_LIST: ["list", "null"],
  KPI_FURTHER_ANSWER_LIST: ["list", "null"],
};

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (value === false) return "false";
  if (value === true) return "true";
  return Array.isArray(value) ? "list" : typeof value;
}

const isFlag = (type: string): boolean => type === "true" || type === "false";

/** A map's keys are data (ids), an object's keys are part of the format; parameters of messages are data too. */
function isMap(path: string, keys: readonly string[]): boolean {
  return /\.params$/.test(path) || (keys.length > 0 && keys.every((key) => /^(chat)?\d+$/.test(key)));
}

function differences(path: string, wanted: unknown, found: unknown): string[] {
  const name = path.split(".").at(-1) ?? "";
  const [wantedType, foundType] = [typeOf(wanted), typeOf(found)];
  const isSame = wantedType === foundType || (isFlag(wantedType) && isFlag(foundType));
  if (!isSame) {
    const isEmptyMap = wantedType === "object" && foundType === "list" && Array.isArray(found) && found.length === 0;
    const isAlternative = alternatives[name]?.includes(foundType) ?? false;
    return isEmptyMap || isAlternative ? [] : [`${path}: ${wantedType} documented, ${foundType} answered`];
  }
  if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length === 0) return [];
    return found.flatMap((item, index) => differences(`${path}.${index}`, wanted[0], item));
  }
  if (!isObject(wanted) || !isObject(found)) return [];
  const keys = Object.keys(wanted);
  if (isMap(path, keys)) {
    if (/\.params$/.test(path)) return [];
    const first = wanted[keys[0] ?? ""];
    return Object.entries(found).flatMap(([key, item]) => differences(`${path}.${key}`, first, item));
  }
  const missing = keys.filter((key) => !(key in found)).map((key) => `${path}.${key}: documented, not answered`);
  const extra = Object.keys(found)
    .filter((key) => !keys.includes(key))
    .map((key) => `${path}.${key}: answered, not documented`);
  const inner = keys
    .filter((key) => key in found)
    .flatMap((key) => differences(`${path}.${key}`, wanted[key], found[key]));
  return [...missing, ...extra, ...inner];
}

let portal: RunningPortal;
const supervisor = 1;
const used = new Set<number>();

beforeAll(async () => {
  portal = await startPortal({ plan: "enterprise", size: 0.5 });
});
afterAll(() => portal.close());

function chatWhere(wanted: (chat: Chat, session: Session | undefined) => boolean): Chat {
  for (const chat of portal.world.chats.values()) {
    const isUsable = portal.world.lines.get(chat.data.lineId) !== undefined && !used.has(chat.id);
    if (!isUsable || !wanted(chat, portal.world.openSession(chat.id))) continue;
    used.add(chat.id);
    return chat;
  }
  throw new Error("The seed has no such chat left");
}

const owned = (extra: (chat: Chat, session: Session) => boolean = () => true): Chat =>
  chatWhere((chat, session) => session?.status === 40 && chat.silent !== "Y" && extra(chat, session));
const unanswered = (): Chat => chatWhere((chat, session) => session?.status === 0 && chat.ownerId === 0);
const withFile = (): Chat =>
  owned((chat, { startId }) => chat.messages.some(({ id, params }) => id >= startId && params.FILE_ID !== undefined));
const withCrm = (): Chat => owned((chat) => chat.crm.saved);
const withBot = (): Chat => chatWhere((chat) => chat.ownerId === botId);
const crmOf = (chat: Chat) => ({ CRM_ENTITY_TYPE: chat.crm.type.toLowerCase(), CRM_ENTITY: chat.crm.id });
const operatorOf = (chat: Chat): number => {
  const first = portal.world.lines.get(chat.data.lineId)?.operators[0]?.userId;
  if (first === undefined) throw new Error("A line without operators");
  return first;
};

interface Success {
  actor: number;
  params: unknown;
}

/** For every documented method a call that succeeds. */
const successes: Record<string, () => Success> = {
  "imopenlines.config.add": () => ({ actor: 27, params: { PARAMS: { LINE_NAME: "New", QUEUE: [27, 103] } } }),
  "imopenlines.config.update": () => ({ actor: supervisor, params: { CONFIG_ID: 22, PARAMS: { LINE_NAME: "Other" } } }),
  "imopenlines.config.get": () => ({ actor: 27, params: { CONFIG_ID: 22 } }),
  "imopenlines.config.list.get": () => ({
    actor: 27,
    params: { PARAMS: { select: ["ID", "LINE_NAME", "ACTIVE"] }, OPTIONS: { QUEUE: "Y", CONFIG_QUEUE: "Y" } },
  }),
  "imopenlines.config.delete": () => ({ actor: supervisor, params: { CONFIG_ID: 26 } }),
  "imopenlines.config.path.get": () => ({ actor: 27, params: {} }),
  "imopenlines.revision.get": () => ({ actor: 27, params: {} }),
  "imopenlines.network.join": () => ({ actor: 27, params: { CODE: networkCodes.active } }),
  "imopenlines.network.message.add": () => ({
    actor: 27,
    params: { CODE: networkCodes.active, USER_ID: 103, MESSAGE: "Hello", URL_PREVIEW: "N" },
  }),
  "imopenlines.crm.chat.get": () => {
    const chat = withCrm();
    return { actor: chat.ownerId, params: { ...crmOf(chat), ACTIVE_ONLY: "N" } };
  },
  "imopenlines.crm.chat.getLastId": () => {
    const chat = withCrm();
    return { actor: chat.ownerId, params: crmOf(chat) };
  },
  "imopenlines.crm.chat.user.add": () => {
    const chat = withCrm();
    return { actor: chat.ownerId, params: { ...crmOf(chat), CHAT_ID: chat.id, USER_ID: supervisor } };
  },
  "imopenlines.crm.chat.user.delete": () => {
    const chat = withCrm();
    return { actor: supervisor, params: { ...crmOf(chat), CHAT_ID: chat.id, USER_ID: chat.ownerId } };
  },
  "imopenlines.crm.message.add": () => {
    const chat = withCrm();
    const params = { ...crmOf(chat), CHAT_ID: chat.id, USER_ID: chat.ownerId, MESSAGE: "Message text" };
    return { actor: chat.ownerId, params };
  },
  "imopenlines.crm.lead.create": () => {
    const chat = owned((one) => !one.crm.saved);
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id } };
  },
  "imopenlines.message.quick.save": () => {
    const chat = owned();
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id, MESSAGE_ID: chat.messages.at(-1)?.id } };
  },
  "imopenlines.bot.session.finish": () => ({ actor: 27, params: { CHAT_ID: withBot().id, CLIENT_ID: botClientId } }),
  "imopenlines.bot.session.message.send": () => ({
    actor: 27,
    params: { CHAT_ID: unanswered().id, NAME: "DEFAULT", MESSAGE: "Hello! How can I help?" },
  }),
  "imopenlines.bot.session.operator": () => ({ actor: 27, params: { CHAT_ID: withBot().id } }),
  "imopenlines.bot.session.transfer": () => ({
    actor: 27,
    params: { CHAT_ID: withBot().id, USER_ID: 103, LEAVE: "Y", CLIENT_ID: botClientId },
  }),
  "imopenlines.operator.answer": () => {
    const chat = unanswered();
    return { actor: operatorOf(chat), params: { CHAT_ID: chat.id } };
  },
  "imopenlines.operator.finish": () => {
    const chat = owned();
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id } };
  },
  "imopenlines.operator.another.finish": () => ({ actor: supervisor, params: { CHAT_ID: owned().id } }),
  "imopenlines.operator.skip": () => {
    const chat = owned((one) => one.data.lineId === 24);
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id } };
  },
  "imopenlines.operator.spam": () => {
    const chat = unanswered();
    return { actor: operatorOf(chat), params: { CHAT_ID: chat.id } };
  },
  "imopenlines.operator.transfer": () => {
    const chat = owned();
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id, USER_ID: supervisor } };
  },
  "imopenlines.session.open": () => {
    const chat = owned();
    return { actor: chat.ownerId, params: { USER_CODE: chat.userCode } };
  },
  "imopenlines.dialog.get": () => {
    const chat = owned();
    return { actor: chat.ownerId, params: { USER_CODE: chat.userCode } };
  },
  "imopenlines.session.start": () => ({
    actor: supervisor,
    params: { CHAT_ID: chatWhere((chat, session) => session === undefined && chat.messages.length > 0).id },
  }),
  "imopenlines.message.session.start": () => {
    const chat = owned();
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id, MESSAGE_ID: chat.messages.at(-1)?.id } };
  },
  "imopenlines.session.history.get": () => {
    const chat = withFile();
    return { actor: chat.ownerId, params: { SESSION_ID: chat.data.sessionId } };
  },
  "imopenlines.session.join": () => ({ actor: supervisor, params: { CHAT_ID: owned().id } }),
  "imopenlines.session.intercept": () => ({ actor: supervisor, params: { CHAT_ID: owned().id } }),
  "imopenlines.session.mode.pin": () => {
    const chat = owned((_, session) => !session.pause);
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id, ACTIVATE: "Y" } };
  },
  "imopenlines.session.mode.pinAll": () => ({ actor: 27, params: {} }),
  "imopenlines.session.mode.unpinAll": () => ({ actor: 27, params: {} }),
  "imopenlines.session.mode.silent": () => {
    const chat = owned();
    return { actor: chat.ownerId, params: { CHAT_ID: chat.id, ACTIVATE: "Y" } };
  },
  "imopenlines.session.head.vote": () => ({
    actor: supervisor,
    params: { SESSION_ID: owned().data.sessionId, RATING: 5, COMMENT: "Excellent handling" },
  }),
};

describe("every documented method answers in the documented shape", () => {
  test("all 38 methods are covered", () => {
    expect(documented.size).toBe(38);
    expect(Object.keys(successes).sort()).toEqual([...documented.keys()].sort());
  });

  test.each(Object.keys(successes))("%s", async (method) => {
    const { actor, params } = successes[method]?.() ?? { actor: 0, params: {} };
    const answer = await actAs(portal, actor).call(method, params);
    expect(answer).toMatchObject({ status: 200 });
    const { result } = answer.body;
    const example = documented.get(method);
    expect(differences("result", example?.result, result)).toEqual([]);
    expect(Object.keys(answer.body)).toEqual(["result", "time"]);
    expect(objectAt(answer.body, "time")).toMatchObject({ operating_reset_at: expect.any(Number) });
    if (Array.isArray(result)) expect(result.length).toBeGreaterThan(0);
  });
});

describe("the shape test itself", () => {
  test("notices a missing key, an extra one and another type", () => {
    const wanted = { id: 1, name: "x", users: { "7": { id: "7" } } };
    expect(differences("result", wanted, { id: "1", users: { "8": { id: 8 } }, more: 1 })).toEqual([
      "result.name: documented, not answered",
      "result.more: answered, not documented",
      "result.id: number documented, string answered",
      "result.users.8.id: string documented, number answered",
    ]);
  });

  test("sees the inside of a history, also where its example is abridged", async () => {
    const chat = withFile();
    const answer = await actAs(portal, chat.ownerId).result("imopenlines.session.history.get", { CHAT_ID: chat.id });
    expect(Object.keys(objectAt(answer, "files")).length).toBeGreaterThan(0);
    const ids = listAt(answer, "usersMessage", `chat${chat.id}`);
    expect(Object.keys(objectAt(answer, "message")).sort()).toEqual([...ids].map(String).sort());
  });
});
