import { afterEach, beforeEach, expect, test } from "vitest";
import { createPump } from "../../../src/datasources/bitrix24/pump.ts";
import { onFault } from "../../../src/process/guard.ts";
import { eventually } from "../../kit/until.ts";

let told: unknown[] = [];
let stop = (): void => {};

beforeEach(() => {
  told = [];
  stop = onFault((error) => told.push(error));
});

afterEach(() => stop());

test("a fault while something is sent is told, and what is asked for after it is sent", async () => {
  const fault = new Error("broken");
  let looks = 0;
  const pump = createPump({
    refuse: () => {},
    dispatchNext() {
      looks += 1;
      if (looks === 1) throw fault;
      return false;
    },
  });
  pump.atTurnEnd();
  await eventually(() => expect(told).toEqual([fault]));
  pump.atTurnEnd();
  await eventually(() => expect(looks).toBe(2));
  expect(told).toEqual([fault]);
  pump.close();
});

test("a repetition that fails ends nothing", async () => {
  const fault = new Error("broken");
  const pump = createPump({ refuse: () => {}, dispatchNext: () => false });
  pump.later(() => {
    throw fault;
  }, 0);
  await eventually(() => expect(told).toEqual([fault]));
  expect(told).toEqual([fault]);
  pump.close();
});
