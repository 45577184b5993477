import { describe, expect, it } from "vitest";
import { configListGet, type LineContext } from "../../simulator/lines/line-config.ts";
import { isPhpMap, type PhpMap } from "../../simulator/php-value.ts";
import { add, listed, portal, read, refusal } from "./line-portal.ts";

describe("the list of lines", () => {
  function threeLines(): LineContext {
    const context = portal();
    add(context, { LINE_NAME: "Shop 😀", QUEUE_TIME: 5, QUEUE: [27] });
    add(context, { LINE_NAME: "help", ACTIVE: "N", QUEUE_TIME: 30, QUEUE: [103] });
    add(context, { LINE_NAME: "Billing", QUEUE_TIME: 200 });
    return context;
  }
  const ids = (context: LineContext, params: PhpMap, options: PhpMap = {}) =>
    listed(context, { select: ["ID"], ...params }, options).map((row) => row.ID);

  it("leaves emoji as tokens where the single line shows them", () => {
    const context = threeLines();
    expect(listed(context, { select: ["LINE_NAME"], limit: 1 })).toEqual([{ LINE_NAME: "Shop :f09f9880:" }]);
    expect(read(context, 15).LINE_NAME).toBe("Shop 😀");
  });

  it("shows all 90 columns of every line, without the queue, when nothing else is asked", () => {
    const rows = configListGet(threeLines(), {});
    expect(rows).toHaveLength(3);
    for (const row of rows.filter(isPhpMap)) {
      expect(Object.keys(row)).toHaveLength(90);
      expect(row).toMatchObject({ WORKTIME_DAYOFF: [""], DATE_CREATE: {} });
    }
  });

  it.each([
    [{ ACTIVE: "Y" }, ["15", "17"]],
    [{ "=ACTIVE": "N" }, ["16"]],
    [{ "!ACTIVE": "N" }, ["15", "17"]],
    [{ ">QUEUE_TIME": 30 }, ["17"]],
    [{ ">=QUEUE_TIME": "30", "<QUEUE_TIME": 200 }, ["16"]],
    [{ "<=QUEUE_TIME": 30 }, ["15", "16"]],
    [{ "><QUEUE_TIME": [6, 300] }, ["16", "17"]],
    [{ "%LINE_NAME": "HEL" }, ["16"]],
    [{ "!%LINE_NAME": "l" }, ["15"]],
    [{ "=%LINE_NAME": "b%" }, ["17"]],
    [{ "@ID": [15, "17"] }, ["15", "17"]],
    [{ ID: [16] }, ["16"]],
    [{ "!@ID": [15] }, ["16", "17"]],
    [{ XML_ID: null, LINE_NAME: "HELP" }, ["16"]],
    [{ ">DATE_CREATE": "2100-01-01" }, []],
    [{ ">DATE_CREATE": "2000-01-01" }, ["15", "16", "17"]],
    [[], ["15", "16", "17"]],
  ])("filters by %o", (filter, expected) => {
    expect(ids(threeLines(), { filter })).toEqual(expected);
  });

  it("orders numbers by size and names without regard to case, and pages", () => {
    const context = threeLines();
    expect(ids(context, { order: { QUEUE_TIME: "desc" } })).toEqual(["17", "16", "15"]);
    expect(ids(context, { order: { LINE_NAME: "ASC" } })).toEqual(["17", "16", "15"]);
    expect(ids(context, { order: { ACTIVE: "ASC", ID: "DESC" } })).toEqual(["16", "17", "15"]);
    expect(ids(context, { limit: "1", offset: 1 })).toEqual(["16"]);
    expect(ids(context, { limit: 0 })).toEqual([]);
  });

  it("gives 50 lines by default and never more than 200", () => {
    const context = portal();
    for (let line = 0; line < 205; line += 1) add(context);
    expect(ids(context, {})).toHaveLength(50);
    expect(ids(context, { limit: 1000 })).toHaveLength(200);
    expect(ids(context, { limit: 200, offset: 200 })).toHaveLength(5);
  });

  it("selects under other names", () => {
    const [row] = listed(threeLines(), { select: { NAME: "LINE_NAME", 0: "ID" }, limit: 1 });
    expect(row).toEqual({ ID: "15", NAME: "Shop :f09f9880:" });
  });

  it("can leave out lines one may not use", () => {
    const limited = { ...threeLines(), rights: { userId: 103, allowedUsers: () => [103] } };
    expect(ids(limited, {}, { CHECK_PERMISSION: "VIEW" })).toEqual(["16"]);
    expect(
      ids({ ...limited, rights: { userId: 1, allowedUsers: () => [] } }, {}, { CHECK_PERMISSION: "MODIFY" }),
    ).toEqual([]);
    expect(ids(limited, {})).toEqual(["15", "16", "17"]);
  });

  it.each([
    [{ PARAMS: { start: 0, SELECT: [] } }, "Unsupported PARAMS fields are passed: start, SELECT"],
    [{ PARAMS: { select: "ID" } }, "A wrong format for the PARAMS field 'select' is passed"],
    [{ PARAMS: { order: "ID" } }, "A wrong format for the PARAMS field 'order' is passed"],
    [{ PARAMS: { filter: ["ID"] } }, "A wrong format for the PARAMS field 'filter' is passed"],
    [{ PARAMS: { limit: -1 } }, "A non-negative integer is expected in the PARAMS field 'limit'"],
    [{ PARAMS: { limit: [5] } }, "A non-negative integer is expected in the PARAMS field 'limit'"],
    [{ PARAMS: { offset: "x" } }, "A non-negative integer is expected in the PARAMS field 'offset'"],
    [{ PARAMS: { select: ["*"] } }, "A wrong field name is passed in the PARAMS field 'select'"],
    [{ PARAMS: { order: { "": "ASC" } } }, "A wrong field name is passed in the PARAMS field 'order'"],
    [{ PARAMS: { filter: { "=": 1 } } }, "A wrong field name is passed in the PARAMS field 'filter'"],
    [{ PARAMS: { select: ["QUEUE"] } }, "An unknown field 'QUEUE' is passed in the PARAMS field 'select'"],
    [{ PARAMS: { order: { id: "ASC" } } }, "An unknown field 'id' is passed in the PARAMS field 'order'"],
    [{ PARAMS: { filter: { ">LOGIC": 1 } } }, "An unknown field 'LOGIC' is passed in the PARAMS field 'filter'"],
    [{ PARAMS: { select: { "a b": "ID" } } }, "A wrong field alias is passed in the PARAMS field 'select'"],
    [
      { PARAMS: { select: { ACTIVE: "ID" } } },
      "The alias 'ACTIVE' matches an existing field in the PARAMS field 'select'",
    ],
    [{ PARAMS: { order: { ID: "up" } } }, "A wrong sorting direction is passed in the PARAMS field 'order'"],
    [{ OPTIONS: { QUEUES: "Y" } }, "Unsupported OPTIONS fields are passed: QUEUES"],
    [{ OPTIONS: { QUEUE: ["Y"] } }, "A wrong format for the OPTIONS field 'QUEUE' is passed"],
    [{ OPTIONS: { CONFIG_QUEUE: {} } }, "A wrong format for the OPTIONS field 'CONFIG_QUEUE' is passed"],
    [{ OPTIONS: { CHECK_PERMISSION: "view" } }, "An unknown value for the OPTIONS field 'CHECK_PERMISSION' is passed"],
  ])("refuses %o", (params, description) => {
    expect(refusal(() => configListGet(threeLines(), params))).toEqual({
      code: "INVALID_FORMAT",
      status: 400,
      description,
    });
  });
});
