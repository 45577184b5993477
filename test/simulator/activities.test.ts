import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Activity } from "../../simulator/world/activities.ts";
import { completeByHand } from "../../simulator/world/crm-deeds.ts";
import { actAs, isObject, listAt, objectAt, post, valueAt } from "./rest-client.ts";
import { seededChats, seededLine } from "./seeded-chats.ts";

let portal: RunningPortal;
const sessions = { PROVIDER_ID: "IMOPENLINES_SESSION" };

beforeAll(async () => {
  portal = await startPortal({ size: 1, plan: "on-premise" });
});
afterAll(() => portal.close());

async function rows(params: object, userId = 1): Promise<Record<string, unknown>[]> {
  return listAt(await actAs(portal, userId).result("crm.activity.list", params)).filter(isObject);
}

const worldIds = (wanted: (activity: Activity) => boolean): number[] =>
  [...portal.world.activities.values()].filter(wanted).map(({ id }) => id);
const idsOf = (list: Record<string, unknown>[]): number[] => list.map((row) => Number(row.ID)).sort((a, b) => a - b);
const isSession = ({ sessionId }: Activity): boolean => sessionId > 0;

describe("crm.activity.list", () => {
  test("pages by 50 with next and total, or without counting by id", async () => {
    const all = worldIds(isSession);
    expect(all.length).toBeGreaterThan(100);
    const seen: Record<string, unknown>[] = [];
    for (let start: unknown = 0; start !== undefined; ) {
      const { body } = await actAs(portal, 1).call("crm.activity.list", {
        filter: sessions,
        order: { ID: "DESC" },
        start,
      });
      expect(body.total).toBe(all.length);
      seen.push(...listAt(body.result).filter(isObject));
      start = body.next;
    }
    expect(seen.map((row) => Number(row.ID))).toEqual([...all].sort((a, b) => b - a));
    const keyset: Record<string, unknown>[] = [];
    for (let last = 0; ; ) {
      const params = { filter: { ...sessions, ">ID": last }, order: { ID: "asc" }, select: ["ID"], start: -1 };
      const { body } = await actAs(portal, 1).call("crm.activity.list", params);
      expect(body).not.toHaveProperty("total");
      expect(body).not.toHaveProperty("next");
      const page = listAt(body.result).filter(isObject);
      if (page.length === 0) break;
      keyset.push(...page);
      last = Number(page.at(-1)?.ID);
    }
    expect(idsOf(keyset)).toEqual(all);
    expect(keyset[0]).toEqual({ ID: String(all[0]) });
  });

  test("tells a session as the reports do, in texts", async () => {
    const [row] = await rows({
      filter: { ...sessions, COMPLETED: "Y" },
      order: { ID: "desc" },
      select: ["*", "COMMUNICATIONS", "BINDINGS"],
    });
    const session = portal.world.session(Number(row?.ASSOCIATED_ENTITY_ID));
    const chat = portal.world.chat(session.chatId);
    expect(row).toMatchObject({
      TYPE_ID: "6",
      ORIGIN_ID: `IMOL_${session.id}`,
      PROVIDER_TYPE_ID: String(session.lineId),
      RESULT_SOURCE_ID: chat.connectorId,
      STATUS: "2",
      DIRECTION: "1",
      RESULT_MARK: "0",
      SETTINGS: [],
      PROVIDER_PARAMS: { USER_CODE: chat.userCode },
      COMMUNICATIONS: [{ TYPE: "IM", VALUE: `imol|${chat.userCode}` }],
    });
    expect(Date.parse(String(row?.END_TIME))).toBe(Math.floor((session.closedAt ?? 0) / 1000) * 1000);
    expect(valueAt(row, "BINDINGS", 0)).toEqual({ OWNER_TYPE_ID: row?.OWNER_TYPE_ID, OWNER_ID: row?.OWNER_ID });
    const plain = await actAs(portal, 1).result("crm.activity.get", { id: row?.ID });
    expect(objectAt(plain)).not.toHaveProperty("COMMUNICATIONS");
    expect(Object.values(objectAt(plain)).some((value) => typeof value === "number")).toBe(false);
  });

  test("of an open session its end is a forecast in the future", async () => {
    const open = await rows({ filter: { ...sessions, COMPLETED: "N", "@PROVIDER_TYPE_ID": ["22", "24"] } });
    expect(open.length).toBeGreaterThan(0);
    for (const row of open) {
      expect(portal.world.session(Number(row.ASSOCIATED_ENTITY_ID)).closed).toBe(false);
      expect(["22", "24"]).toContain(row.PROVIDER_TYPE_ID);
      expect(row.END_TIME).toBe(row.DEADLINE);
    }
    const answered = open.filter((row) => row.RESULT_STATUS === "2");
    expect(answered.some((row) => Date.parse(String(row.END_TIME)) > Date.now())).toBe(true);
  });

  test.each<[string, object, (activity: Activity) => boolean]>([
    ["operator", { RESPONSIBLE_ID: 107 }, (a) => a.responsibleId === 107],
    ["operators", { "@RESPONSIBLE_ID": [107, 113] }, (a) => [107, 113].includes(a.responsibleId)],
    ["all but one operator", { "!RESPONSIBLE_ID": 107 }, (a) => a.responsibleId !== 107],
    ["none of some lines", { "!@PROVIDER_TYPE_ID": ["22", "23"] }, (a) => !["22", "23"].includes(a.providerTypeId)],
    ["channel", { "=RESULT_SOURCE_ID": "livechat" }, (a) => a.source === "livechat"],
    ["part of the subject", { "%SUBJECT": "ONLINE STORE" }, (a) => a.subject.includes("Online store")],
    ["start of the subject", { "=%SUBJECT": "call%" }, (a) => a.subject.toLowerCase().startsWith("call")],
    ["what cannot be filtered: everything", { PROVIDER_PARAMS: "x", SETTINGS: "y" }, () => true],
  ])("filters by %s", async (_name, filter, wanted) => {
    const expected = worldIds(wanted);
    expect(expected.length).toBeGreaterThan(0);
    const found = await rows({ filter, order: { ID: "asc" }, select: ["ID"] });
    expect(idsOf(found)).toEqual(expected.slice(0, 50));
  });

  test("filters by a period, at the second", async () => {
    const day = 24 * 60 * 60 * 1000;
    const [from, to] = [Date.now() - 12 * day, Date.now() - 8 * day];
    const iso = (at: number): string => new Date(at).toISOString();
    const found = await rows({
      filter: { ...sessions, ">=START_TIME": iso(from), "<START_TIME": iso(to) },
      order: { START_TIME: "desc" },
    });
    expect(found.length).toBeGreaterThan(0);
    const starts = found.map((row) => Date.parse(String(row.START_TIME)));
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
    expect(idsOf(found)).toEqual(
      worldIds((a) => isSession(a) && a.startAt >= from - 1000 && a.startAt < to).sort((a, b) => a - b),
    );
  });

  test("one that is bound to two of the wanted items comes twice", async () => {
    const chat = seededChats(portal).where(
      (candidate, session) => (session?.activityId ?? 0) > 0 && candidate.crm.type !== "LEAD",
    );
    const session = portal.world.openSession(chat.id);
    const activity = portal.world.activities.get(session?.activityId ?? 0);
    activity?.bindings.push({ type: "COMPANY", id: 99_999 });
    const [own] = activity?.bindings ?? [];
    const types = { LEAD: 1, DEAL: 2, CONTACT: 3, COMPANY: 4 };
    const pair = (type: keyof typeof types, id: number) => ({ OWNER_TYPE_ID: types[type], OWNER_ID: id });
    const both = [pair(own?.type ?? "LEAD", own?.id ?? 0), pair("COMPANY", 99_999)];
    const found = await rows({ filter: { ...sessions, ASSOCIATED_ENTITY_ID: session?.id, BINDINGS: both } });
    expect(idsOf(found)).toEqual([activity?.id, activity?.id]);
    expect(await rows({ filter: { ...sessions, BINDINGS: [pair("COMPANY", 12_345)] } })).toEqual([]);
  });

  test("gives operators only what is theirs or belongs to items they may read", async () => {
    const found = await rows({ filter: sessions, order: { ID: "asc" } }, 107);
    expect(found.length).toBeGreaterThan(0);
    const mayRead = ({ responsibleId, owner }: Activity): boolean =>
      responsibleId === 107 || portal.world.crm.get(portal.world.crmKey(owner.type, owner.id))?.assignedTo === 107;
    expect(idsOf(found)).toEqual(worldIds((a) => isSession(a) && mayRead(a)).slice(0, 50));
    const foreign = worldIds((a) => !mayRead(a))[0];
    const refused = await actAs(portal, 107).call("crm.activity.get", { id: foreign });
    expect(refused).toMatchObject({ status: 400, body: { error: "", error_description: "Access denied." } });
    expect(await actAs(portal, 107).error("crm.activity.get", { id: 5 })).toEqual({ status: 400, code: "" });
    expect(await actAs(portal, 107).error("crm.activity.get")).toEqual({ status: 400, code: "" });
  });

  test("refuses a filter that is no map, and credentials without the scope crm", async () => {
    const refused = await actAs(portal, 1).call("crm.activity.list", { filter: "x" });
    expect(refused.body).toMatchObject({ error: "", error_description: "Parameter 'filter' must be array." });
    expect((await post(portal.createWebhook(1, ["imopenlines"]), "crm.activity.list")).body.error).toBe(
      "insufficient_scope",
    );
  });

  test("in a batch one page leads to the next", async () => {
    const query = "filter[PROVIDER_ID]=IMOPENLINES_SESSION&order[ID]=asc&select[]=ID&start=-1";
    const result = await actAs(portal, 1).result("batch", {
      cmd: { one: `crm.activity.list?${query}`, two: `crm.activity.list?${query}&filter[>ID]=$result[one][49][ID]` },
    });
    const pages = ["one", "two"].flatMap((key) => listAt(result, "result", key).filter(isObject));
    expect(idsOf(pages)).toEqual(worldIds(isSession).slice(0, 100));
  });
});

describe("an activity follows its session", () => {
  const activityOf = async (sessionId: number): Promise<Record<string, unknown> | undefined> =>
    (await rows({ filter: { ...sessions, ASSOCIATED_ENTITY_ID: sessionId } }))[0];

  test("appears when the CRM learns of it, is answered, handed over and completed", async () => {
    const chat = seededChats(portal).where(
      (candidate, session) =>
        candidate.data.lineId === seededLine.plain && session?.status === 0 && candidate.crm.type === "NONE",
    );
    const session = portal.world.openSession(chat.id);
    const id = session?.id ?? 0;
    expect(await activityOf(id)).toBeUndefined();
    const [first, second] = portal.world.lines.get(seededLine.plain)?.operators.map(({ userId }) => userId) ?? [];
    await actAs(portal, first ?? 0).result("imopenlines.operator.answer", { CHAT_ID: chat.id });
    await actAs(portal, first ?? 0).result("imopenlines.crm.lead.create", { CHAT_ID: chat.id });
    expect(await activityOf(id)).toMatchObject({
      RESPONSIBLE_ID: String(first),
      RESULT_STATUS: "2",
      COMPLETED: "N",
      OWNER_TYPE_ID: "1",
    });
    await actAs(portal, first ?? 0).result("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: second });
    expect(await activityOf(id)).toMatchObject({ RESPONSIBLE_ID: String(second), COMPLETED: "N" });
    await actAs(portal, second ?? 0).result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    expect(await activityOf(id)).toMatchObject({ COMPLETED: "Y", STATUS: "2" });
  });

  test("the responsible person stays where the line does not tell the CRM of transfers", async () => {
    const chat = seededChats(portal).where((candidate, session) => {
      const activity = portal.world.activities.get(session?.activityId ?? 0);
      return candidate.data.lineId === 27 && session?.status === 40 && activity !== undefined && !session.pause;
    });
    const session = portal.world.openSession(chat.id);
    const update = { CONFIG_ID: 27, PARAMS: { CRM_TRANSFER_CHANGE: "N" } };
    await actAs(portal, 1).result("imopenlines.config.update", update);
    const before = await activityOf(session?.id ?? 0);
    const target = session?.operatorId === 139 ? 145 : 139;
    await actAs(portal, session?.operatorId ?? 0).result("imopenlines.operator.transfer", {
      CHAT_ID: chat.id,
      USER_ID: target,
    });
    expect(session?.operatorId).toBe(target);
    expect((await activityOf(session?.id ?? 0))?.RESPONSIBLE_ID).toBe(before?.RESPONSIBLE_ID);
  });

  test("ticked off by a person in the CRM, it closes the dialog", async () => {
    const chat = seededChats(portal).where((_, session) => session?.status === 40 && session.activityId > 0);
    const session = portal.world.session(chat.data.sessionId);
    expect(completeByHand(portal.world, session.activityId)).toBe(true);
    expect(await activityOf(session.id)).toMatchObject({ COMPLETED: "Y" });
    const record = objectAt(await actAs(portal, 1).result("imopenlines.dialog.get", { CHAT_ID: chat.id }));
    expect(String(record.entity_data_1).split("|")[5]).toBe("0");
    expect(completeByHand(portal.world, session.activityId)).toBe(false);
  });

  test("a line without CRM enters nothing", async () => {
    await actAs(portal, 1).result("imopenlines.config.update", { CONFIG_ID: 23, PARAMS: { CRM: "N" } });
    const chat = seededChats(portal).where(
      (candidate, session) => candidate.data.lineId === 23 && session === undefined && candidate.crm.type !== "NONE",
    );
    portal.world.customerWrites(chat.id, "Me again");
    expect(await activityOf(portal.world.openSession(chat.id)?.id ?? 0)).toBeUndefined();
  });
});
