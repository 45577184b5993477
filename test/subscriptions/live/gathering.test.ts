import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createFreshAnswers } from "../../../src/subscriptions/live/fresh-answers.ts";
import { createGathering, type Gathering } from "../../../src/subscriptions/live/gathering.ts";

let gathering: Gathering;
let left: number[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  gathering = createGathering();
  left = [];
});
afterEach(() => {
  gathering.close();
  vi.useRealTimers();
});

function ask(portal = "portal", since?: number): void {
  void gathering.next(portal, since).then(() => left.push(Math.round(performance.now())));
}

it("lets the questions of half a second leave together when it was quiet, each portal's for itself", async () => {
  const began = Math.round(performance.now());
  ask();
  await vi.advanceTimersByTimeAsync(400);
  ask();
  ask("another");
  await vi.advanceTimersByTimeAsync(100);
  expect(left).toEqual([began + 500, began + 500]);
  await vi.advanceTimersByTimeAsync(400);
  expect(left).toEqual([began + 500, began + 500, began + 900]);
});

it("waits longer while one gathering follows another, four seconds at most, and no longer once it was quiet", async () => {
  for (let asked = 0; asked < 120; asked += 1) {
    ask();
    await vi.advanceTimersByTimeAsync(500);
  }
  const moments = new Set(left);
  expect(moments.size).toBeGreaterThanOrEqual(13);
  expect(moments.size).toBeLessThanOrEqual(18);
  await vi.advanceTimersByTimeAsync(20_000);
  left = [];
  const quiet = Math.round(performance.now());
  ask();
  await vi.advanceTimersByTimeAsync(500);
  expect(left).toEqual([quiet + 500]);
});

it("does not let a question that depends on an answer wait for a further gathering", async () => {
  const came = performance.now();
  ask();
  await vi.advanceTimersByTimeAsync(500);
  ask("portal", came);
  await vi.advanceTimersByTimeAsync(0);
  expect(left.length).toBe(2);
  ask("portal", performance.now() + 1);
  await vi.advanceTimersByTimeAsync(900);
  expect(left.length).toBe(2);
});

it("lets what waits leave when it is closed", async () => {
  ask();
  gathering.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(left.length).toBe(1);
});

it("answers everybody who wants one of a certain age with one question, never with an older answer, and keeps a bounded number", async () => {
  let asked = 0;
  const answers = createFreshAnswers<string, number>({
    nameOf: (subject) => subject,
    turn: () => gathering.next("portal"),
    ask: async () => {
      asked += 1;
      return asked;
    },
    maxKept: 2,
  });
  const came = performance.now();
  const burst = [answers.ask("chat", came), answers.ask("chat", came), answers.ask("chat", came)];
  await vi.advanceTimersByTimeAsync(500);
  expect((await Promise.all(burst)).map(({ value }) => value)).toEqual([1, 1, 1]);
  expect((await answers.ask("chat", came)).value).toBe(1);
  const later = answers.ask("chat", performance.now() + 1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await later).value).toBe(2);
  for (const other of ["a", "b"]) {
    const answer = answers.ask(other, 0);
    await vi.advanceTimersByTimeAsync(4_000);
    await answer;
  }
  expect(answers.kept("chat")).toBeUndefined();
});
