import { readdirSync, readFileSync } from "node:fs";
import { Kind, OperationTypeNode, parse, print, separateOperations, visit } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../../simulator/portal.ts";
import { buildSchema } from "../../../../src/resolvers/build-schema.ts";
import { costOf } from "../../../../src/server/operations/cost/cost.ts";
import { operationText } from "../../../../src/server/operations/cost/selected-fields.ts";
import { keyFor, startGateway, type TestGateway } from "../../../kit/gateway.ts";
import { createDice, type Dice, type Literals, randomQuery } from "../../../kit/random-operation.ts";
import { countOf, SEED } from "../../../kit/seeds.ts";

const schema = buildSchema();
const costOfNamed = (source: string, name: string | null, variables: Record<string, unknown>): number => {
  const text = operationText(schema, parse(source), name, variables);
  return text === undefined ? 0 : costOf(text);
};
const cost = (source: string, variables: Record<string, unknown> = {}): number => costOfNamed(source, null, variables);

describe("the cost of an operation", () => {
  test("counts a chat once, however many of its fields and aliases are asked for", () => {
    expect(cost("{ chat(by: {id: 5}) { id } }")).toBe(1);
    expect(cost("{ a: chat(by: {id: 5}) { title state } b: chat(by: {id: 5}) { line { id } messageCount } }")).toBe(1);
    expect(cost("{ a: chat(by: {id: 5}) { title } b: chat(by: {id: 6}) { title } }")).toBe(2);
  });

  test("counts people a hundred to a command, and lines once each", () => {
    expect(cost("{ users(ids: [1, 2, 3]) { name position } }")).toBe(1);
    const ids = Array.from({ length: 250 }, (_, index) => index + 1).join(",");
    expect(cost(`{ users(ids: [${ids}]) { name } }`)).toBe(3);
    expect(cost("{ inbox(first: 100) { nodes { chat { line { name } } } } }")).toBe(2 + 20);
  });

  test("counts nothing for what a list brings along, and a command of each row for what it does not", () => {
    const rows = "changed { chat { title state viewerUnreadCount operator { id } } }";
    expect(cost(`subscription { inboxChanged(first: 50) { order ${rows} } }`)).toBe(2);
    const marks = "changed { chat { readMarks { readAt } } }";
    expect(cost(`subscription { inboxChanged(first: 50) { ${marks} } }`)).toBe(2 + 50);
    expect(cost(`subscription { inboxChanged { ${marks} } }`)).toBe(2 + 20);
    const list = cost("{ inbox(first: 50) { nodes { id } } }");
    expect(cost("{ inbox(first: 50) { nodes { chat { title state operator { id } } } } }")).toBe(list);
    expect(cost("{ inbox(first: 50) { nodes { chat { readMarks { readAt } } } } }")).toBe(list + 50);
    expect(
      cost("{ inbox(first: 50) { nodes { chat { readMarks { readAt } } } edges { node { chat { description } } } } }"),
    ).toBe(list + 50);
  });

  test("counts messages fifty to a command, by the page size of a variable too", () => {
    const source = "query ($n: Int) { chat(by: {id: 5}) { messages(last: $n) { nodes { text author { id } } } } }";
    expect(cost(source, { n: 50 })).toBe(2);
    expect(cost(source, { n: 100 })).toBe(3);
    expect(cost(source)).toBe(2);
  });

  test("leaves out what @skip and @include leave out", () => {
    const source =
      "query ($x: Boolean!) { inbox(first: 100) { nodes { id chat { latestSession @include(if: $x) { id } } } } }";
    expect(cost(source, { x: false })).toBe(2);
    expect(cost(source, { x: true })).toBe(2 + 100);
  });

  test("counts every mutation, equal ones too, and the re-read that its payload asks for", () => {
    expect(cost("mutation { chatTyping(chatId: 5) { userErrors { code } } }")).toBe(1);
    expect(
      cost(
        "mutation { a: chatTyping(chatId: 5) { userErrors { code } } b: chatTyping(chatId: 5) { userErrors { code } } }",
      ),
    ).toBe(2);
    expect(cost("mutation { chatFinish(chatId: 5) { chat { id } } }")).toBe(1);
    expect(cost("mutation { chatFinish(chatId: 5) { chat { title } } }")).toBe(2);
  });

  test("is that of one event for a subscription, of the dearest kind", () => {
    expect(cost("subscription { openLineEvents { cursor } }")).toBe(1);
    const source = "subscription { openLineEvents { cursor ... on MessageAdded { chat { title } message { text } } } }";
    expect(cost(source)).toBe(3);
  });

  test("is that of the operation that runs, of several in a document", () => {
    const source = "query A { chat(by: {id: 1}) { title } } query B { viewer { label } }";
    expect(costOfNamed(source, "A", {})).toBe(1);
    expect(costOfNamed(source, "B", {})).toBe(0);
  });

  test("is 0 where variables do not fit, for nothing is asked then", () => {
    expect(cost("query ($id: ID!) { chat(by: {id: $id}) { title } }")).toBe(0);
  });

  test("is without end, and found at once, for fragments that double at each of thirty levels", () => {
    const doubling = Array.from(
      { length: 30 },
      (_, level) =>
        `fragment F${level} on Chat { messages(first: ${level + 1}) { nodes { chat { ...F${level + 1} } } } x: messages(last: ${level + 1}) { nodes { chat { ...F${level + 1} } } } }`,
    );
    const source = `{ chat(by: {id: 1}) { ...F0 } } ${doubling.join(" ")} fragment F30 on Chat { title }`;
    expect(cost(source)).toBe(Number.POSITIVE_INFINITY);
  });
});

/** Of the test's own making. */
const WRONG_REQUESTS: ReadonlySet<string> = new Set(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST"]);

/** Each query of the examples with the fragments of its file, every list as long as a page may be. */
function exampleQueries(): { readonly name: string; readonly source: string; readonly variables: string[] }[] {
  const folder = "examples/operations";
  return readdirSync(folder).flatMap((file) => {
    const document = visit(parse(readFileSync(`${folder}/${file}`, "utf8")), {
      Argument(node) {
        const isSize = node.value.kind === Kind.INT && ["first", "last"].includes(node.name.value);
        return isSize ? { ...node, value: { ...node.value, value: "100" } } : undefined;
      },
    });
    return document.definitions.flatMap((operation) => {
      if (operation.kind !== Kind.OPERATION_DEFINITION || operation.operation !== OperationTypeNode.QUERY) return [];
      const name = operation.name?.value ?? "";
      const source = print(separateOperations(document)[name] ?? document);
      return [
        { name, source, variables: (operation.variableDefinitions ?? []).map((each) => each.variable.name.value) },
      ];
    });
  });
}

describe("against what is spent on a portal whose lists are full", () => {
  let portal: RunningPortal;
  let gateway: TestGateway;
  let key: string;
  let literals: Literals;

  beforeAll(async () => {
    portal = await startPortal({ size: 3, plan: "on-premise" });
    gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise" } });
    key = await busiest();
    literals = await knownValues();
  });

  afterAll(async () => {
    await gateway.close();
    await portal.close();
  });

  /** The operator with the longest list of dialogs. */
  async function busiest(): Promise<string> {
    let best = { key: "", dialogs: -1 };
    for (const user of portal.users) {
      const { data } = await gateway.graphql("{ inbox(first: 100) { nodes { id } } }", {}, { key: keyFor(user) });
      const dialogs = data?.inbox?.nodes.length ?? 0;
      if (dialogs > best.dialogs) best = { key: keyFor(user), dialogs };
    }
    return best.key;
  }

  async function knownValues(): Promise<Literals> {
    const { data } = await gateway.graphql(
      "{ inbox(first: 50) { nodes { chat { id userCode currentSession { id } } } } openLines { nodes { id } } }",
      {},
      { key },
    );
    // biome-ignore lint/suspicious/noExplicitAny: the answer of the query above.
    const rows: any[] = data.inbox.nodes.map(({ chat }: { chat: unknown }) => chat);
    const pools: Readonly<Record<string, readonly string[]>> = {
      chatId: rows.map(({ id }) => id),
      sessionId: rows.flatMap(({ currentSession }) => currentSession?.id ?? []),
      userCode: rows.map(({ userCode }) => userCode),
      lineId: data.openLines.nodes.map(({ id }: { id: string }) => id),
      ids: portal.users.map(({ id }) => String(id)),
    };
    return (name, dice) => {
      const pool = pools[name] ?? (name === "id" ? pools.chatId : undefined);
      if (pool !== undefined) return JSON.stringify(dice.pick(pool));
      if (name === "first" || name === "last") return "100";
      return name === "after" || name === "before" || name === "filter" ? "null" : undefined;
    };
  }

  async function spent(source: string): Promise<number> {
    const { extensions } = await gateway.graphql(source, {}, { key });
    return extensions.upstream.commands;
  }

  function query(dice: Dice): string {
    return randomQuery({ schema, literals, depth: 6 }, dice);
  }

  test.each([
    "{ inbox(first: 100) { nodes { chat { id description readMarks { readAt } } } } }",
    "{ inbox(first: 100) { nodes { chat { line { name } operator { name position } readMarks { readAt } } } } }",
    "{ inbox(first: 100) { nodes { chat { messages(last: 100) { nodes { text author { name } } } } } } }",
    "{ inbox(first: 100) { nodes { chat { currentSession { participants { name } supervisorRating } } } } }",
  ])("it is at most three times as much: %s", async (source) => {
    expect(cost(source)).toBeLessThanOrEqual(3 * (await spent(source)));
  });

  test("and never less, over all queries of the examples with pages of a hundred", async () => {
    const dice = createDice(SEED);
    const lead = [...portal.world.activities.values()].find(({ sessionId }) => sessionId > 0)?.owner;
    const day = 86_400_000;
    const literal = async (name: string): Promise<unknown> => {
      const known = literals(name, dice);
      return known === undefined || known === "null" ? undefined : JSON.parse(known);
    };
    const ofName: Readonly<Record<string, unknown>> = {
      text: "on",
      lineIds: (await gateway.graphql("{ openLines { nodes { id } } }")).data.openLines.nodes.map(
        ({ id }: { id: string }) => id,
      ),
      ids: portal.users.map(({ id }) => String(id)),
      period: { from: new Date(Date.now() - 100 * day).toISOString(), to: new Date().toISOString() },
      leadId: String(lead?.id),
      ref: { type: lead?.type, entityId: String(lead?.id) },
    };
    /** Of what an operation's `id` is. */
    const idOf: readonly (readonly [RegExp, string])[] = [
      [/User/, "ids"],
      [/Session(?!sOfChat)/, "sessionId"],
      [/./, "chatId"],
    ];
    let asked = 0;
    for (const { name, source, variables: wanted } of exampleQueries()) {
      const kind = idOf.find(([pattern]) => pattern.test(name))?.[1] ?? "";
      const entries = wanted.map(async (each) => [each, ofName[each] ?? (await literal(each === "id" ? kind : each))]);
      const variables = Object.fromEntries(await Promise.all(entries));
      const { extensions, errors } = await gateway.graphql(source, variables, { key });
      expect(errors?.filter(({ extensions: { code } }) => WRONG_REQUESTS.has(code)) ?? [], name).toEqual([]);
      expect(extensions.upstream.commands, name).toBeLessThanOrEqual(extensions.upstream.cost);
      asked += 1;
    }
    expect(asked).toBeGreaterThan(30);
  });

  test("and never less, over random operations", { timeout: 3_600_000 }, async () => {
    const dice = createDice(SEED);
    for (let count = countOf(100, 1_000); count > 0; count -= 1) {
      const source = query(dice);
      expect(await spent(source), source).toBeLessThanOrEqual(cost(source));
    }
  });
});
