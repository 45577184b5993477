import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isoDate } from "../../simulator/methods/wire-date.ts";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Session } from "../../simulator/world/records.ts";
import { actAs, isObject, listAt, objectAt } from "./rest-client.ts";
import { seededChats, seededLine } from "./seeded-chats.ts";

let portal: RunningPortal;
const day = 24 * 60 * 60 * 1000;
const supervisor = () => actAs(portal, 1);
const month = () => ({
  from: isoDate(Date.now() - 60 * day),
  to: isoDate(Date.now() + day),
});
const created = () => ({ dateCreateFrom: month().from, dateCreateTo: month().to });

beforeAll(async () => {
  portal = await startPortal({ size: 0.3, plan: "on-premise" });
});
afterAll(() => portal.close());

async function list(params: object = {}, userId = 1): Promise<Record<string, unknown>[]> {
  const result = await actAs(portal, userId).result("imopenlines.v2.Session.list", params);
  return listAt(result, "sessions").filter(isObject);
}

/** All pages of a list, the way a client reads them. */
async function everySession(params: object): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let offset = 0; ; offset += 50) {
    const result = await supervisor().result("imopenlines.v2.Session.list", { ...params, limit: 50, offset });
    all.push(...listAt(result, "sessions").filter(isObject));
    if (!objectAt(result).hasNextPage) return all;
  }
}

const worldSessions = (wanted: (session: Session) => boolean): number[] =>
  [...portal.world.sessions.values()].filter(wanted).map(({ id }) => id);
const sorted = (ids: unknown[]): number[] => ids.map(Number).sort((a, b) => a - b);

describe("the list of sessions", () => {
  test("gives the newest first, 50 at a time, and every session once", async () => {
    const first = await list();
    expect(first).toHaveLength(50);
    const times = first.map((row) => Date.parse(String(row.dateCreate)));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const all = await everySession({ orderDirection: "asc" });
    expect(sorted(all.map((row) => row.id))).toEqual(sorted(worldSessions(() => true)));
  });

  test("tells a session as the history of the classic method tells it", async () => {
    const [row] = await list({ status: "closed", vote: "any", hasVoteHead: true, limit: 1 });
    const history = await supervisor().result("imopenlines.session.history.get", { SESSION_ID: row?.id });
    const own = objectAt(history);
    expect(row).toMatchObject({
      id: own.sessionId,
      chatId: own.chatId,
      voteHead: own.sessionVoteHead,
      commentHead: own.sessionCommentHead,
      messageCount: Object.keys(objectAt(history, "message")).length,
    });
    const record = await supervisor().result("imopenlines.dialog.get", { CHAT_ID: row?.chatId });
    const code = String(objectAt(record).entity_id).split("|");
    expect(row?.source).toBe(code[0]);
    expect(code.slice(3).join("|")).toContain(String(row?.userCode));
  });

  test("follows an operator's work: asked, answered, replied, paused, closed", async () => {
    const chat = seededChats(portal).unanswered(seededLine.plain);
    const rowOf = async (): Promise<Record<string, unknown> | undefined> => {
      const id = portal.world.lastSession(chat.id)?.id;
      return (await list({ limit: 200, ...created() })).find((row) => row.id === id);
    };
    expect(await rowOf()).toMatchObject({ status: "new", operatorId: null, waitAnswer: null, dateClose: null });
    const operator = actAs(portal, portal.world.lines.get(chat.data.lineId)?.operators[0]?.userId ?? 0);
    await operator.result("imopenlines.operator.answer", { CHAT_ID: chat.id });
    await operator.result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "Hello" });
    expect(await rowOf()).toMatchObject({
      status: "answered",
      waitAnswer: expect.any(Number),
      dateFirstAnswer: expect.any(String),
      closeReason: null,
    });
    await operator.result("imopenlines.session.mode.pin", { CHAT_ID: chat.id });
    expect(await rowOf()).toMatchObject({ status: "paused" });
    await operator.result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    expect(await rowOf()).toMatchObject({ status: "closed", closeReason: "operator", dateClose: expect.any(String) });
  });

  test.each([
    ["line", { configId: 24 }, (s: Session) => s.lineId === 24],
    [
      "lines, which win over the single one",
      { configIdList: [22, 26], configId: 24 },
      (s: Session) => [22, 26].includes(s.lineId),
    ],
    ["operator", { operatorId: 107 }, (s: Session) => s.operatorId === 107],
    ["spam", { status: "spam" }, (s: Session) => s.spam],
    ["reason", { closeReason: "auto" }, (s: Session) => s.closed && s.closeReason === "auto"],
    ["dislike", { vote: "dislike" }, (s: Session) => s.vote === 1],
    ["no rating", { vote: "none" }, (s: Session) => s.vote === 0],
    ["the supervisor's rating", { hasVoteHead: "Y" }, (s: Session) => s.voteHead > 0],
  ])("filters by %s", async (_name, filter, wanted) => {
    const rows = await everySession(filter);
    expect(rows.length).toBeGreaterThan(0);
    expect(sorted(rows.map((row) => row.id))).toEqual(sorted(worldSessions(wanted)));
  });

  test("filters by channel, CRM, waiting times and close period, all at once", async () => {
    const rows = await everySession({
      source: "livechat",
      hasCrm: false,
      waitAnswerFrom: 200,
      waitAnswerTo: 400,
      dateCloseFrom: month().from,
      dateCloseTo: month().to,
    });
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toMatchObject({ source: "livechat", crmEntityType: null, dateClose: expect.any(String) });
      expect(Number(row.waitAnswer)).toBeGreaterThanOrEqual(200);
      expect(Number(row.waitAnswer)).toBeLessThanOrEqual(400);
    }
  });

  test("sorts by waiting only within a complete period, otherwise silently by creation", async () => {
    const within = await list({ ...created(), order: "waitAnswer", orderDirection: "desc", limit: 10 });
    const waits = within.map((row) => Number(row.waitAnswer));
    expect(waits).toEqual([...waits].sort((a, b) => b - a));
    expect(waits[0]).toBeGreaterThan(300);
    const without = await list({ order: "waitAnswer", orderDirection: "desc", limit: 10 });
    expect(without).toEqual(await list({ limit: 10 }));
  });

  test("shows an operator the sessions of his lines, without the supervisor's ratings and without CRM items of others", async () => {
    const lines = portal.users.find((user) => user.id === 107)?.lines ?? [];
    const rows = await list({ limit: 200 }, 107);
    expect(new Set(rows.map((row) => row.configId))).toEqual(new Set(lines));
    expect(rows.every((row) => row.voteHead === null && row.commentHead === null)).toBe(true);
    const rated = await list({ vote: "any", hasVoteHead: true }, 107);
    expect(rated).toEqual([]);
    portal.world.rights.withdraw(107, "REPORTS");
    expect(await list({}, 107)).toEqual([]);
    portal.world.rights.restore();
  });
});

describe("details of sessions", () => {
  test("count the messages of each side, and know nothing of strangers", async () => {
    const [row] = await list({ status: "closed", limit: 1 });
    const ids = [row?.id, row?.id, 999_999_999];
    const result = await supervisor().result("imopenlines.v2.Session.Stat.get", { sessionId: ids });
    const [known, stranger, ...more] = listAt(result, "sessions").filter(isObject);
    expect(more).toEqual([]);
    expect(known).toMatchObject({ sessionId: row?.id, messagesCount: row?.messageCount, vote: row?.vote });
    const history = objectAt(
      await supervisor().result("imopenlines.session.history.get", { SESSION_ID: row?.id }),
      "message",
    );
    const senders = Object.values(history).map((message) => Number(objectAt(message).senderid));
    const byCustomer = senders.filter((id) => portal.world.users.get(id)?.kind === "customer").length;
    const byOperators = senders.filter((id) => id !== 0).length - byCustomer;
    expect(known).toMatchObject({ messagesClientCount: byCustomer, messagesOperatorCount: byOperators });
    expect(Object.entries(stranger ?? {}).filter(([, value]) => value !== null)).toEqual([["sessionId", 999_999_999]]);
  });

  test("tell each hand-over, and who made it", async () => {
    const chat = seededChats(portal).owned(seededLine.text);
    const session = portal.world.openSession(chat.id);
    const from = session?.operatorId ?? 0;
    const to = from === 139 ? 145 : 139;
    await actAs(portal, from).result("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: to });
    await actAs(portal, 1).result("imopenlines.operator.transfer", { CHAT_ID: chat.id, QUEUE_ID: 22 });
    const result = await supervisor().result("imopenlines.v2.Session.Transfer.list", { sessionId: [session?.id] });
    expect(listAt(result, "transfers").slice(-2)).toMatchObject([
      {
        fromOperatorId: from,
        toOperatorId: to,
        fromConfigId: 27,
        toConfigId: null,
        reason: "manual",
        mode: "MANUAL",
        type: "USER",
        initiatorId: from,
      },
      {
        fromOperatorId: to,
        toOperatorId: null,
        fromConfigId: 27,
        toConfigId: 22,
        reason: "line",
        mode: "MANUAL",
        type: "QUEUE",
        initiatorId: 1,
      },
    ]);
    const stat = await supervisor().result("imopenlines.v2.Session.Stat.get", { sessionId: [session?.id] });
    expect(Number(objectAt(stat, "sessions", 0).transfersCount)).toBeGreaterThanOrEqual(2);
  });

  test("tell the distribution's own choice as the first record, which is no transfer", async () => {
    const session = [...portal.world.sessions.values()].find(
      ({ lineId, transfers }) =>
        lineId === seededLine.evenly && transfers.length === 1 && transfers[0]?.reason === "auto",
    );
    const result = await supervisor().result("imopenlines.v2.Session.Transfer.list", { sessionId: [session?.id] });
    expect(listAt(result, "transfers")).toMatchObject([
      { fromOperatorId: null, toOperatorId: expect.any(Number), reason: "auto", mode: "AUTO", initiatorId: null },
    ]);
    const stat = await supervisor().result("imopenlines.v2.Session.Stat.get", { sessionId: [session?.id] });
    expect(objectAt(stat, "sessions", 0).transfersCount).toBe(0);
  });

  test("list ratings of a period with their dates", async () => {
    const params = { dateVoteFrom: month().from, dateVoteTo: month().to, vote: "dislike", limit: 200 };
    const result = await supervisor().result("imopenlines.v2.Session.Rating.list", params);
    const ratings = listAt(result, "ratings").filter(isObject);
    expect(sorted(ratings.map((row) => row.sessionId))).toEqual(sorted(worldSessions(({ vote }) => vote === 1)));
    expect(ratings.every((row) => typeof row.dateVote === "string" && row.vote === "dislike")).toBe(true);
    const before = { dateVoteFrom: isoDate(0), dateVoteTo: isoDate(day) };
    expect(await supervisor().result("imopenlines.v2.Session.Rating.list", before)).toEqual({
      ratings: [],
      hasNextPage: false,
    });
  });
});

describe("load and sums", () => {
  test("give each operator of each line his dialogs at work and what the line still allows", async () => {
    const result = await supervisor().result("imopenlines.v2.Operator.list", { configId: 24 });
    const rows = listAt(result, "operators").filter(isObject);
    expect(rows).toHaveLength(4);
    for (const row of rows) {
      const active = worldSessions(
        ({ operatorId, lineId, closed, status }) =>
          operatorId === row.userId && lineId === 24 && !closed && status >= 10 && status < 50,
      ).length;
      expect(row).toMatchObject({ activeSessions: active, maxChat: 12, freeSlots: 12 - active });
    }
    const states = await Promise.all(
      ["online", "offline", "pause"].map(async (status) => {
        const answer = await supervisor().result("imopenlines.v2.Operator.list", { status });
        return new Set(
          listAt(answer, "operators")
            .filter(isObject)
            .map((row) => row.status),
        );
      }),
    );
    expect(states).toEqual([new Set(["online"]), new Set(["offline"]), new Set(["pause"])]);
    const free = await supervisor().result("imopenlines.v2.Operator.list", { configId: 24, hasFreeSlots: false });
    expect(listAt(free, "operators")).toEqual([]);
  });

  test("add up to what the list says", async () => {
    const params = { dateFrom: month().from, dateTo: month().to, configIdList: [22, 23] };
    const sums = objectAt(await supervisor().result("imopenlines.v2.Stat.get", params));
    const rows = await everySession({ ...created(), configIdList: [22, 23] });
    const count = (wanted: (row: Record<string, unknown>) => boolean): number => rows.filter(wanted).length;
    expect(sums).toMatchObject({
      totalSessions: rows.length,
      closedSessions: count((row) => row.status === "closed"),
      spamSessions: count((row) => row.status === "spam"),
      likeCount: count((row) => row.vote === "like"),
      dislikeCount: count((row) => row.vote === "dislike"),
      kpiFirstAnswerOk: count((row) => row.kpiFirstAnswer === true),
      kpiFirstAnswerFail: count((row) => row.kpiFirstAnswer === false),
    });
    expect(Number(sums.kpiFirstAnswerOk)).toBeGreaterThan(0);
    const hours = listAt(sums, "sessionsByHour").map(Number);
    expect(hours).toHaveLength(24);
    expect(hours.reduce((sum, hour) => sum + hour, 0)).toBe(rows.length);
    const bySource = listAt(sums, "sessionsBySource").filter(isObject);
    expect(bySource.reduce((sum, part) => sum + Number(part.count), 0)).toBe(rows.length);
  });

  test("are zeros for a period without sessions", async () => {
    const empty = { dateFrom: isoDate(0), dateTo: isoDate(day) };
    expect(await supervisor().result("imopenlines.v2.Stat.get", empty)).toMatchObject({
      totalSessions: 0,
      avgWaitAnswer: 0,
      positiveRate: 0,
      sessionsByOperator: [],
      sessionsByHour: Array.from({ length: 24 }, () => 0),
    });
  });
});
