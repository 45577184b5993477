import { expect, test } from "vitest";
import { testFilesByGroup } from "./groups.ts";

test("a test file is of the group of the heaviest thing that it or its helpers load", () => {
  const { unit, gateway, campaign } = testFilesByGroup();
  expect(unit).toContain("test/groups.test.ts");
  expect(gateway).toContain("test/e2e/reading.test.ts");
  // Redis, a program, a browser, all of them by helpers; and what floods.
  expect(campaign).toEqual(
    expect.arrayContaining([
      "test/storage/turns.contract.test.ts",
      "test/cli/start.test.ts",
      "test/pages/explorer.test.ts",
      "test/campaign/live/isolation.test.ts",
    ]),
  );
  expect(new Set([...unit, ...gateway, ...campaign]).size).toBe(unit.length + gateway.length + campaign.length);
});
