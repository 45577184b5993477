import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { EventWithheld, inTime } from "../../../src/subscriptions/live/event-withheld.ts";

/** This process does not run, as when it is suspended. */
function stop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function answerAfterPauses(count: number): Promise<string> {
  for (let number = 0; number < count; number += 1) await pause(5);
  return "answered";
}

describe("an answer that an event waits for", () => {
  it("is given up after the time for it", async () => {
    const began = performance.now();
    await expect(inTime(new Promise(() => {}), 200)).rejects.toThrow(EventWithheld);
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  it("is still waited for after a time in which the process did not run, though that was longer", async () => {
    const waiting = inTime(answerAfterPauses(4), 1_000);
    stop(1_500);
    expect(await waiting).toBe("answered");
  });

  it("fails as it fails", async () => {
    await expect(inTime(Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  });
});
