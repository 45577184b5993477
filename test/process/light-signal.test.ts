import { expect, test } from "vitest";
import { createDeadlineSignal, createLightSignal } from "../../src/process/light-signal.ts";

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

test("a deadline fires for whoever listens, once, and is seen without listening", async () => {
  const { signal } = createDeadlineSignal(performance.now() + 20);
  expect(signal.aborted).toBe(false);
  let fired = 0;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => {
      fired += 1;
      resolve();
    });
  });
  expect(fired).toBe(1);
  expect(signal.aborted).toBe(true);
  expect(createDeadlineSignal(performance.now() - 1).signal.aborted).toBe(true);
});

test("giving up comes before the deadline, and a settled deadline fires for nobody", async () => {
  const given = createDeadlineSignal(performance.now() + 60_000);
  let fired = 0;
  given.signal.addEventListener("abort", () => {
    fired += 1;
  });
  given.abort();
  given.abort();
  expect(fired).toBe(1);

  const settled = createDeadlineSignal(performance.now() + 10);
  let late = 0;
  settled.signal.addEventListener("abort", () => {
    late += 1;
  });
  settled.settle();
  const later = createDeadlineSignal(performance.now() + 30);
  await new Promise<void>((resolve) => later.signal.addEventListener("abort", resolve));
  expect(late).toBe(0);
});
