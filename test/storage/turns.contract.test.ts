import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeyValueStore } from "../../src/storage/key-value-store.ts";
import { StorageUnavailable } from "../../src/storage/storage-unavailable.ts";
import { createTurns, TurnGivenUp } from "../../src/storage/turns.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { adapters, type Place } from "./adapters.ts";

const NEVER = new AbortController().signal;

/** Ends when it is told to. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe.each(adapters)("turns over $name", ({ makePlace }) => {
  let place: Place;
  let storage: EventStorage;
  let beside: EventStorage;

  beforeEach(async () => {
    place = await makePlace();
    storage = await place.open();
    beside = await place.openBeside(storage);
  });
  afterEach(async () => {
    await storage.close();
    await beside.close();
    await place.remove();
  });

  test("nobody runs beside another of the same name, in two processes; other names do not wait", async () => {
    const here = createTurns(storage.keyValues);
    const there = createTurns(beside.keyValues);
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    const first = gate();
    const held = here.inTurn("other", NEVER, () => first.opened);
    await Promise.all([here, there, here, there, here].map((turns) => turns.inTurn("same", NEVER, work)));
    expect(most).toBe(1);
    first.open();
    await held;
  });

  test("who fails gives the turn on, and who gives up does not run", async () => {
    const here = createTurns(storage.keyValues);
    const there = createTurns(beside.keyValues);
    await expect(here.inTurn("name", NEVER, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    const first = gate();
    const held = here.inTurn("name", NEVER, () => first.opened);
    const patience = new AbortController();
    const ran: string[] = [];
    const waiting = [here, there].map((turns) =>
      turns.inTurn("name", patience.signal, async () => {
        ran.push("no");
      }),
    );
    patience.abort();
    for (const each of waiting) await expect(each).rejects.toBeInstanceOf(TurnGivenUp);
    first.open();
    await held;
    await here.inTurn("name", NEVER, async () => {
      ran.push("yes");
    });
    expect(ran).toEqual(["yes"]);
  });

  test("a turn whose process died comes to an end", async () => {
    const turns = createTurns(storage.keyValues);
    await storage.keyValues.set("turns", "name", "somebody who died", { ttlMs: 200 });
    expect(await turns.inTurn("name", NEVER, async () => "ran")).toBe("ran");
  });
});

test("while the store is away work is refused before it runs, or runs in turn within the process", async () => {
  const away = () => Promise.reject(new StorageUnavailable("away"));
  const keyValues: KeyValueStore = {
    get: away,
    set: away,
    setIfAbsent: away,
    compareAndSet: away,
    delete: away,
    list: away,
  };
  const turns = createTurns(keyValues);
  await expect(turns.inTurn("name", NEVER, async () => "ran")).rejects.toBeInstanceOf(StorageUnavailable);
  const order: number[] = [];
  await Promise.all(
    [1, 2].map((at) =>
      turns.inTurn(
        "name",
        NEVER,
        async () => {
          order.push(at);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(at);
        },
        "run",
      ),
    ),
  );
  expect(order).toEqual([1, 1, 2, 2]);
});
