import { getIntrospectionQuery, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { buildSchema } from "../../../../src/resolvers/build-schema.ts";
import { createAnswerFields } from "../../../../src/server/operations/cost/answer-fields.ts";
import { operationText } from "../../../../src/server/operations/cost/selected-fields.ts";
import { defaultLimits } from "../../../kit/default-limits.ts";

const schema = buildSchema();
const answerFields = createAnswerFields(schema);

function fields(source: string, variables: Record<string, unknown> = {}): number {
  const text = operationText(schema, parse(source), null, variables);
  if (text === undefined) throw new Error("nothing to count");
  return answerFields(text);
}

describe("the fields of an answer", () => {
  test("are counted for each object of a page, whatever names they have", () => {
    expect(fields("{ inbox(first: 50) { nodes { id } } }")).toBe(1 + 1 + 50);
    expect(fields("{ inbox(first: 50) { nodes { id a: id b: id id } } }")).toBe(1 + 1 + 50 * 3);
    expect(fields("query ($n: Int) { inbox(first: $n) { edges { node { id } } } }", { n: 7 })).toBe(1 + 1 + 7 * 2);
    expect(fields("{ inbox { nodes { chat { title } } } }")).toBe(1 + 1 + 20 * 2);
  });

  test("multiply where messages lead back to the messages of their chat, though these are read once", () => {
    const back = (times: number): string =>
      `{ chat(by: {id: 5}) { ${"messages(last: 50) { nodes { chat { ".repeat(times)} id ${"} } }".repeat(times)} } }`;
    expect(fields(back(2))).toBeLessThan(defaultLimits.answerFields);
    expect(fields(back(3))).toBeGreaterThan(50 ** 3);
    expect(fields(back(9))).toBeGreaterThan(50 ** 9);
  });

  test("are without end where fragments multiply them", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) =>
        `fragment F${level} on Chat { a: currentSession { chat { ...F${level + 1} } } b: latestSession { chat { ...F${level + 1} } } }`,
    );
    const source = `{ chat(by: {id: 1}) { ...F0 } } ${levels.join(" ")} fragment F30 on Chat { id }`;
    expect(fields(source)).toBe(Number.POSITIVE_INFINITY);
  });

  test("of a schema that is asked for as tools do pass, but not many times at once", () => {
    const once = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true });
    expect(fields(once)).toBeLessThan(defaultLimits.answerFields);
    const types =
      "__schema { types { name fields { name args { name type { name } } type { name ofType { name } } } } }";
    expect(fields(`{ ${types} }`)).toBeLessThan(defaultLimits.answerFields);
    const often = Array.from({ length: 39 }, (_, index) => `a${index}: ${types}`).join(" ");
    expect(fields(`{ ${often} }`)).toBeGreaterThan(defaultLimits.answerFields);
  });

  test("are those of the largest kind for an event", () => {
    const small = fields("subscription { openLineEvents { cursor } }");
    const one = fields("subscription { openLineEvents { cursor ... on MessageAdded { direction } } }");
    expect(one).toBe(small + 1);
    expect(
      fields("subscription { openLineEvents { cursor ... on MessageAdded { direction } ... on StreamGap { since } } }"),
    ).toBe(one);
  });
});
