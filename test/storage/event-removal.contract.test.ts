import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventsTrimmed } from "../../src/storage/log.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { until } from "../kit/until.ts";
import { adapters, type Place } from "./adapters.ts";
import { messageEvent, textOf } from "./sample-events.ts";

const DAY = 24 * 60 * 60 * 1_000;
const PORTAL = "0123456789abcdef0123456789abcdef";

describe.each(adapters)("the event log on $name, when events go,", ({ makePlace }) => {
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

  async function texts(portal = PORTAL, after = 0): Promise<(string | null)[]> {
    return (await storage.log.read(portal, after, 1_000)).map(({ event }) => textOf(event));
  }

  it("drops the oldest beyond the count and says so to who reads from before", async () => {
    await storage.close();
    storage = await place.open({ retention: { maxAgeMs: DAY, maxEvents: 10 } });
    await storage.log.append(
      PORTAL,
      Array.from({ length: 25 }, (_, n) => messageEvent(`${n + 1}`)),
    );
    expect(await storage.log.oldest(PORTAL)).toBe(0);
    await storage.log.trim();
    expect(await storage.log.oldest(PORTAL)).toBe(15);
    expect(await storage.log.head(PORTAL)).toBe(25);
    expect(await texts(PORTAL, 15)).toEqual(Array.from({ length: 10 }, (_, n) => `${n + 16}`));
    await expect(storage.log.read(PORTAL, 14, 5)).rejects.toEqual(new EventsTrimmed(15, 25));
    await storage.log.trim();
    expect(await storage.log.oldest(PORTAL)).toBe(15);
  });

  it("drops what is older than the age, and positions go on although nothing is left, also after opening again", async () => {
    const identity = (await storage.log.newest(PORTAL)).log;
    await storage.log.append(PORTAL, [messageEvent("1"), messageEvent("2")]);
    await storage.close();
    storage = await place.open({ retention: { maxAgeMs: 1, maxEvents: 1_000 } });
    await until(async () => {
      await storage.log.trim();
      return (await storage.log.oldest(PORTAL)) === 2;
    });
    await storage.close();
    storage = await place.open();
    expect(await storage.log.head(PORTAL)).toBe(2);
    expect((await storage.log.append(PORTAL, [messageEvent("3")])).positions).toEqual([3]);
    expect(await texts(PORTAL, 2)).toEqual(["3"]);
    expect((await storage.log.newest(PORTAL)).log).toBe(identity);
  });

  it("keeps what is young and within the count", async () => {
    await storage.log.append(PORTAL, [messageEvent("1")]);
    await storage.log.trim();
    expect(await texts()).toEqual(["1"]);
  });

  it("forgets everything of a purged portal and starts another log for it; others stay", async () => {
    await storage.log.append(PORTAL, [messageEvent("1"), messageEvent("2")], "delivery");
    await storage.log.append("another", [messageEvent("x")]);
    const identity = (await storage.log.newest(PORTAL)).log;
    await storage.log.purge(PORTAL);
    expect(await storage.log.portals()).toEqual(["another"]);
    expect(await storage.log.head(PORTAL)).toBe(0);
    expect(await texts()).toEqual([]);
    expect((await storage.log.newest(PORTAL)).log).not.toBe(identity);
    expect(await storage.log.append(PORTAL, [messageEvent("new")], "delivery")).toEqual({
      positions: [1],
      duplicate: false,
    });
    await storage.close();
    storage = await place.open();
    expect(await texts()).toEqual(["new"]);
    expect(await texts("another")).toEqual(["x"]);
  });

  it("tells followers of a purge", async () => {
    await storage.log.append(PORTAL, [messageEvent("1")]);
    let calls = 0;
    storage.log.follow(PORTAL, () => {
      calls += 1;
    });
    // With Redis the first call only says that following has begun.
    await storage.log.append(PORTAL, [messageEvent("2")]);
    await until(() => calls > 0);
    await until(async () => {
      const before = calls;
      await storage.log.purge(PORTAL);
      await until(() => calls > before);
      return true;
    });
  });
});
