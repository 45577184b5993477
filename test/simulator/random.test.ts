import { describe, expect, it } from "vitest";
import { createRandom } from "../../simulator/random.ts";

describe("the seeded generator", () => {
  it("repeats itself for the same seed only", () => {
    const draw = (seed: number) => Array.from({ length: 20 }, createRandom(seed).next);
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  it("reaches both bounds and every element, and nothing beyond", () => {
    const random = createRandom(1);
    const drawn = Array.from({ length: 500 }, () => random.int(3, 6));
    expect([...new Set(drawn)].sort()).toEqual([3, 4, 5, 6]);
    expect(new Set(Array.from({ length: 200 }, () => random.pick(["a", "b", "c"]))).size).toBe(3);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
