import { describe, expect, it } from "vitest";
import { phpData, phpInt, phpMap, phpText } from "../../simulator/php-value.ts";

describe("PHP values", () => {
  it("shows empty maps as lists, and maps numbered from 0 too", () => {
    expect(phpMap({})).toEqual([]);
    expect(phpMap({ 0: "a", 1: "b" })).toEqual(["a", "b"]);
    expect(phpMap({ 1: "a" })).toEqual({ 1: "a" });
    expect(phpData({ a: {}, b: [{ 0: 1 }] })).toEqual({ a: [], b: [[1]] });
  });

  it("reads numbers and texts as loosely as PHP", () => {
    expect(["12abc", " 7", "1e3", "x", "", 3.9, true, null, [], [0]].map(phpInt)).toEqual([
      12, 7, 1000, 0, 0, 3, 1, 0, 0, 1,
    ]);
    expect([true, false, null, 5, ["x"]].map(phpText)).toEqual(["1", "", "", "5", "Array"]);
  });
});
