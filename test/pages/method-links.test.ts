import { readFileSync } from "node:fs";
import { buildSchema, introspectionFromSchema } from "graphql";
import { expect, test } from "vitest";
import { withMethodLinks } from "../../pages/explorer/method-links.ts";
import { renderMarkdown } from "../../pages/guides/markdown.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("in the explorer each field that calls methods leads to each of them in the table of methods", () => {
  const sdl = read("schema.graphql");
  const linked = JSON.stringify(
    withMethodLinks(JSON.stringify({ data: introspectionFromSchema(buildSchema(sdl), { oneOf: true }) }), sdl),
  );
  const { data } = JSON.parse(linked);
  const { body } = renderMarkdown("docs/methods.md", read("docs/methods.md"), () => undefined);
  const missing: string[] = [];
  let count = 0;
  for (const type of Object.values(buildSchema(sdl).getTypeMap())) {
    if (!("getFields" in type)) continue;
    for (const { name, astNode } of Object.values(type.getFields())) {
      for (const directive of astNode?.directives ?? []) {
        if (directive.name.value !== "rest") continue;
        count += 1;
        const value = directive.arguments?.[0]?.value;
        const method = value?.kind === "StringValue" ? value.value : "";
        const shown = data.__schema.types
          .find((each: { name: string }) => each.name === type.name)
          .fields.find((each: { name: string }) => each.name === name);
        if (!shown.description.includes(`](/docs/methods#${method})`)) missing.push(`${type.name}.${name}: ${method}`);
        if (!body.includes(`id="${method}"`)) missing.push(`no row for ${method}`);
      }
    }
  }
  expect(count).toBeGreaterThan(200);
  expect([...new Set(missing)]).toEqual([]);
});
