import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import { WireError } from "../../src/datasources/bitrix24/wire.ts";
import { sessionActivityList } from "../../src/datasources/crm/activities.ts";
import type { SessionHistory } from "../../src/datasources/domain/session.ts";
import { appInfo, profileGet, scopeList } from "../../src/datasources/im/account.ts";
import { countersGet } from "../../src/datasources/im/counters.ts";
import { dialogRead } from "../../src/datasources/im/dialog-actions.ts";
import { dialogMessagesGet } from "../../src/datasources/im/dialog-messages.ts";
import { dialogUsersList } from "../../src/datasources/im/members.ts";
import { recentGet, recentList } from "../../src/datasources/im/recent.ts";
import { userListGet, userSearch } from "../../src/datasources/im/users.ts";
import { crmChatGet, crmMessageAdd } from "../../src/datasources/imopenlines/crm.ts";
import { dialogGet, sessionOpen } from "../../src/datasources/imopenlines/dialog.ts";
import { sessionHistoryGet } from "../../src/datasources/imopenlines/history.ts";
import { sessionModePinAll } from "../../src/datasources/imopenlines/session-actions.ts";
import { statGet } from "../../src/datasources/imopenlines/statistics/line-statistics.ts";
import { operatorList } from "../../src/datasources/imopenlines/statistics/operator-list.ts";
import { sessionList } from "../../src/datasources/imopenlines/statistics/session-list.ts";
import { sessionRatingList } from "../../src/datasources/imopenlines/statistics/session-ratings.ts";
import { sessionStatGet } from "../../src/datasources/imopenlines/statistics/session-statistics.ts";
import { sessionTransferList } from "../../src/datasources/imopenlines/statistics/session-transfers.ts";
import { documentedMethods, documentedReports } from "../contract/documented-portal.ts";
import { activityAnswer } from "../fixtures/activity-examples.ts";
import * as im from "../fixtures/im-examples.ts";
import { decoded } from "../kit/decoded.ts";

const item = { type: "DEAL", id: "1" } as const;

function documentedResult(name: string): unknown {
  return documentedMethods.get(name)?.example.response.result;
}

function reportResult(name: string): unknown {
  return documentedReports.get(name)?.example.response.result;
}

const period = { from: new Date(0), to: new Date(1) };
const page = { offset: 0, limit: 1 };

/** Each decoder with an answer it understands. */
const decoders: readonly (readonly [Call<unknown>, unknown])[] = [
  [dialogGet({ chatId: "1" }), documentedResult("imopenlines.dialog.get")],
  [sessionHistoryGet({ chatId: "1" }), documentedResult("imopenlines.session.history.get")],
  [sessionOpen("a|1|b|c"), documentedResult("imopenlines.session.open")],
  [crmChatGet(item, true), documentedResult("imopenlines.crm.chat.get")],
  [
    crmMessageAdd({ entity: item, authorId: "1", chatId: "1", text: "x" }),
    documentedResult("imopenlines.crm.message.add"),
  ],
  [sessionModePinAll(), documentedResult("imopenlines.session.mode.pinAll")],
  [recentList({ limit: 1, offset: 0 }), im.recentListAnswer.result],
  [recentGet(), im.recentGetAnswer.result],
  [countersGet(), im.countersAnswer.result],
  [userListGet(["1"]), im.userListAnswer.result],
  [userSearch({}), im.userSearchAnswer.result],
  [dialogMessagesGet({ chatId: "1", limit: 1 }), im.dialogMessagesAnswer.result],
  [dialogUsersList({ chatId: "1", limit: 1 }), im.dialogUsersAnswer.result],
  [dialogRead("1"), im.dialogReadAnswer.result],
  [profileGet(), im.profileAnswer.result],
  [scopeList(), im.scopeAnswer.result],
  [appInfo(), im.appInfoAnswer.result],
  [
    sessionList({ filter: {}, order: "CREATED", direction: "DESC", ...page }),
    reportResult("imopenlines.v2.Session.list"),
  ],
  [sessionStatGet(["1"]), reportResult("imopenlines.v2.Session.Stat.get")],
  [sessionTransferList(["1"]), reportResult("imopenlines.v2.Session.Transfer.list")],
  [sessionRatingList({ period, ...page }), reportResult("imopenlines.v2.Session.Rating.list")],
  [operatorList(page), reportResult("imopenlines.v2.Operator.list")],
  [statGet({ period }), reportResult("imopenlines.v2.Stat.get")],
  [sessionActivityList({ filter: {}, direction: "ASC" }), activityAnswer],
];

/** All places of a JSON value, as paths. */
function placesOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, entry]) => placesOf(entry, [...at, key]))];
}

/** A copy with the value at one place replaced; `undefined` removes it. */
function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((entry, index) => (String(index) === key ? replaced(entry, rest, by) : entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => {
      const next = name === key ? replaced(entry, rest, by) : entry;
      return next === undefined ? [] : [[name, next]];
    }),
  );
}

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    undefined,
    null,
    false,
    true,
    "",
    "0",
    0,
    -1,
    1.5,
    1e21,
    [],
    {},
    [[]],
    [null],
    { "0": null },
    "chat",
    "Y",
  ),
);

/** True when the decoder understood it; false for its own refusal; any other error is a defect. */
function isUnderstood(call: Call<unknown>, result: unknown): boolean {
  try {
    decoded(call, result);
    return true;
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

describe.each(decoders.map(([call, example]) => ({ method: call.method, call, example })))(
  "the decoder of $method",
  ({ call, example }) => {
    test("understands its example", () => {
      expect(isUnderstood(call, example)).toBe(true);
    });

    test("answers any JSON value with a record or with a WireError, never with another failure", () => {
      fc.assert(fc.property(strange, (value) => void isUnderstood(call, value)));
    });

    test("does the same for its example with any one place replaced or removed", () => {
      const places = placesOf(example);
      fc.assert(
        fc.property(fc.constantFrom(...places), strange, (place, by) => {
          void isUnderstood(call, replaced(example, place, by));
        }),
        { numRuns: 500 },
      );
    });
  },
);

describe("what may not be lost", () => {
  const history = sessionHistoryGet({ sessionId: "321" });
  const example = documentedResult("imopenlines.session.history.get");

  test.each([["sessionId"], ["chatId"]])("a history without %s is refused", (name) => {
    const without = replaced(replaced(example, [name], undefined), ["userId"], undefined);
    expect(isUnderstood(history, without)).toBe(false);
  });

  test.each([
    ["message", "85833", "date"],
    ["message", "85833", "senderid"],
    ["message", "85833", "id"],
    ["users", "103", "id"],
    ["files", "5437", "id"],
  ] as const)("what has no %s %s %s leaves its list, and nothing else goes", (list, key, field) => {
    const sizes = (of: SessionHistory) => ({
      message: of.messages.length,
      users: of.users.size,
      files: of.files.length,
    });
    const whole = sizes(decoded(history, example));
    const odd = sizes(decoded(history, replaced(example, [list, key, field], undefined)));
    expect(odd).toEqual({ ...whole, [list]: whole[list] - 1 });
  });

  test("a history from an older portal, without what newer ones add, is understood", () => {
    let older = example;
    for (const name of [
      "files",
      "openlines",
      "userInGroup",
      "woUserInGroup",
      "userBlockChat",
      "userInChat",
      "chat",
      "users",
    ])
      older = replaced(older, [name], undefined);
    expect(decoded(history, older)).toMatchObject({ sessionId: "321", chat: null, participantIds: [], files: [] });
  });

  test("empty maps that arrive as lists are empty", () => {
    let empty = example;
    for (const name of ["message", "files", "users", "userInChat", "userBlockChat", "chat", "userInGroup"])
      empty = replaced(empty, [name], []);
    expect(decoded(history, empty)).toMatchObject({ messages: [], files: [], chat: null, departments: [] });
  });

  test("messages past 2^32 are in order although their map is not", () => {
    const message = documentedMethods.get("imopenlines.session.history.get")?.example.response.result;
    const one = {
      senderid: "0",
      chatid: "1763",
      date: "2026-03-11T13:12:46+01:00",
      text: "",
      textlegacy: "",
      params: [],
    };
    const ids = ["9007199254740993", "4294967300", "85851"];
    const wire = replaced(message, ["message"], Object.fromEntries(ids.map((id) => [id, { ...one, id }])));
    expect(decoded(history, wire).messages.map((entry) => entry.id)).toEqual([
      "85851",
      "4294967300",
      "9007199254740993",
    ]);
  });
});
