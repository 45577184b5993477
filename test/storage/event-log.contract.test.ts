import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AppendedEvents, CorruptEvent } from "../../src/storage/log.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import type { StoredEvent } from "../../src/subscriptions/events/stored-event.ts";
import { until } from "../kit/until.ts";
import { adapters, type Place } from "./adapters.ts";
import { everyKind, messageEvent, textOf } from "./sample-events.ts";

const PORTAL = "0123456789abcdef0123456789abcdef";

describe.each(adapters)("the event log on $name", ({ name: adapter, makePlace }) => {
  const sharesProcess = adapter === "LMDB";
  let place: Place;
  let storage: EventStorage;

  beforeEach(async () => {
    place = await makePlace();
    storage = await place.open();
  });
  afterEach(async () => {
    await storage.close();
    await place.remove();
  });

  async function texts(portal = PORTAL, after = 0, limit = 10_000): Promise<(string | null)[]> {
    return (await storage.log.read(portal, after, limit)).map(({ event }) => textOf(event));
  }

  it("is empty for a portal it never heard of", async () => {
    expect(await storage.log.head(PORTAL)).toBe(0);
    expect(await storage.log.oldest(PORTAL)).toBe(0);
    expect(await storage.log.read(PORTAL, 0, 10)).toEqual([]);
    expect(await storage.log.portals()).toEqual([]);
  });

  it("gives back every kind of event as it was appended, with positions from 1 and the time of arrival", async () => {
    const before = Date.now();
    const appended = await storage.log.append(PORTAL, everyKind());
    expect(appended).toEqual({ positions: [1, 2, 3, 4, 5, 6, 7], duplicate: false });
    const read = await storage.log.read(PORTAL, 0, 100);
    expect(read.map(({ event }) => event)).toEqual(everyKind());
    expect(read.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const { receivedAt } of read) {
      expect(receivedAt.getTime()).toBeGreaterThanOrEqual(before);
      expect(receivedAt.getTime()).toBeLessThanOrEqual(Date.now());
    }
    expect(await storage.log.portals()).toEqual([PORTAL]);
  });

  it("reads after a position, at most as many as asked", async () => {
    for (let n = 1; n <= 5; n += 1) {
      await storage.log.append(PORTAL, [messageEvent(`${n}`)]);
    }
    expect(await texts(PORTAL, 2, 2)).toEqual(["3", "4"]);
    expect(await texts(PORTAL, 4, 10)).toEqual(["5"]);
    expect(await texts(PORTAL, 5, 10)).toEqual([]);
    expect(await texts(PORTAL, 99, 10)).toEqual([]);
    expect(await texts(PORTAL, 0, 0)).toEqual([]);
    expect(await storage.log.head(PORTAL)).toBe(5);
  });

  it("keeps portals apart", async () => {
    await storage.log.append("one", [messageEvent("a")]);
    await storage.log.append("two", [messageEvent("b"), messageEvent("c")]);
    expect(await texts("one")).toEqual(["a"]);
    expect(await texts("two")).toEqual(["b", "c"]);
    expect((await storage.log.newest("one")).log).not.toBe((await storage.log.newest("two")).log);
  });

  it("has one newest place for 5,000 who ask at once for a portal it never heard of, before what is appended after they asked", async () => {
    const asking = Array.from({ length: 5_000 }, () => storage.log.newest(PORTAL));
    const appending = storage.log.append(PORTAL, [messageEvent("later")]);
    const asked = await Promise.all(asking);
    await appending;
    const now = await storage.log.newest(PORTAL);
    expect(new Set(asked.map(({ position }) => position))).toEqual(new Set([0]));
    expect(new Set(asked.map(({ log }) => log))).toEqual(new Set([now.log]));
    expect(now.position).toBe(1);
  });

  it("gives 1,000 concurrent appends the positions 1 to 1000, each once, and each its own event", async () => {
    const appended = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => storage.log.append(PORTAL, [messageEvent(`${n}`)])),
    );
    const positions = appended.flatMap((each) => each.positions);
    expect([...positions].sort((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
    const read = await storage.log.read(PORTAL, 0, 2_000);
    expect(read.length).toBe(1_000);
    for (const { position, event } of read) {
      expect(positions[Number(textOf(event))]).toBe(position);
    }
  });

  it("keeps the events of one append together among concurrent ones", async () => {
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        storage.log.append(PORTAL, [messageEvent(`${n}a`), messageEvent(`${n}b`), messageEvent(`${n}c`)]),
      ),
    );
    const all = await texts();
    expect(all.length).toBe(300);
    for (let first = 0; first < 300; first += 3) {
      const n = all[first]?.slice(0, -1);
      expect(all.slice(first, first + 3)).toEqual([`${n}a`, `${n}b`, `${n}c`]);
    }
  });

  it("stores nothing for an append of nothing", async () => {
    expect(await storage.log.append(PORTAL, [], "key")).toEqual({ positions: [], duplicate: false });
    expect(await storage.log.head(PORTAL)).toBe(0);
  });

  it("keeps a delivery once, however often and at the same time it comes, and per portal", async () => {
    const all = await Promise.all(
      Array.from({ length: 200 }, () => storage.log.append(PORTAL, [messageEvent("once")], "delivery-1")),
    );
    expect(all.filter(({ duplicate }) => !duplicate).length).toBe(1);
    expect(await storage.log.append(PORTAL, [messageEvent("again")], "delivery-1")).toEqual({
      positions: [],
      duplicate: true,
    });
    expect(await texts()).toEqual(["once"]);
    expect((await storage.log.append("another", [messageEvent("other")], "delivery-1")).duplicate).toBe(false);
    expect((await storage.log.append(PORTAL, [messageEvent("next")], "delivery-2")).duplicate).toBe(false);
  });

  it("recognises a repetition after it was closed and opened", async () => {
    await storage.log.append(PORTAL, [messageEvent("once")], "d".repeat(300));
    await storage.close();
    storage = await place.open();
    expect((await storage.log.append(PORTAL, [messageEvent("again")], "d".repeat(300))).duplicate).toBe(true);
    expect((await storage.log.append(PORTAL, [messageEvent("new")], "d".repeat(299))).duplicate).toBe(false);
  });

  it("keeps a delivery again once the duplicate window is over", async () => {
    await storage.close();
    storage = await place.open({ duplicateWindowMs: 30 });
    await storage.log.append(PORTAL, [messageEvent("first")], "delivery");
    await until(async () => !(await storage.log.append(PORTAL, [messageEvent("second")], "delivery")).duplicate);
    expect(await texts()).toEqual(["first", "second"]);
  });

  it("goes on with identity, positions and events after it was closed and opened", async () => {
    await storage.log.append(PORTAL, [messageEvent("before")]);
    const identity = (await storage.log.newest(PORTAL)).log;
    await storage.close();
    storage = await place.open();
    expect((await storage.log.newest(PORTAL)).log).toBe(identity);
    expect((await storage.log.append(PORTAL, [messageEvent("after")])).positions).toEqual([2]);
    expect(await texts()).toEqual(["before", "after"]);
  });

  it("calls followers of the portal, of every instance, and no longer once they left", async () => {
    const beside = await place.openBeside(storage);
    const calls = { here: 0, beside: 0, left: 0, other: 0 };
    const leave = storage.log.follow(PORTAL, () => {
      calls.left += 1;
    });
    storage.log.follow(PORTAL, () => {
      calls.here += 1;
    });
    beside.log.follow(PORTAL, () => {
      calls.beside += 1;
    });
    storage.log.follow("another", () => {
      calls.other += 1;
    });
    await storage.log.append(PORTAL, [messageEvent("1")]);
    await until(() => calls.here > 0 && calls.beside > 0 && calls.left > 0);
    leave();
    const { left } = calls;
    for (let n = 2; n <= 20; n += 1) {
      const { here, beside: there } = calls;
      await storage.log.append(PORTAL, [messageEvent(`${n}`)]);
      await until(() => calls.here > here && calls.beside > there);
    }
    expect(calls.left).toBe(left);
    if (beside !== storage) {
      await beside.close();
    }
  });

  it("tells followers of what was appended in the words in which it is read, or only that something was", async () => {
    const calls: (readonly AppendedEvents<StoredEvent>[] | undefined)[] = [];
    const { log } = storage;
    log.follow(PORTAL, (appended) => calls.push(appended));
    await Promise.all(everyKind().map((event) => log.append(PORTAL, [event])));
    await log.append(PORTAL, everyKind(), "delivery");
    await log.append(PORTAL, everyKind(), "delivery");
    await until(() => calls.length > 1);
    const name = (await log.newest(PORTAL)).log;
    const read = await log.read(PORTAL, 0, 100);
    const told = calls.flatMap((appended) => appended ?? []);
    // Those who share a log with other processes read it.
    expect(told.flatMap(({ events }) => events)).toStrictEqual(sharesProcess ? read : []);
    for (const each of told) expect(each.log).toBe(name);
    const before = calls.length;
    await Promise.all([log.append(PORTAL, [messageEvent("last")]), log.purge(PORTAL)]);
    await until(() => calls.length > before);
    expect(calls.slice(before)).toContain(undefined);
  });

  it("misses nothing between following and reading while others append", async () => {
    const beside = await place.openBeside(storage);
    const seen: string[] = [];
    let position = 0;
    let reading = Promise.resolve();
    const readOn = (): void => {
      reading = reading.then(async () => {
        for (const { position: at, event } of await storage.log.read(PORTAL, position, 50)) {
          seen.push(textOf(event) ?? "");
          position = at;
        }
      });
    };
    const appending = (async () => {
      for (let n = 1; n <= 300; n += 1) {
        await beside.log.append(PORTAL, [messageEvent(`${n}`)]);
      }
    })();
    const leave = storage.log.follow(PORTAL, readOn);
    readOn();
    await appending;
    await until(() => seen.length >= 300);
    leave();
    await reading;
    expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => `${n + 1}`));
    if (beside !== storage) {
      await beside.close();
    }
  });

  it("passes over a kind it does not know and names the position of what is no event", async () => {
    await storage.log.append(
      PORTAL,
      ["1", "2", "3", "4", "5"].map((text) => messageEvent(text)),
    );
    await storage.close();
    const unknown = JSON.stringify({ at: 1, event: { kind: "ofTheFuture", anything: [1] } });
    await place.overwriteEvent(PORTAL, 1, unknown);
    await place.overwriteEvent(PORTAL, 2, unknown);
    await place.overwriteEvent(PORTAL, 4, JSON.stringify({ at: 1, event: { kind: "gap", since: 5 } }));
    storage = await place.open();
    expect(await texts(PORTAL, 0, 1)).toEqual(["3"]);
    expect(await texts(PORTAL, 0, 10)).toEqual(["3"]);
    const failure = await storage.log.read(PORTAL, 3, 10).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CorruptEvent);
    expect(failure).toMatchObject({ portal: PORTAL, position: 4 });
    expect(await texts(PORTAL, 4, 10)).toEqual(["5"]);
  });

  it("is ready, and not any more once it is closed", async () => {
    expect(storage.problem()).toBeUndefined();
    expect(storage.warnings.filter((warning) => !warning.includes("noeviction"))).toEqual([]);
    await storage.close();
    expect(storage.problem()).toBe("The storage is closed.");
    await expect(storage.log.append(PORTAL, [messageEvent("late")])).rejects.toMatchObject({
      name: "StorageUnavailable",
    });
  });
});
