import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { buildSchema } from "../../../../src/resolvers/build-schema.ts";
import { costOf } from "../../../../src/server/operations/cost/cost.ts";
import { operationText } from "../../../../src/server/operations/cost/selected-fields.ts";

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

  test("counts a command for each chat that a search found, of whose messages it tells nothing", () => {
    const search = (fields: string) => cost(`{ chatSearch(text: "ann", first: 100) { nodes { ${fields} } } }`);
    expect(search("title viewerRole")).toBe(search("id"));
    expect(search("lastMessageId")).toBe(search("id") + 100);
  });

  test("counts the people of one record together, whichever of its fields name them", () => {
    const people = "operator { name } managers { name } mutedUsers { name } readMarks { user { name } }";
    expect(cost(`{ chat(by: {id: 5}) { ${people} } }`)).toBe(1 + 3);
  });

  test("counts nothing for the id of what a message answers, and up to three commands each for more of it", () => {
    const messages = (fields: string) => cost(`{ chat(by: {id: 5}) { messages(last: 50) { nodes { ${fields} } } } }`);
    expect(messages("replyTo { id chat { id } }")).toBe(messages("id"));
    expect(messages("replyTo { text }")).toBe(messages("id") + 3 * 50);
  });

  test("counts nothing for parts of a line's queue that the list of lines brought, and twenty lines at the most", () => {
    expect(cost("{ openLines(first: 100) { nodes { queue { configured { type } } } } }")).toBe(1);
    expect(cost("{ openLines(first: 100) { nodes { queue { isOnline } } } }")).toBe(1 + 20);
    expect(cost('{ openLine(id: "1") { queue { configured { type } isOnline } } }')).toBe(2);
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
