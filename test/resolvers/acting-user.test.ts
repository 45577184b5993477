import { expect, test } from "vitest";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { documentedMethods } from "../contract/documented-portal.ts";
import methods from "../fixtures/methods.json" with { type: "json" };

test("every mutation whose method may not know the acting user says so", () => {
  const unsure = methods.filter(({ errors }) => errors.some(({ code }) => code === "USER_ID")).map(({ name }) => name);
  expect(unsure).toHaveLength(11);
  expect(unsure.every((name) => documentedMethods.has(name))).toBe(true);
  const fields = Object.values(buildSchema().getMutationType()?.getFields() ?? {});
  for (const method of unsure) {
    const calling = fields.filter(({ description }) => description?.includes(`(\`${method}\`)`));
    expect(calling.length).toBeGreaterThan(0);
    for (const { description } of calling) expect(description).toContain("`ACTING_USER_UNKNOWN`");
  }
});
