import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testFilesByGroup } from "./groups.ts";
import { loadedBy, sourceFiles } from "./source-files.ts";

test("a test file is of the group of the heaviest thing that it or its helpers load", () => {
  const { unit, gateway, "campaign-here": here, campaign } = testFilesByGroup();
  expect(unit).toContain("test/groups.test.ts");
  expect(gateway).toContain("test/e2e/reading.test.ts");
  // Each place of each answer, what seeds make, thousands of records.
  expect(here).toEqual(
    expect.arrayContaining([
      "test/contract/odd-answers.test.ts",
      "test/datasources/wire.property.test.ts",
      "test/server/operations/cost/full-portals.test.ts",
      "test/e2e/sessions.many.test.ts",
    ]),
  );
  // Redis, a program, a browser, all of them by helpers; and what floods.
  expect(campaign).toEqual(
    expect.arrayContaining([
      "test/storage/turns.contract.test.ts",
      "test/cli/start.test.ts",
      "test/pages/explorer.test.ts",
      "test/campaign/live/isolation.test.ts",
    ]),
  );
  const all = [...unit, ...gateway, ...here, ...campaign];
  expect(new Set(all).size).toBe(all.length);
  expect(all.sort()).toEqual(sourceFiles("test").filter((file) => file.endsWith(".test.ts")));
});

test("tests wait in one way, and start gateways of their own process in one", () => {
  const others = sourceFiles("test").filter((file) => !file.startsWith("test/kit/") && file !== "test/groups.test.ts");
  const text = (file: string) => readFileSync(file, "utf8");
  expect(others.filter((file) => /\bvi\.wait|\bexpect\s*\.poll\b/.test(text(file)))).toEqual([]);
  const starting = others.filter((file) => loadedBy(text(file)).some((name) => name.endsWith("src/server/gateway.ts")));
  expect(starting).toEqual([]);
});
