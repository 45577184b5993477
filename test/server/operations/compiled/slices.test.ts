import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { Slices } from "../../../../src/server/operations/compiled/slices.ts";

test("of many large answers one goes on in each turn of the event loop, in the order in which they were cut", async () => {
  const gone: number[] = [];
  for (let answer = 0; answer < 5; answer += 1) {
    const slices = new Slices(1);
    expect(slices.beforeItem()).toBeUndefined();
    slices.beforeItem()?.then(() => gone.push(answer));
  }
  for (let turn = 0; gone.length < 5; turn += 1) {
    const before = gone.length;
    await nextTurn();
    expect(gone.length - before).toBeLessThanOrEqual(1);
    expect(turn).toBeLessThan(20);
  }
  expect(gone).toEqual([0, 1, 2, 3, 4]);
});
