import { expect, test } from "vitest";
import { createGuard } from "../../src/process/guard.ts";

const FAULT = new Error("broken");

function guarding() {
  const told: unknown[][] = [];
  return { told, guard: createGuard((error, what) => told.push([error, what])) };
}

test("what a callback throws is told and closes the one thing it belongs to", () => {
  const { told, guard } = guarding();
  let closed = 0;
  const callback = guard(
    "a message",
    (text: string) => {
      if (text === "bad") throw FAULT;
    },
    () => {
      closed += 1;
    },
  );
  callback("good");
  expect([told, closed]).toEqual([[], 0]);
  expect(() => callback("bad")).not.toThrow();
  expect([told, closed]).toEqual([[[FAULT, "a message"]], 1]);
});

test("what a callback's promise rejects with is told likewise", async () => {
  const { told, guard } = guarding();
  const closed = new Promise<void>((resolve) => {
    guard("a timer", () => Promise.reject(FAULT), resolve)();
  });
  await closed;
  expect(told).toEqual([[FAULT, "a timer"]]);
});

test("a closing that throws is told too", () => {
  const { told, guard } = guarding();
  const second = new Error("cannot be closed");
  const callback = guard(
    "a stream",
    () => {
      throw FAULT;
    },
    () => {
      throw second;
    },
  );
  expect(() => callback()).not.toThrow();
  expect(told.map(([error]) => error)).toEqual([FAULT, second]);
});
