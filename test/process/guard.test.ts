import { afterEach, beforeEach, expect, test } from "vitest";
import { guard, inBackground, onFault } from "../../src/process/guard.ts";

const FAULT = new Error("broken");

let told: unknown[][] = [];
let stop = (): void => {};

beforeEach(() => {
  told = [];
  stop = onFault((error, what) => told.push([error, what]));
});

afterEach(() => stop());

test("what a callback throws is told and closes the one thing it belongs to", () => {
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
  const closed = new Promise<void>((resolve) => {
    guard("a timer", () => Promise.reject(FAULT), resolve)();
  });
  await closed;
  expect(told).toEqual([[FAULT, "a timer"]]);
});

test("a closing that throws is told too", () => {
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

test("what nobody waits for is begun at once, and told when it fails", async () => {
  let begun = false;
  inBackground("a look", async () => {
    begun = true;
    throw FAULT;
  });
  expect(begun).toBe(true);
  await Promise.resolve();
  expect(told).toEqual([[FAULT, "a look"]]);
});

test("everybody who listens is told, even after one who fails", () => {
  const stopBroken = onFault(() => {
    throw new Error("the log is full");
  });
  const others: unknown[] = [];
  const stopOther = onFault((error) => others.push(error));
  guard("a timer", () => {
    throw FAULT;
  })();
  stopBroken();
  stopOther();
  expect([told.length, others]).toEqual([1, [FAULT]]);
});
