import { describe, expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import { sessionActivityList } from "../../src/datasources/crm/activities.ts";
import { statGet } from "../../src/datasources/imopenlines/statistics/line-statistics.ts";
import { operatorList } from "../../src/datasources/imopenlines/statistics/operator-list.ts";
import { sessionList } from "../../src/datasources/imopenlines/statistics/session-list.ts";
import { sessionRatingList } from "../../src/datasources/imopenlines/statistics/session-ratings.ts";
import { sessionStatGet } from "../../src/datasources/imopenlines/statistics/session-statistics.ts";
import { sessionTransferList } from "../../src/datasources/imopenlines/statistics/session-transfers.ts";
import { activityAnswer } from "../fixtures/activity-examples.ts";
import { decoded } from "../kit/decoded.ts";
import { documentedReports, startReplay } from "./documented-portal.ts";

const october = { from: new Date("2026-09-30T23:00:00Z"), to: new Date("2026-10-31T22:59:59Z") };

/** All rows of a page could be read. */
function rows(items: readonly unknown[]): unknown {
  return { items, positions: [...items.keys()], count: items.length };
}

/** The documented request as a typed call, and what the documented answer means. */
const contracts: Readonly<Record<string, readonly [Call<unknown>, unknown]>> = {
  "imopenlines.v2.Session.list": [
    sessionList({
      filter: { lineIds: ["7", "9"], created: october },
      order: "CREATED",
      direction: "ASC",
      limit: 2,
      offset: 0,
    }),
    {
      hasNextPage: true,
      sessions: rows([
        {
          id: "4817",
          source: "reports",
          startedAt: new Date("2026-10-05T07:12:44Z"),
          closedAt: new Date("2026-10-05T07:40:09Z"),
          firstAnsweredAt: new Date("2026-10-05T07:13:20Z"),
          operatorAnsweredAt: new Date("2026-10-05T07:13:20Z"),
          state: "CLOSED",
          closeReason: "OPERATOR",
          operatorId: "63",
          lineId: "7",
          sourceCode: "telegrambot",
          customerId: "912",
          userCode: "guest-7f03",
          chatId: "15220",
          customerRating: "LIKE",
          supervisorRating: 4,
          supervisorComment: "Quick and polite",
          crmEntity: { type: "LEAD", id: "2204" },
          queueTransferCount: 1,
          waitedForAnswerSeconds: 36,
          waitedForCloseSeconds: 1645,
          isFirstAnswerInTime: true,
          messageCount: 19,
        },
        {
          id: "4822",
          source: "reports",
          startedAt: new Date("2026-10-05T10:02:10Z"),
          closedAt: null,
          firstAnsweredAt: null,
          operatorAnsweredAt: null,
          state: "NEW",
          closeReason: null,
          operatorId: null,
          lineId: "7",
          sourceCode: "telegrambot",
          customerId: "918",
          userCode: "guest-8a11",
          chatId: "15231",
          customerRating: null,
          supervisorRating: null,
          supervisorComment: null,
          crmEntity: null,
          queueTransferCount: 0,
          waitedForAnswerSeconds: null,
          waitedForCloseSeconds: null,
          isFirstAnswerInTime: null,
          messageCount: 2,
        },
      ]),
    },
  ],
  "imopenlines.v2.Session.Stat.get": [
    sessionStatGet(["4817", "999001"]),
    [
      {
        sessionId: "4817",
        waitedForAnswerSeconds: 36,
        waitedForCloseSeconds: 1645,
        messageCount: 19,
        operatorMessageCount: 8,
        customerMessageCount: 9,
        transferCount: 1,
        isFirstAnswerInTime: true,
        customerRating: "LIKE",
        supervisorRating: 4,
      },
    ],
  ],
  "imopenlines.v2.Session.Transfer.list": [
    sessionTransferList(["4817"]),
    [
      {
        sessionId: "4817",
        at: new Date("2026-10-05T07:12:45Z"),
        fromOperatorId: null,
        toOperatorId: "58",
        fromLineId: "7",
        toLineId: null,
        reason: "DISTRIBUTED",
        mode: "AUTOMATIC",
        target: "USER",
        initiatorId: null,
      },
      {
        sessionId: "4817",
        at: new Date("2026-10-05T07:12:59Z"),
        fromOperatorId: "58",
        toOperatorId: "63",
        fromLineId: "7",
        toLineId: null,
        reason: "BY_OPERATOR",
        mode: "MANUAL",
        target: "USER",
        initiatorId: "58",
      },
    ],
  ],
  "imopenlines.v2.Session.Rating.list": [
    sessionRatingList({ period: october, customerRating: "DISLIKE", limit: 50, offset: 0 }),
    {
      hasNextPage: false,
      ratings: rows([
        {
          sessionId: "4790",
          lineId: "7",
          operatorId: "63",
          sourceCode: "livechat",
          customerRating: "DISLIKE",
          supervisorRating: null,
          supervisorComment: null,
          ratedAt: new Date("2026-10-04T16:31:02Z"),
          closedAt: new Date("2026-10-04T16:29:40Z"),
        },
      ]),
    },
  ],
  "imopenlines.v2.Operator.list": [
    operatorList({ limit: 50, offset: 0 }),
    {
      hasNextPage: false,
      operators: rows([
        {
          operatorId: "63",
          lineId: "7",
          presence: "ONLINE",
          activeSessionCount: 3,
          maxSessionCount: 6,
          freeSlotCount: 3,
          lastActivityAt: new Date("2026-10-26T07:58:31Z"),
        },
        {
          operatorId: "58",
          lineId: "7",
          presence: "PAUSE",
          activeSessionCount: 0,
          maxSessionCount: 6,
          freeSlotCount: 6,
          lastActivityAt: null,
        },
      ]),
    },
  ],
  "imopenlines.v2.Stat.get": [
    statGet({ period: october, lineIds: ["7"] }),
    {
      sessionCount: 96,
      closedSessionCount: 90,
      spamSessionCount: 2,
      averageWaitForAnswerSeconds: 51.4,
      averageDurationSeconds: 702.8,
      likeCount: 40,
      dislikeCount: 5,
      ratedSessionCount: 45,
      positiveRate: 0.8889,
      answeredInTimeCount: 80,
      answeredLateCount: 9,
      bySource: [
        { sourceCode: "livechat", sessionCount: 60 },
        { sourceCode: "telegrambot", sessionCount: 36 },
      ],
      byHour: [0, 0, 0, 0, 0, 0, 0, 2, 6, 12, 14, 11, 9, 8, 9, 8, 7, 5, 3, 1, 1, 0, 0, 0],
      byOperator: [{ operatorId: "63", sessionCount: 52, averageWaitForAnswerSeconds: 44.1, positiveRate: 0.9 }],
    },
  ],
};

/** Parameters that say the same in another spelling: the gateway writes times in UTC, and every page with its offset. */
function meant(body: Readonly<Record<string, unknown>>, defaults: Readonly<Record<string, unknown>>): unknown {
  const isTime = (value: unknown): value is string => typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value);
  return Object.fromEntries(
    Object.entries({ ...defaults, ...body }).map(([key, value]) => [key, isTime(value) ? Date.parse(value) : value]),
  );
}

describe("the documented methods of the reports", () => {
  test.each([...documentedReports.keys()])("%s", async (name) => {
    const method = documentedReports.get(name);
    const contract = contracts[name];
    if (method === undefined || contract === undefined) throw new Error(`${name} has no contract`);
    const [call, expected] = contract;
    const replay = await startReplay();
    const { value, request } = await replay.exchange(call, "read", method.example.response);
    expect(request.method).toBe(name);
    const defaults = "offset" in call.params ? { offset: 0, limit: 50 } : {};
    // One look at the operators of all lines serves whoever asks for one of them.
    const { configId: _line, ...asked } = method.example.request.body;
    expect(meant(request.body, {})).toEqual(meant(asked, defaults));
    expect(value).toStrictEqual(expected);
  });

  test("figures under the other documented key are the same", () => {
    const [row] = statisticsRows();
    expect(decoded(sessionStatGet(["4817"]), { stats: [row] })).toHaveLength(1);
    expect(decoded(sessionStatGet(["4817"]), { sessions: [row] })).toEqual(
      decoded(sessionStatGet(["4817"]), { stats: [row] }),
    );
  });

  test("a rate without ratings is none, and free places of a line without a limit are none", () => {
    expect(decoded(statGet({ period: october }), { votedSessions: 0, positiveRate: 0 }).positiveRate).toBeNull();
    const row = { userId: 1, configId: 2, status: "online", activeSessions: 4, maxChat: 0, freeSlots: 0 };
    const [operator] = decoded(operatorList({ offset: 0, limit: 1 }), { operators: [row] }).operators.items;
    expect(operator).toMatchObject({ maxSessionCount: null, freeSlotCount: null, activeSessionCount: 4 });
  });

  test("words that the portal adds one day are unknown, and rows that cannot be read leave their list", () => {
    const query = { filter: {}, order: "CREATED", direction: "DESC", offset: 0, limit: 5 } as const;
    const row = { id: 5, dateCreate: "2026-10-05T08:12:44+01:00" };
    const { sessions } = decoded(sessionList(query), {
      sessions: [
        { ...row, status: "frozen", closeReason: "meteor", vote: "meh", operatorId: {} },
        { id: 6 },
        "x",
        null,
      ],
      hasNextPage: false,
    });
    expect(sessions.items).toHaveLength(1);
    expect(sessions.items[0]).toMatchObject({
      id: "5",
      state: "UNKNOWN",
      closeReason: "UNKNOWN",
      customerRating: "UNKNOWN",
      operatorId: null,
    });
  });
});

function statisticsRows(): unknown[] {
  return Object(documentedReports.get("imopenlines.v2.Session.Stat.get")?.example.response.result).sessions;
}

describe("activities of sessions", () => {
  const query = { filter: {}, direction: "DESC" } as const;

  test("are asked for by provider, without a count, and from a place on", () => {
    const { method, params } = sessionActivityList({
      filter: { lineIds: ["7"], state: "NEW", boundTo: [{ type: "DEAL", id: "615" }] },
      direction: "DESC",
      after: "9120",
    });
    expect(method).toBe("crm.activity.list");
    expect(JSON.parse(JSON.stringify(params))).toMatchObject({
      filter: {
        PROVIDER_ID: "IMOPENLINES_SESSION",
        "@PROVIDER_TYPE_ID": ["7"],
        COMPLETED: "N",
        RESULT_STATUS: 1,
        BINDINGS: [{ OWNER_TYPE_ID: 2, OWNER_ID: 615 }],
        "<ID": 9120,
      },
      order: { ID: "DESC" },
      start: -1,
    });
  });

  test("tell a session as far as they know it", () => {
    expect(decoded(sessionActivityList(query), activityAnswer)).toStrictEqual({
      activities: [
        {
          activityId: "9120",
          session: {
            id: "4711",
            source: "activities",
            startedAt: new Date("2026-09-14T08:02:11Z"),
            closedAt: new Date("2026-09-14T08:30:40Z"),
            state: "CLOSED",
            operatorId: "58",
            lineId: "7",
            sourceCode: "livechat",
            userCode: "livechat|7|3051|902",
            customerId: "902",
            crmEntity: { type: "DEAL", id: "615" },
          },
        },
      ],
      lastId: "9120",
      rowCount: 1,
    });
  });

  test("the end of a session that is open is a forecast and is not told", () => {
    const [row] = activityAnswer;
    const open = { ...row, COMPLETED: "N", END_TIME: "2030-01-01T00:00:00+00:00", RESULT_STATUS: "1" };
    const [activity] = decoded(sessionActivityList(query), [open]).activities;
    expect(activity?.session).toMatchObject({ closedAt: null, state: "NEW" });
  });

  test("one that is bound to several of the items stands there once, and one of another kind does not", () => {
    const [row] = activityAnswer;
    const call = { ...row, ID: "9119", PROVIDER_ID: "VOXIMPLANT_CALL" };
    const page = decoded(sessionActivityList(query), [row, row, call]);
    expect(page.activities).toHaveLength(1);
    expect(page).toMatchObject({ lastId: "9119", rowCount: 3 });
  });

  test("the origin names the session where the other place does not", () => {
    const [row] = activityAnswer;
    const [activity] = decoded(sessionActivityList(query), [{ ...row, ASSOCIATED_ENTITY_ID: null }]).activities;
    expect(activity?.session.id).toBe("4711");
  });
});
