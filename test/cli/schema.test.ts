import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { breakingChanges, runSchemaCli } from "../../src/cli/schema.ts";
import { withSettingsTable } from "../../src/cli/settings.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function folderWith(schema: string): string {
  const folder = mkdtempSync(join(tmpdir(), "schema-cli-"));
  writeFileSync(join(folder, "schema.graphql"), schema);
  return folder;
}

test("a schema that is not what the code builds is shown with its difference, and written when asked to", () => {
  const committed = readFileSync(join(ROOT, "schema.graphql"), "utf8");
  const root = folderWith(committed.replace("type Query {", "type Query {\n  gone: Int"));
  const checked = runSchemaCli({ root, check: true, base: "HEAD" });
  expect(checked.ok).toBe(false);
  expect(checked.lines.join("\n")).toMatch(/^- {2}gone: Int$/m);
  expect(checked.lines.at(-1)).toContain("Run npm run schema");
  expect(runSchemaCli({ root, check: false, base: "HEAD" }).ok).toBe(true);
  expect(readFileSync(join(root, "schema.graphql"), "utf8")).toBe(committed);
  expect(runSchemaCli({ root, check: true, base: "HEAD" }).ok).toBe(true);
});

test("a folder without a schema is told so, not an error of the program", () => {
  const root = mkdtempSync(join(tmpdir(), "schema-cli-"));
  expect(runSchemaCli({ root, check: true, base: "HEAD" }).ok).toBe(false);
});

test("what clients may depend on and no longer find is named; what is new is not", () => {
  const changes = breakingChanges("type Query { a: Int b: Int }", "type Query { a: Int c: Int }", "v1");
  expect(changes).toEqual(["Breaking changes since v1:", "  FIELD_REMOVED: Query.b was removed."]);
  expect(breakingChanges("type Query { a: Int }", "type Query { a: Int c: Int }", "v1")).toEqual([]);
  expect(breakingChanges(undefined, "type Query { a: Int }", "v1")).toEqual([]);
});

test("the table of settings takes the place between its marks, and nothing else of the page changes", () => {
  const page = withSettingsTable("# Before\n<!-- settings -->\nold\n<!-- /settings -->\nafter\n");
  expect(page).toMatch(/^# Before\n<!-- settings -->\n\n\| Setting \|[\s\S]*\n\n<!-- \/settings -->\nafter\n$/);
  expect(page).not.toContain("\nold\n");
  expect(() => withSettingsTable("# A page")).toThrow("no lines");
});
