import { expect, test } from "vitest";
import { createLightSignal } from "../../src/process/light-signal.ts";

test("a light signal fires once, for who still listens", () => {
  const { signal, abort } = createLightSignal();
  const called: string[] = [];
  const first = (): void => {
    called.push("first");
  };
  signal.addEventListener("abort", first);
  signal.addEventListener("abort", () => called.push("second"));
  signal.removeEventListener("abort", first);
  expect(signal.aborted).toBe(false);
  abort();
  abort();
  expect([signal.aborted, called]).toEqual([true, ["second"]]);
});

test("who listens is told with what it aborts", () => {
  const outer = createLightSignal();
  const inner = createLightSignal();
  outer.signal.addEventListener("abort", inner.abort);
  outer.abort();
  expect(inner.signal.aborted).toBe(true);
});
