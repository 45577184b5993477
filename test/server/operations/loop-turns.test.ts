import { expect, test } from "vitest";
import { createLoopTurns } from "../../../src/server/operations/loop-turns.ts";

/** Occupies the event loop. */
function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

async function taken(turn: Promise<void> | "full" | undefined): Promise<void> {
  if (turn === "full") throw new Error("full");
  await turn;
}

test("what comes while little was done is done at once, and so is what comes from within it", () => {
  const turns = createLoopTurns({ sliceMs: 1_000 });
  const done: string[] = [];
  const outer = turns.take("one", () => {
    done.push("outer");
    expect(turns.take("one", () => done.push("inner"))).toBeUndefined();
  });
  expect(outer).toBeUndefined();
  expect(turns.take("two", () => done.push("other"))).toBeUndefined();
  expect(done).toEqual(["outer", "inner", "other"]);
});

test("who has a hundred pieces waiting is passed by whoever comes later with one", async () => {
  const turns = createLoopTurns({ sliceMs: 0 });
  const done: string[] = [];
  const many = Array.from({ length: 100 }, () =>
    taken(
      turns.take("many", () => {
        compute(1);
        done.push("many");
      }),
    ),
  );
  await many[0];
  await taken(turns.take("few", () => done.push("few")));
  expect(done.indexOf("few")).toBeLessThanOrEqual(3);
  await Promise.all(many);
  expect(done).toHaveLength(101);
});

test("turns go by what was computed, what follows a piece in microtasks included, and in the order of each name", async () => {
  const turns = createLoopTurns({ sliceMs: 0 });
  const done: string[] = [];
  const take = (name: string, at: number, ms: number): Promise<void> =>
    taken(
      turns.take(name, () => {
        done.push(`${name} ${at}`);
        queueMicrotask(() => compute(ms));
      }),
    );
  await Promise.all(Array.from({ length: 10 }, (_, at) => [take("dear", at, 20), take("cheap", at, 1)]).flat());
  const namesOf = (name: string): string[] => done.filter((each) => each.startsWith(name));
  expect(namesOf("dear")).toEqual(Array.from({ length: 10 }, (_, at) => `dear ${at}`));
  expect(namesOf("cheap")).toEqual(Array.from({ length: 10 }, (_, at) => `cheap ${at}`));
  // For each piece of the dear one up to twenty of the cheap one have their turn.
  expect(done.indexOf("cheap 9")).toBeLessThan(done.indexOf("dear 4"));
});

test("bytes and timers of others are looked at between the pieces", async () => {
  const turns = createLoopTurns({ sliceMs: 5 });
  let left = 40;
  const all = Array.from({ length: left }, () =>
    taken(
      turns.take("many", () => {
        compute(5);
        left -= 1;
      }),
    ),
  );
  const leftAt = await new Promise<number>((resolve) => setTimeout(() => resolve(left), 1));
  expect(leftAt).toBeGreaterThan(30);
  await Promise.all(all);
});

test("no more of a name wait than may, where a bound is given, and others are not hindered", async () => {
  const turns = createLoopTurns({ sliceMs: 0 });
  const nothing = (): void => {};
  const waiting = [turns.take("one", nothing, 2), turns.take("one", nothing, 2)];
  expect(turns.take("one", nothing, 2)).toBe("full");
  waiting.push(turns.take("one", nothing), turns.take("two", nothing, 2));
  await Promise.all(waiting.map(taken));
  expect(turns.take("one", nothing, 2)).toBeInstanceOf(Promise);
});

test("a piece that throws hinders no other", async () => {
  const turns = createLoopTurns({ sliceMs: 0 });
  let isDone = false;
  const broken = turns.take("one", () => {
    throw new Error("broken");
  });
  const next = turns.take("one", () => {
    isDone = true;
  });
  await Promise.all([taken(broken), taken(next)]);
  expect(isDone).toBe(true);
});
