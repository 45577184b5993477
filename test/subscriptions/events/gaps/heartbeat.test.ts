import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventStorage } from "../../../../src/subscriptions/events/event-storage.ts";
import type { RunningWatch } from "../../../../src/subscriptions/events/gaps/running-watch.ts";
import { until } from "../../../kit/until.ts";
import { adapters, type Place } from "../../../storage/adapters.ts";
import { messageEvent } from "../../../storage/sample-events.ts";
import { type Clocks, clocksAtNoon, DEAD, gapsOf, NOON, receivingProcess } from "./receiving-process.ts";

// Each gap begins a second before its first loss: what the sender's clock showed when it began to send.

describe.each(adapters)("a receiving process on $name", ({ makePlace }) => {
  let place: Place;
  let storage: EventStorage;
  let clocks: Clocks;

  beforeEach(async () => {
    place = await makePlace();
    storage = await place.open();
    clocks = clocksAtNoon();
    await storage.log.append("one", [messageEvent("1")]);
    await storage.log.append("two", [messageEvent("1")]);
  });
  afterEach(async () => {
    await storage.close();
    await place.remove();
  });

  it("owes nothing at the very first start and while it beats", async () => {
    const first = receivingProcess(storage, clocks);
    for (let seconds = 0; seconds < 100; seconds += 5) {
      clocks.pass(seconds);
      await first.beat();
    }
    expect(await gapsOf(storage, "one")).toEqual([]);
  });

  it("says, to every portal and once, the time between the last beat of one that was killed and its own start", async () => {
    await receivingProcess(storage, clocks, DEAD).beat();
    await storage.close();
    storage = await place.open();
    clocks.pass(60);
    const next = receivingProcess(storage, clocks);
    await next.beat();
    clocks.pass(65);
    await next.beat();
    expect(await gapsOf(storage, "one")).toEqual(["11:59:59 to 12:01:00"]);
    expect(await gapsOf(storage, "two")).toEqual(["11:59:59 to 12:01:00"]);
  });

  it("says the time since one left in order, from when it stopped listening", async () => {
    const first = receivingProcess(storage, clocks);
    await first.beat();
    clocks.pass(4);
    first.leave();
    clocks.pass(9);
    await first.stop();
    clocks.pass(10);
    await receivingProcess(storage, clocks).beat();
    expect(await gapsOf(storage, "one")).toEqual(["12:00:03 to 12:00:10"]);
  });

  it.each([
    ["behind", -3_600, "10:59:54 to 12:00:05"],
    ["ahead", 3_600, "11:59:59 to 13:00:00"],
  ])("says its gap with its times in order when the clock is %s at the restart", async (_where, wall, gap) => {
    await receivingProcess(storage, clocks, DEAD).beat();
    clocks.pass(5);
    clocks.setWall(wall);
    await receivingProcess(storage, clocks).beat();
    expect(await gapsOf(storage, "one")).toEqual([gap]);
  });

  it("says its gap after a new start of the machine whose clock is behind", async () => {
    await receivingProcess(storage, clocks, DEAD).beat();
    clocks.pass(20);
    clocks.setWall(-600);
    clocks.reboot();
    await receivingProcess(storage, clocks).beat();
    expect(await gapsOf(storage, "one")).toEqual(["11:49:59 to 12:00:00"]);
  });

  it("says a time in which it was suspended", async () => {
    const suspended = receivingProcess(storage, clocks);
    await suspended.beat();
    clocks.pass(40);
    await suspended.beat();
    clocks.pass(45);
    await suspended.beat();
    expect(await gapsOf(storage, "one")).toEqual(["11:59:59 to 12:00:40"]);
  });

  it("says a pause of the whole machine, which shows only in a clock that is set forward", async () => {
    const paused = receivingProcess(storage, clocks);
    await paused.beat();
    clocks.pass(5);
    clocks.setWall(65);
    await paused.beat();
    expect(await gapsOf(storage, "one")).toEqual(["11:59:59 to 12:01:05"]);
  });

  it("says no gap for a clock that is set back while it runs", async () => {
    const running = receivingProcess(storage, clocks);
    await running.beat();
    clocks.pass(5);
    clocks.setWall(-600);
    await running.beat();
    expect(await gapsOf(storage, "one")).toEqual([]);
  });

  it("says a pause in which its listening queue overflowed, however short, and not what overflowed elsewhere", async () => {
    let pause = 0;
    const watch: RunningWatch = { longestPauseMs: () => pause, turnedAway: () => true, close: () => {} };
    const process = receivingProcess(storage, clocks, undefined, { running: watch });
    await process.beat();
    clocks.pass(5);
    await process.beat();
    expect(await gapsOf(storage, "one")).toEqual([]);
    pause = 700;
    clocks.pass(10);
    await process.beat();
    expect(await gapsOf(storage, "one")).toEqual(["12:00:04 to 12:00:10"]);
  });

  it("says an outage to the portal whose deliveries were refused, from the first of them, once it is over", async () => {
    const process = receivingProcess(storage, clocks);
    await process.beat();
    clocks.pass(2);
    const came = clocks.read();
    clocks.pass(4);
    process.noteOutage("two", came);
    clocks.pass(5);
    await process.beat();
    expect(await gapsOf(storage, "two")).toEqual([]);
    clocks.pass(10);
    await process.beat();
    clocks.pass(15);
    await process.beat();
    expect(await gapsOf(storage, "one")).toEqual([]);
    expect(await gapsOf(storage, "two")).toEqual(["12:00:01 to 12:00:10"]);
  });

  it("covers what the clock showed at each refusal when it is set back and forth in an outage", async () => {
    const process = receivingProcess(storage, clocks);
    await process.beat();
    process.noteOutage("one");
    clocks.pass(1);
    clocks.setWall(-600);
    process.noteOutage("one");
    clocks.pass(2);
    clocks.setWall(600);
    process.noteOutage("one");
    clocks.pass(3);
    clocks.setWall(3);
    process.noteOutage("one");
    clocks.pass(9);
    await process.beat();
    clocks.pass(14);
    await process.beat();
    expect(await gapsOf(storage, "one")).toEqual(["11:49:59 to 12:10:00"]);
  });

  it("says an outage that goes on and on after ten seconds, and then what follows", async () => {
    const process = receivingProcess(storage, clocks, undefined, { intervalMs: 1_000 });
    for (let seconds = 0; seconds <= 25; seconds += 1) {
      clocks.pass(seconds);
      process.noteOutage("one");
      await process.beat();
    }
    expect(await gapsOf(storage, "one")).toEqual(["11:59:59 to 12:00:10", "12:00:10 to 12:00:21"]);
  });

  it("moves no beat on while it owes: the next life says the gap from the first refused delivery", async () => {
    const killed = receivingProcess(storage, clocks, DEAD);
    await killed.beat();
    clocks.pass(2);
    killed.noteOutage("one");
    clocks.pass(3);
    await killed.beat();
    clocks.pass(30);
    await receivingProcess(storage, clocks).beat();
    expect(await gapsOf(storage, "one")).toEqual(["12:00:01 to 12:00:30"]);
  });

  it("moves no beat past a delivery in hand: a kill loses it", async () => {
    const killed = receivingProcess(storage, clocks, DEAD);
    await killed.beat();
    clocks.pass(2);
    const delivery = killed.deliveryBegins();
    delivery.arrived();
    clocks.pass(3);
    killed.deliveryBegins().end();
    await killed.beat();
    clocks.pass(60);
    await killed.beat();
    clocks.pass(61);
    await receivingProcess(storage, clocks).beat();
    expect((await gapsOf(storage, "one")).at(-1)).toEqual("12:00:01 to 12:01:01");
  });

  it("is not kept back by who sends the beginning of a delivery and no more", async () => {
    const killed = receivingProcess(storage, clocks, DEAD);
    await killed.beat();
    killed.deliveryBegins();
    for (let seconds = 5; seconds <= 30; seconds += 5) {
      clocks.pass(seconds);
      await killed.beat();
    }
    clocks.pass(35);
    await receivingProcess(storage, clocks).beat();
    expect(await gapsOf(storage, "one")).toEqual(["12:00:29 to 12:00:35"]);
  });

  it("owes nothing to portals that deliveries name and nobody knows, however many they are", async () => {
    const process = receivingProcess(storage, clocks);
    await process.beat();
    for (let each = 0; each < 2_000; each += 1) process.noteOutage(`forged-${each}`);
    clocks.pass(5);
    await process.beat();
    expect((await storage.log.portals()).toSorted()).toEqual(["one", "two"]);
  });

  it("beats by its timer once started", async () => {
    const process = receivingProcess(storage, clocks, undefined, { intervalMs: 5 });
    await process.start();
    const beats = async (): Promise<string> => (await storage.keyValues.list("heartbeats"))[0]?.value ?? "";
    const before = await beats();
    await until(async () => (await beats()) !== before);
    await process.stop();
  });
});

describe("a receiving process whose data file was given up as damaged", () => {
  let place: Place;

  beforeEach(async () => {
    const lmdb = adapters.find(({ name }) => name === "LMDB");
    if (lmdb === undefined) throw new Error("no adapter of files");
    place = await lmdb.makePlace();
  });
  afterEach(() => place.remove());

  it("tells each portal that comes back of the gap, once over its lives, and none after a file in order", async () => {
    const clocks = clocksAtNoon();
    let storage = await place.open();
    const given: EventStorage = { ...storage, givenUp: { since: NOON - 86_400_000, until: NOON } };
    const first = receivingProcess(given, clocks);
    await first.beat();
    await storage.log.append("one", [messageEvent("1")]);
    for (const seconds of [5, 10]) {
      clocks.pass(seconds);
      await first.beat();
    }
    expect(await gapsOf(storage, "one")).toEqual(["12:00:00 to 12:00:00"]);
    await first.stop();
    await storage.close();

    storage = await place.open();
    const next = receivingProcess(storage, clocks);
    // A subscriber begins the log of the portal.
    await storage.log.newest("two");
    for (const seconds of [15, 20]) {
      clocks.pass(seconds);
      await next.beat();
    }
    expect((await gapsOf(storage, "two")).filter((gap) => gap === "12:00:00 to 12:00:00")).toHaveLength(1);
    expect((await gapsOf(storage, "one")).filter((gap) => gap === "12:00:00 to 12:00:00")).toHaveLength(1);
    await storage.close();
  });
});
