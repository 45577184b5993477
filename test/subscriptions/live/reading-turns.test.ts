import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import { createReadingTurns } from "../../../src/subscriptions/live/reading-turns.ts";

function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

it("readers that are behind leave the process time in which it has nothing to do, however many they are", async () => {
  const turns = createReadingTurns();
  const before = performance.eventLoopUtilization();
  const reader = async (): Promise<void> => {
    for (let taken = 0; taken < 10; taken += 1) {
      await turns.next();
      work(1);
    }
  };
  await Promise.all(Array.from({ length: 6 }, reader));
  // As long as something is to be done at once the loop is never idle.
  expect(performance.eventLoopUtilization(before).idle).toBeGreaterThan(0);
});

it("who keeps up waits for nobody who is behind", async () => {
  const turns = createReadingTurns();
  const order: string[] = [];
  const behind = Array.from({ length: 20 }, async () => {
    await turns.next();
    order.push("behind");
  });
  await turns.soon();
  order.push("keeps up");
  await Promise.all(behind);
  expect(order.indexOf("keeps up")).toBeLessThanOrEqual(1);
});
