import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settings } from "../../src/config/settings.ts";
import { settingsTable } from "../../src/config/settings-table.ts";

/** The formatter widens cells and dashes to columns. */
function withoutPadding(text: string): string {
  return text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
}

test("the table of the documentation holds every setting as the code describes it", () => {
  const page = readFileSync(new URL("../../docs/settings.md", import.meta.url), "utf8");
  expect(withoutPadding(page)).toContain(withoutPadding(settingsTable()));
});

test("the table has a row for each setting, and no cell breaks it", () => {
  const rows = settingsTable().split("\n").slice(2);
  expect(rows).toHaveLength(Object.keys(settings).length);
  for (const row of rows) expect(row.split(" | ")).toHaveLength(3);
});
