import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { actAs, isObject, listAt, objectAt, post } from "./rest-client.ts";

let portal: RunningPortal;

beforeAll(async () => {
  portal = await startPortal({ size: 0.05, plan: "on-premise" });
});
afterAll(() => portal.close());

const sessionList = "imopenlines.v2.Session.list";
const many = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const year = { dateFrom: "2026-01-01T00:00:00+01:00", dateTo: "2027-01-02T00:00:00+01:00" };
const longer = "2027-01-02T00:00:01+01:00";

describe("what the report methods refuse", () => {
  test.each([
    [sessionList, { configIdList: many(1001) }, "INVALID_FILTER"],
    [sessionList, { configId: "first" }, "INVALID_FILTER"],
    [sessionList, { configId: 0 }, "INVALID_FILTER"],
    [sessionList, { status: "open" }, "INVALID_FILTER"],
    [sessionList, { status: "closed", closeReason: "auto" }, "INVALID_FILTER"],
    [sessionList, { dateCreateFrom: "2026-05-01" }, "INVALID_FILTER"],
    [sessionList, { dateCreateFrom: "2026-05-01T00:00:00" }, "INVALID_FILTER"],
    [sessionList, { dateCreateFrom: year.dateTo, dateCreateTo: year.dateFrom }, "INVALID_FILTER"],
    [sessionList, { kpiFirstAnswer: true }, "INVALID_FILTER"],
    [sessionList, { kpiFirstAnswer: true, dateCreateFrom: year.dateFrom }, "INVALID_FILTER"],
    [sessionList, { hasCrm: "maybe" }, "INVALID_FILTER"],
    [sessionList, { waitAnswerFrom: -1 }, "INVALID_FILTER"],
    [sessionList, { order: "id" }, "INVALID_FILTER"],
    [sessionList, { limit: 201 }, "INVALID_FILTER"],
    [sessionList, { limit: 0 }, "INVALID_FILTER"],
    [sessionList, { offset: 10_001 }, "OFFSET_TOO_LARGE"],
    [sessionList, { dateCreateFrom: year.dateFrom, dateCreateTo: longer }, "PERIOD_TOO_LARGE"],
    [sessionList, { dateCloseFrom: year.dateFrom, dateCloseTo: longer }, "PERIOD_TOO_LARGE"],
    ["imopenlines.v2.Session.Stat.get", {}, "100"],
    ["imopenlines.v2.Session.Stat.get", { sessionId: 321 }, "100"],
    ["imopenlines.v2.Session.Stat.get", { sessionId: many(101) }, "BATCH_LIMIT_EXCEEDED"],
    ["imopenlines.v2.Session.Transfer.list", { sessionId: many(51) }, "BATCH_LIMIT_EXCEEDED"],
    ["imopenlines.v2.Session.Rating.list", { dateVoteFrom: year.dateFrom }, "PERIOD_REQUIRED"],
    ["imopenlines.v2.Session.Rating.list", { dateVoteFrom: year.dateFrom, dateVoteTo: longer }, "PERIOD_TOO_LARGE"],
    [
      "imopenlines.v2.Session.Rating.list",
      { dateVoteFrom: year.dateFrom, dateVoteTo: year.dateTo, vote: "any" },
      "INVALID_FILTER",
    ],
    ["imopenlines.v2.Operator.list", { status: "away" }, "INVALID_FILTER"],
    ["imopenlines.v2.Operator.list", { offset: 10_001, hasFreeSlots: true }, "OFFSET_TOO_LARGE"],
    ["imopenlines.v2.Stat.get", { dateFrom: year.dateFrom }, "PERIOD_REQUIRED"],
    ["imopenlines.v2.Stat.get", { dateFrom: year.dateFrom, dateTo: longer }, "PERIOD_TOO_LARGE"],
  ])("%s %j: %s", async (method, params, code) => {
    expect(await actAs(portal, 1).error(method, params)).toEqual({ status: 400, code });
  });

  test.each([
    [sessionList, { configIdList: many(1000), limit: 200, offset: 10_000 }],
    [sessionList, { dateCreateFrom: year.dateFrom, dateCreateTo: year.dateTo, kpiFirstAnswer: "1" }],
    ["imopenlines.v2.Session.Stat.get", { sessionId: [...many(100), 1, 2] }],
    ["imopenlines.v2.Session.Transfer.list", { sessionId: many(50) }],
    ["imopenlines.v2.Operator.list", { offset: 10_001 }],
    ["imopenlines.v2.Stat.get", year],
  ])("%s %j is just allowed", async (method, params) => {
    expect((await actAs(portal, 1).call(method, params)).status).toBe(200);
  });

  test("a batch carries parameters as a form and answers each command for itself", async () => {
    const [first] = portal.world.sessions.keys();
    const result = await actAs(portal, 1).result("batch", {
      cmd: {
        list: `${sessionList}?configIdList[]=22&configIdList[]=23&hasVoteHead=N&limit=2`,
        stat: `imopenlines.v2.Session.Stat.get?sessionId[]=${first}&sessionId[]=${first}`,
        bad: `${sessionList}?offset=10001`,
        one: "imopenlines.v2.session.transfer.list?sessionId=5",
      },
    });
    expect(listAt(result, "result", "list", "sessions")).toHaveLength(2);
    expect(listAt(result, "result", "stat", "sessions")).toMatchObject([{ sessionId: first }]);
    expect(objectAt(result, "result_error")).toMatchObject({
      bad: { error: "OFFSET_TOO_LARGE" },
      one: { error: "100" },
    });
  });

  test("a full last page promises one more, which is empty", async () => {
    const total = portal.world.sessions.size;
    const last = objectAt(await actAs(portal, 1).result(sessionList, { limit: total }));
    expect(last.hasNextPage).toBe(true);
    expect(await actAs(portal, 1).result(sessionList, { limit: total, offset: total })).toEqual({
      sessions: [],
      hasNextPage: false,
    });
  });

  test("guests of the portal and credentials without the scope are turned away", async () => {
    const guest = portal.world.user(27);
    guest.extranet = true;
    expect(await actAs(portal, 27).error(sessionList)).toEqual({ status: 400, code: "allowed_only_intranet_user" });
    guest.extranet = false;
    const answer = await post(portal.createWebhook(1, ["im"]), sessionList);
    expect(answer.body.error).toBe("insufficient_scope");
  });
});

describe("portals that have less", () => {
  const statistics = [
    sessionList,
    "imopenlines.v2.Session.Stat.get",
    "imopenlines.v2.Session.Transfer.list",
    "imopenlines.v2.Session.Rating.list",
    "imopenlines.v2.Operator.list",
    "imopenlines.v2.Stat.get",
  ];
  const params = { sessionId: [1], ...year, dateVoteFrom: year.dateFrom, dateVoteTo: year.dateTo };

  async function errorsOf(options: Parameters<typeof startPortal>[0], methods = statistics): Promise<string[]> {
    const other = await startPortal({ size: 0.05, ...options });
    try {
      const answers = await Promise.all(methods.map((method) => actAs(other, 1).call(method, params)));
      return answers.map(({ status, body }) => `${status} ${body.error ?? "ok"}`);
    } finally {
      await other.close();
    }
  }

  test("a plan without reports refuses all six, on-premise there is no plan", async () => {
    expect(await errorsOf({ reports: { inPlan: false } })).toEqual(Array(6).fill("400 TARIFF_RESTRICTION"));
    expect(await errorsOf({ plan: "on-premise", reports: { inPlan: false } })).toEqual(Array(6).fill("200 ok"));
  });

  test("a portal of 2024 knows none of them", async () => {
    const later = ["imopenlines.v2.Recent.list", "imopenlines.v2.QuickReply.list", "im.v2.Event.get"];
    expect(await errorsOf({ age: 2024 }, [...statistics, ...later])).toEqual(
      Array(9).fill("404 ERROR_METHOD_NOT_FOUND"),
    );
  });

  test("a portal of 2024 writes six parts of a chat's session data", async () => {
    const other = await startPortal({ size: 0.05, age: 2024 });
    try {
      const record = await actAs(other, 1).result("imopenlines.dialog.get", { CHAT_ID: other.quietChat?.chatId });
      expect(String(objectAt(record).entity_data_1).split("|")).toHaveLength(6);
    } finally {
      await other.close();
    }
  });

  test("one of 2025 has the sessions' controller but not this action", async () => {
    const [list, ...rest] = await errorsOf({ age: 2025 });
    expect(list).toBe("400 22002");
    expect(rest).toEqual(Array(5).fill("404 ERROR_METHOD_NOT_FOUND"));
    expect(await errorsOf({ age: 2025 }, ["imopenlines.v2.Recent.list", "im.v2.Event.get"])).toEqual([
      "200 ok",
      "200 ok",
    ]);
  });

  test("the documents' other names can be chosen", async () => {
    const other = await startPortal({ size: 0.05, reports: { userCode: "full", statKey: "stats" } });
    try {
      const session = [...other.world.sessions.values()][0];
      const stat = await actAs(other, 1).result("imopenlines.v2.Session.Stat.get", { sessionId: [session?.id] });
      expect(listAt(stat, "stats")).toMatchObject([{ sessionId: session?.id }]);
      const rows = listAt(await actAs(other, 1).result(sessionList), "sessions").filter(isObject);
      expect(rows.every((row) => String(row.userCode).split("|").length >= 4)).toBe(true);
    } finally {
      await other.close();
    }
  });
});
