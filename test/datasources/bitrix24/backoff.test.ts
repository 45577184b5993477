import { expect, it } from "vitest";
import { createBackoff } from "../../../src/datasources/bitrix24/backoff.ts";

it("doubles the pause up to its bound", () => {
  const backoff = createBackoff({ firstMs: 100, longestMs: 500 });
  expect([1, 2, 3, 4, 50].map((repetition) => backoff(repetition, 1))).toEqual([100, 200, 400, 500, 500]);
});

it("shortens it by up to a half at random", () => {
  const backoff = createBackoff({ firstMs: 100, longestMs: 500 });
  expect(backoff(1, 0)).toBe(50);
  const pauses = Array.from({ length: 100 }, () => backoff(1));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(100);
  expect(new Set(pauses).size).toBeGreaterThan(50);
});
