import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LineColumn } from "../../../simulator/lines/line-config.ts";
import { type LineOperations, type OperationAnswer, startLineOperations } from "../line-operations.ts";

let operations: LineOperations;
beforeAll(async () => {
  operations = await startLineOperations();
});
afterAll(() => operations.close());

const CREATE = `mutation ($input: OpenLineCreateInput!) {
  openLineCreate(input: $input) { openLine { id name } userErrors { code field message bitrixCode } }
}`;
const UPDATE = `mutation ($id: ID!, $input: OpenLineUpdateInput!) {
  openLineUpdate(openLineId: $id, input: $input) { openLine { id name } userErrors { code field message bitrixCode } }
}`;
const DELETE = `mutation ($id: ID!) {
  openLineDelete(openLineId: $id) { deletedOpenLineId userErrors { code field bitrixCode } }
}`;

interface Payload {
  readonly openLine: { readonly id: string; readonly name: string } | null;
  readonly deletedOpenLineId: string | null;
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] | null }[];
}

function payloadOf({ data, errors }: OperationAnswer): Payload {
  expect(errors).toEqual([]);
  return Object.values(data ?? {})[0] as Payload;
}

async function create(input: Record<string, unknown>): Promise<string> {
  const { openLine, userErrors } = payloadOf(await operations.run(CREATE, { input }));
  expect(userErrors).toEqual([]);
  return openLine?.id ?? "";
}

function stored(id: string, columns: readonly LineColumn[]): (string | null | undefined)[] {
  const row = operations.portal.world.lines.get(Number(id));
  return columns.map((column) => row?.columns[column]);
}

const operatorIds = () => operations.portal.users.map(({ id }) => String(id));

describe("openLineCreate", () => {
  test("creates a line as asked and answers it as the portal stored it", async () => {
    const [first = "", second = ""] = operatorIds();
    const answer = await operations.run(CREATE, {
      input: {
        name: "Orders 🚚",
        languageCode: "de",
        queue: { type: "STRICTLY", configured: [first, second].map((entityId) => ({ type: "USER", entityId })) },
        workTime: {
          isEnabled: true,
          from: "9:00",
          to: "21:15",
          timeZone: "Europe/Berlin",
          daysOff: ["SATURDAY", "SUNDAY"],
        },
        bot: { isEnabled: true, userId: second, leaves: "ON_CLOSE" },
      },
    });
    const { openLine } = payloadOf(answer);
    expect(openLine?.name).toBe("Orders 🚚");
    const id = openLine?.id ?? "";
    expect(stored(id, ["QUEUE_TYPE", "WORKTIME_FROM", "WORKTIME_TO", "WORKTIME_DAYOFF", "LANGUAGE_ID"])).toEqual([
      "strictly",
      "9",
      "21.15",
      "SA,SU",
      "de",
    ]);
    expect(stored(id, ["WELCOME_BOT_ENABLE", "WELCOME_BOT_ID", "WELCOME_BOT_LEFT"])).toEqual(["Y", second, "close"]);
    expect(operations.portal.world.lines.get(Number(id))?.operators.map(({ userId }) => String(userId))).toEqual([
      first,
      second,
    ]);
    // The write, and the read of the name in a request of its own.
    expect(answer.upstream).toMatchObject({ requests: 2, commands: 2 });
  });

  test("costs one request when only the new id is selected", async () => {
    const { upstream } = await operations.run(`mutation { openLineCreate(input: {}) { openLine { id } } }`);
    expect(upstream).toMatchObject({ requests: 1, commands: 1 });
  });

  test.each([
    [{ name: " " }, "input.name must not be empty"],
    [{ name: "x".repeat(256) }, "input.name may have at most 255"],
    [{ isActive: null }, "input.isActive cannot be cleared"],
    [{ queue: null }, "input.queue cannot be cleared"],
    [{ languageCode: "deu" }, "input.languageCode must be two lower-case letters"],
    [{ queue: { configured: [] } }, "input.queue.configured must name at least one"],
    [{ queue: { configured: [{ type: "UNKNOWN", entityId: "1" }] } }, "input.queue.configured.0.type must be one of"],
    [{ queue: { configured: [{ type: "USER", entityId: "U1" }] } }, "input.queue.configured.0.entityId must be an id"],
    [{ queue: { type: "UNKNOWN" } }, "input.queue.type must be one of EVENLY, STRICTLY, ALL"],
    [{ queue: { redirectAfterSeconds: -1 } }, "input.queue.redirectAfterSeconds must be a whole number"],
    [{ limits: { sessionPriority: 86401 } }, "input.limits.sessionPriority must be a whole number from 0 to 86400"],
    [
      { customerRating: { widget: { request: "x".repeat(101) } } },
      "customerRating.widget.request may have at most 100",
    ],
    [{ customerRating: { widget: { thanks: "👍".repeat(11) } } }, "an emoji counts as 10"],
    [{ workTime: { from: "09:00" } }, "input.workTime.to is missing"],
    [{ workTime: { to: "09:00" } }, "input.workTime.from is missing"],
    [{ workTime: { from: "18:00", to: "09:00" } }, "input.workTime.to must be later than from"],
    [{ workTime: { from: "23:45", to: "23:50" } }, "input.workTime.from may be 23:30 at the latest"],
    [{ workTime: { timeZone: "Berlin" } }, "input.workTime.timeZone must be the IANA name"],
    [{ workTime: { holidays: ["25.12", "31.02"] } }, "input.workTime.holidays.1 must be a day of the year"],
    [{ bot: { userId: "5" } }, "input.bot.userId is only kept while the bot is on"],
    [{ bot: { isEnabled: false, leaves: "ON_CLOSE" } }, "input.bot.leaves is only kept while the bot is on"],
    [{ category: { categoryId: "5" } }, "input.category.categoryId is only kept while categories are on"],
    [{ kpi: { firstAnswer: { recipientIds: ["all"] } } }, "input.kpi.firstAnswer.recipientIds.0 must be an id"],
    [{ operatorIdentity: { default: { avatarUrl: "ftp://example.com/a.png" } } }, "must be an absolute http or https"],
  ])("refuses %j before anything is sent", async (input, message) => {
    const { data, errors, upstream } = await operations.run(CREATE, { input });
    expect(data).toEqual({ openLineCreate: null });
    expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", message: expect.stringContaining(message) }]);
    expect(upstream.requests).toBe(0);
  });

  test("refuses a time that is none when it reads the variables", async () => {
    const { errors } = await operations.run(CREATE, { input: { workTime: { from: "25:00", to: "26:00" } } });
    expect(errors[0]?.message).toContain("HH:MM");
  });
});

describe("openLineUpdate", () => {
  test("changes what is named and nothing else, although the portal would reset bot and category", async () => {
    const [bot = ""] = operatorIds();
    const id = await create({
      name: "Before",
      bot: { isEnabled: true, userId: bot, handOverAfterSeconds: 180, leaves: "ON_CLOSE", joins: "FIRST_DIALOG" },
      category: { isEnabled: true, categoryId: "7" },
    });
    const columns = operations.portal.world.lines.get(Number(id))?.columns;
    const answer = await operations.run(UPDATE, { id, input: { name: "After" } });
    expect(payloadOf(answer)).toMatchObject({ openLine: { id, name: "After" }, userErrors: [] });
    expect(operations.portal.world.lines.get(Number(id))?.columns).toEqual({ ...columns, LINE_NAME: "After" });
    expect(answer.upstream.byMethod).toEqual({ "imopenlines.config.get": 2, "imopenlines.config.update": 1 });
  });

  test("changes one setting of the bot and keeps its others", async () => {
    const [bot = ""] = operatorIds();
    const id = await create({ bot: { isEnabled: true, userId: bot, leaves: "ON_CLOSE" } });
    payloadOf(await operations.run(UPDATE, { id, input: { bot: { handOverAfterSeconds: 30 } } }));
    expect(stored(id, ["WELCOME_BOT_ENABLE", "WELCOME_BOT_ID", "WELCOME_BOT_TIME", "WELCOME_BOT_LEFT"])).toEqual([
      "Y",
      bot,
      "30",
      "close",
    ]);
  });

  test("refuses a bot setting for a line whose bot is off, rather than let the portal drop it", async () => {
    const id = await create({});
    const { errors, upstream } = await operations.run(UPDATE, { id, input: { bot: { handOverAfterSeconds: 30 } } });
    expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", message: expect.stringContaining("bot.isEnabled") }]);
    expect(upstream.writes).toEqual([]);
  });

  test("moves one end of the working day and keeps the other", async () => {
    const id = await create({ workTime: { from: "08:30", to: "17:00" } });
    payloadOf(await operations.run(UPDATE, { id, input: { workTime: { to: "19:05" } } }));
    expect(stored(id, ["WORKTIME_FROM", "WORKTIME_TO"])).toEqual(["8.30", "19.05"]);
    const { errors } = await operations.run(UPDATE, { id, input: { workTime: { to: "08:00" } } });
    expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", message: expect.stringContaining("later than from") }]);
  });

  test("changes the default operator's name and keeps the picture; null clears a part", async () => {
    const id = await create({
      operatorIdentity: { default: { name: "Desk", avatarUrl: "https://example.com/desk.png" } },
    });
    const read = `query ($id: ID!) { openLine(id: $id) { operatorIdentity { default { name avatarUrl } } } }`;
    payloadOf(await operations.run(UPDATE, { id, input: { operatorIdentity: { default: { name: "Support" } } } }));
    expect((await operations.run(read, { id })).data).toEqual({
      openLine: { operatorIdentity: { default: { name: "Support", avatarUrl: "https://example.com/desk.png" } } },
    });
    payloadOf(await operations.run(UPDATE, { id, input: { operatorIdentity: { default: { avatarUrl: null } } } }));
    expect((await operations.run(read, { id })).data).toEqual({
      openLine: { operatorIdentity: { default: { name: "Support", avatarUrl: null } } },
    });
  });

  test("clears lists and texts, and reads what it wrote", async () => {
    const id = await create({
      workTime: { daysOff: ["MONDAY"], holidays: ["01.01", "25.12"] },
      welcome: { text: "Hello 👋" },
      kpi: { firstAnswer: { recipientIds: operatorIds().slice(0, 2), text: 'Late & <slow> "answer"' } },
    });
    const read = `query ($id: ID!) { openLine(id: $id) {
      workTime { daysOff holidays } welcome { text } kpi { firstAnswer { recipients { id } text } } } }`;
    expect((await operations.run(read, { id })).data).toEqual({
      openLine: {
        workTime: { daysOff: ["MONDAY"], holidays: ["01.01", "25.12"] },
        welcome: { text: "Hello 👋" },
        kpi: {
          firstAnswer: {
            recipients: operatorIds()
              .slice(0, 2)
              .map((userId) => ({ id: userId })),
            text: 'Late & <slow> "answer"',
          },
        },
      },
    });
    payloadOf(
      await operations.run(UPDATE, {
        id,
        input: {
          workTime: { daysOff: [], holidays: [] },
          welcome: { text: null },
          kpi: { firstAnswer: { recipientIds: [], text: null } },
        },
      }),
    );
    expect((await operations.run(read, { id })).data).toEqual({
      openLine: {
        workTime: { daysOff: [], holidays: [] },
        welcome: { text: null },
        kpi: { firstAnswer: { recipients: [], text: null } },
      },
    });
  });

  test("answers the line as it is after the write, not as it was read before it in the same operation", async () => {
    const id = await create({ name: "One" });
    const { data } = await operations.run(
      `mutation ($id: ID!) {
        a: openLineUpdate(openLineId: $id, input: { name: "Two" }) { openLine { name } }
        b: openLineUpdate(openLineId: $id, input: { name: "Three" }) { openLine { name isActive } }
      }`,
      { id },
    );
    expect(data).toEqual({ a: { openLine: { name: "Two" } }, b: { openLine: { name: "Three", isActive: true } } });
  });

  test("tells of a line that does not exist as a user error", async () => {
    const payload = payloadOf(await operations.run(UPDATE, { id: "999999", input: { name: "X" } }));
    expect(payload).toMatchObject({ openLine: null, userErrors: [{ code: "LINE_NOT_FOUND", field: ["openLineId"] }] });
  });

  test("tells of a queue in which nobody is active as a user error", async () => {
    const id = await create({});
    const input = { queue: { configured: [{ type: "USER", entityId: "888888" }] } };
    const payload = payloadOf(await operations.run(UPDATE, { id, input }));
    expect(payload).toMatchObject({ openLine: { id }, userErrors: [{ code: "LINE_NOT_SAVED", field: ["input"] }] });
  });

  test("tells of a missing right as a user error, with the portal's code", async () => {
    const operator = operations.portal.users.find(({ role }) => role === "operator");
    const id = await create({ name: "Not yours" });
    const payload = payloadOf(await operations.run(UPDATE, { id, input: { name: "Mine" } }, operator?.webhookUrl));
    expect(payload).toMatchObject({
      openLine: { id, name: "Not yours" },
      userErrors: [{ code: "ACCESS_DENIED", bitrixCode: "CONFIG_WRONG_USER_PERMISSION", field: ["openLineId"] }],
    });
  });

  test.each([
    [{}, "names no setting"],
    [{ bot: {} }, "names no setting"],
    [{ name: null }, "input.name cannot be cleared"],
  ])("refuses the change %j before anything is sent", async (input, message) => {
    const { errors, upstream } = await operations.run(UPDATE, { id: "1", input });
    expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", message: expect.stringContaining(message) }]);
    expect(upstream.requests).toBe(0);
  });
});

describe("openLineDelete", () => {
  test("deletes a line and answers its id", async () => {
    const id = await create({});
    expect(payloadOf(await operations.run(DELETE, { id }))).toEqual({ deletedOpenLineId: id, userErrors: [] });
    expect(operations.portal.world.lines.get(Number(id))).toBeUndefined();
    expect(payloadOf(await operations.run(DELETE, { id }))).toMatchObject({
      deletedOpenLineId: null,
      userErrors: [{ code: "LINE_NOT_FOUND", field: ["openLineId"] }],
    });
  });

  test("tells of a missing right as a user error", async () => {
    const operator = operations.portal.users.find(({ role }) => role === "operator");
    const id = await create({});
    expect(payloadOf(await operations.run(DELETE, { id }, operator?.webhookUrl))).toMatchObject({
      deletedOpenLineId: null,
      userErrors: [{ code: "ACCESS_DENIED" }],
    });
  });
});
