import { expect, test } from "vitest";
import { createLookPace } from "../../examples/inbox/src/conversation/look-pace.ts";

const LOOK_EVERY_S = 8;
const CAPACITY = 50;
const DRAIN_PER_S = 2;

/** Equal in each run. */
function chances(): () => number {
  let last = 1;
  return () => {
    last = (last * 48_271) % 2_147_483_647;
    return last / 2_147_483_647;
  };
}

test.each([20, 50, 100])(
  "the looks of %i people settle at what the portal bears, and leave others half of it",
  (count) => {
    const chance = chances();
    const people = Array.from({ length: count }, () => createLookPace(chance));
    let level = 0;
    let looks = 0;
    let highest = 0;
    for (let second = 0; second < 3_600; second += 1) {
      level = Math.max(0, level - DRAIN_PER_S);
      for (const [index, pace] of people.entries()) {
        if (index % LOOK_EVERY_S !== second % LOOK_EVERY_S || !pace.isDue()) continue;
        level += 1;
        looks += 1;
        pace.told({ level, capacity: CAPACITY });
      }
      // At first nobody knows yet that the others look too.
      if (second > 600) highest = Math.max(highest, level);
    }
    expect(highest).toBeLessThan(CAPACITY / 2 + 5);
    expect(looks).toBeGreaterThan(3_600 * DRAIN_PER_S * 0.7);
  },
);

/** How many times in a row nothing was due. */
function leftOut(pace: ReturnType<typeof createLookPace>): number {
  let count = 0;
  while (!pace.isDue()) count += 1;
  return count;
}

test("whoever looks alone looks each time, one whose look failed more and more seldom until one succeeds", () => {
  const pace = createLookPace(() => 0.5);
  const after = (allowance: Parameters<typeof pace.told>[0]) => {
    pace.told(allowance);
    return leftOut(pace);
  };
  expect(after({ level: 3, capacity: CAPACITY })).toBe(0);
  expect(after({ level: 900, capacity: null })).toBe(0);
  expect(Array.from({ length: 6 }, () => after(undefined))).toEqual([1, 3, 7, 15, 31, 31]);
  expect(after({ level: 13, capacity: CAPACITY })).toBe(31);
  expect(after({ level: 3, capacity: CAPACITY })).toBe(30);
});
