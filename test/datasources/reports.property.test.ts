import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import type { Rows } from "../../src/datasources/bitrix24/wire-lists.ts";
import { sessionActivityList } from "../../src/datasources/crm/activities.ts";
import { statGet } from "../../src/datasources/imopenlines/statistics/line-statistics.ts";
import { operatorList } from "../../src/datasources/imopenlines/statistics/operator-list.ts";
import { sessionList } from "../../src/datasources/imopenlines/statistics/session-list.ts";
import { sessionRatingList } from "../../src/datasources/imopenlines/statistics/session-ratings.ts";
import { sessionStatGet } from "../../src/datasources/imopenlines/statistics/session-statistics.ts";
import { sessionTransferList } from "../../src/datasources/imopenlines/statistics/session-transfers.ts";
import { documentedReports } from "../contract/documented-portal.ts";
import { activityAnswer } from "../fixtures/activity-examples.ts";
import { decoded } from "../kit/decoded.ts";

const period = { from: new Date(0), to: new Date(1) };
const page = { offset: 0, limit: 200 };

/** No row of any list, and no figure. */
const odd = fc.constantFrom<unknown>("x", -1, 0.5, "many", [[]], { a: 1 }, true);

function example(method: string): Record<string, unknown> {
  return Object(documentedReports.get(method)?.example.response.result);
}

interface List {
  readonly call: Call<unknown>;
  /** A good row of the documentation, as that of the record with this number. */
  readonly row: (number: number) => unknown;
  readonly answer: (rows: readonly unknown[]) => unknown;
  readonly rowsOf: (value: unknown) => readonly unknown[];
}

function listed(method: string, call: Call<unknown>, key: string, idKey: string): List {
  const [row] = Object(example(method)[key]);
  return {
    call,
    row: (number) => ({ ...row, [idKey]: number }),
    answer: (rows) => ({ ...example(method), [key]: rows }),
    rowsOf: (value) => {
      const found = Array.isArray(value) ? value : Object(value)[key];
      return Array.isArray(found) ? found : (found as Rows<unknown>).items;
    },
  };
}

const lists: Readonly<Record<string, List>> = {
  sessions: listed(
    "imopenlines.v2.Session.list",
    sessionList({ filter: {}, order: "CREATED", direction: "ASC", ...page }),
    "sessions",
    "id",
  ),
  "figures of sessions": listed("imopenlines.v2.Session.Stat.get", sessionStatGet(["1"]), "sessions", "sessionId"),
  transfers: listed("imopenlines.v2.Session.Transfer.list", sessionTransferList(["1"]), "transfers", "sessionId"),
  ratings: listed("imopenlines.v2.Session.Rating.list", sessionRatingList({ period, ...page }), "ratings", "sessionId"),
  operators: listed("imopenlines.v2.Operator.list", operatorList(page), "operators", "userId"),
  "figures of operators": {
    ...listed("imopenlines.v2.Stat.get", statGet({ period }), "sessionsByOperator", "operatorId"),
    rowsOf: (value) => Object(value).byOperator,
  },
  activities: {
    call: sessionActivityList({ filter: {}, direction: "ASC" }),
    row: (number) => ({ ...activityAnswer[0], ID: String(number) }),
    answer: (rows) => rows,
    rowsOf: (value) => Object(value).activities,
  },
};

describe("a row that cannot be read costs itself alone", () => {
  test.each(Object.entries(lists))("%s", (_name, { call, row, answer, rowsOf }) => {
    fc.assert(
      fc.property(fc.array(fc.option(odd, { nil: undefined }), { minLength: 1, maxLength: 12 }), (oddities) => {
        const isGood = oddities.map((each) => each === undefined);
        const all = oddities.map((_each, index) => row(index + 1));
        const some = oddities.map((each, index) => (each === undefined ? all[index] : each));
        const expected = rowsOf(decoded(call, answer(all))).filter((_row, index) => isGood[index]);
        expect(rowsOf(decoded(call, answer(some)))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("pages tell where their rows stand, readable or not", () => {
    const { call, row, answer } = lists.sessions ?? expect.fail();
    const { sessions, hasNextPage } = Object(decoded(call, answer(["x", row(2), null, row(4)])));
    expect(sessions).toMatchObject({ positions: [1, 3], count: 4 });
    expect(hasNextPage).toBe(true);
  });

  test.each([[undefined], ["x"], [{}]])("a page of rows goes on where the portal tells %j of the next one", (told) => {
    const { call, row } = lists.sessions ?? expect.fail();
    expect(decoded(call, { sessions: [row(1)], hasNextPage: told })).toMatchObject({ hasNextPage: true });
    expect(decoded(call, { sessions: [], hasNextPage: told })).toMatchObject({ hasNextPage: false });
    expect(decoded(call, { sessions: [row(1)], hasNextPage: false })).toMatchObject({ hasNextPage: false });
  });
});

describe("the hours of line statistics", () => {
  const hours = fc.array(fc.nat(50), { minLength: 24, maxLength: 24 });
  const byHour = (sessionsByHour: unknown) => Object(decoded(statGet({ period }), { sessionsByHour })).byHour;

  test("lose an odd hour and no other, in a list and in a map", () => {
    fc.assert(
      fc.property(hours, fc.dictionary(fc.nat(23).map(String), odd, { maxKeys: 6 }), (good, oddHours) => {
        const some = good.map((amount, hour) => (Object.hasOwn(oddHours, hour) ? oddHours[hour] : amount));
        const expected = good.map((amount, hour) => (Object.hasOwn(oddHours, hour) ? null : amount));
        expect(byHour(some)).toEqual(expected);
        expect(byHour(Object.fromEntries(some.entries()))).toEqual(expected);
      }),
    );
  });

  test("stay where they are when others are left out of the map", () => {
    fc.assert(
      fc.property(hours, fc.uniqueArray(fc.nat(23), { maxLength: 23 }), (good, gone) => {
        const map = Object.fromEntries([...good.entries()].filter(([hour]) => !gone.includes(hour)));
        expect(byHour(map)).toEqual(good.map((amount, hour) => (gone.includes(hour) ? null : amount)));
      }),
    );
  });

  test("are none where none are told, and never more than a day has", () => {
    for (const nothing of [undefined, null, false, "", [], {}, "x", 7]) expect(byHour(nothing)).toEqual([]);
    expect(byHour({ "7": 3, "24": 9, noon: 4 })).toEqual(
      Array.from({ length: 24 }, (_, hour) => (hour === 7 ? 3 : null)),
    );
  });
});
