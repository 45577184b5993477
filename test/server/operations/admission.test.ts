import { expect, test } from "vitest";
import { createAdmission, type Entry } from "../../../src/server/operations/admission.ts";

const open = (): AbortController => new AbortController();

function entered(entry: Entry): Extract<Entry, { kind: "entered" }> {
  if (entry.kind !== "entered") throw new Error(entry.kind);
  return entry;
}

test("what is above the bound waits in turn, others are not hindered, and one too many is refused", async () => {
  const admission = createAdmission({ places: 1, waiting: 2, patienceMs: 60_000 });
  const { signal } = open();
  const first = entered(await admission.enter("one", signal));
  const order: string[] = [];
  const second = Promise.resolve(admission.enter("one", signal)).then((entry) => {
    order.push("second");
    return entered(entry);
  });
  const third = Promise.resolve(admission.enter("one", signal)).then((entry) => {
    order.push("third");
    return entered(entry);
  });
  expect((await admission.enter("one", signal)).kind).toBe("full");
  expect((await admission.enter("two", signal)).kind).toBe("entered");
  first.leave();
  first.leave();
  (await second).leave();
  (await third).leave();
  expect(order).toEqual(["second", "third"]);
  expect(admission.enter("one", signal)).toMatchObject({ kind: "entered" });
});

test("who has gone waits no longer, and the place goes to the next", async () => {
  const admission = createAdmission({ places: 1, waiting: 2, patienceMs: 60_000 });
  const first = entered(await admission.enter("one", open().signal));
  const leaving = open();
  const left = admission.enter("one", leaving.signal);
  const next = admission.enter("one", open().signal);
  leaving.abort();
  expect((await left).kind).toBe("gone");
  first.leave();
  expect((await next).kind).toBe("entered");
  expect((await admission.enter("one", leaving.signal)).kind).toBe("gone");
});

test("waiting ends with the patience", async () => {
  const admission = createAdmission({ places: 1, waiting: 1, patienceMs: 1 });
  const first = entered(await admission.enter("one", open().signal));
  expect((await admission.enter("one", open().signal)).kind).toBe("full");
  first.leave();
  expect((await admission.enter("one", open().signal)).kind).toBe("entered");
});
