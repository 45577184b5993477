import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventStorage } from "../../../src/subscriptions/events/event-storage.ts";
import { createHeartbeat } from "../../../src/subscriptions/events/heartbeat.ts";
import type { StoredGap } from "../../../src/subscriptions/events/stored-event.ts";
import { startRedisServer } from "../../kit/redis-server.ts";
import { adapters, type Place } from "../../storage/adapters.ts";
import { messageEvent } from "../../storage/sample-events.ts";
import { until } from "../../storage/until.ts";

const NOON = Date.parse("2026-05-05T12:00:00.000Z");
const SECOND = 1_000;

async function gapsOf(storage: EventStorage, portal: string): Promise<Omit<StoredGap, "kind">[]> {
  const events = await storage.log.read(portal, 0, 1_000);
  return events.flatMap(({ event }) =>
    event.kind === "gap" ? [{ since: event.since.slice(11, 19), until: event.until.slice(11, 19) }] : [],
  );
}

/** A clock that is set by hand and the processes that look at it. */
function clockAt(start: number) {
  let time = start;
  return {
    now: () => time,
    set(seconds: number) {
      time = start + seconds * SECOND;
    },
  };
}

describe.each(adapters)("the heartbeat on $name", ({ makePlace }) => {
  let place: Place;
  let storage: EventStorage;
  let clock: ReturnType<typeof clockAt>;

  beforeEach(async () => {
    place = await makePlace();
    storage = await place.open();
    clock = clockAt(NOON);
    await storage.log.append("one", [messageEvent("1")]);
    await storage.log.append("two", [messageEvent("1")]);
  });
  afterEach(async () => {
    await storage.close();
    await place.remove();
  });

  it("says no gap at the very first start and while it beats", async () => {
    const heartbeat = createHeartbeat(storage, { now: clock.now });
    for (let seconds = 0; seconds < 100; seconds += 5) {
      clock.set(seconds);
      await heartbeat.beat();
    }
    expect(await gapsOf(storage, "one")).toEqual([]);
  });

  it("says the time between the last beat of a killed process and the next start, to every portal, once", async () => {
    await createHeartbeat(storage, { now: clock.now }).beat();
    await storage.close();
    storage = await place.open();
    clock.set(60);
    const heartbeat = createHeartbeat(storage, { now: clock.now });
    await heartbeat.beat();
    clock.set(65);
    await heartbeat.beat();
    expect(await gapsOf(storage, "one")).toEqual([{ since: "12:00:00", until: "12:01:00" }]);
    expect(await gapsOf(storage, "two")).toEqual([{ since: "12:00:00", until: "12:01:00" }]);
  });

  it("says a time in which the process was suspended", async () => {
    const heartbeat = createHeartbeat(storage, { now: clock.now });
    await heartbeat.beat();
    clock.set(40);
    await heartbeat.beat();
    clock.set(45);
    await heartbeat.beat();
    expect(await gapsOf(storage, "one")).toEqual([{ since: "12:00:00", until: "12:00:40" }]);
  });

  it("says an outage to the portal whose deliveries were refused, from the first of them", async () => {
    const heartbeat = createHeartbeat(storage, { now: clock.now });
    await heartbeat.beat();
    clock.set(2);
    heartbeat.noteOutage("two");
    clock.set(3);
    heartbeat.noteOutage("two");
    clock.set(5);
    await heartbeat.beat();
    clock.set(10);
    await heartbeat.beat();
    expect(await gapsOf(storage, "one")).toEqual([]);
    expect(await gapsOf(storage, "two")).toEqual([{ since: "12:00:02", until: "12:00:05" }]);
  });

  it("beats by its timer once started, and a last time when stopped", async () => {
    const heartbeat = createHeartbeat(storage, { now: clock.now, intervalMs: 5, processId: "p" });
    await heartbeat.start();
    clock.set(1);
    await until(async () => (await storage.keyValues.get("heartbeats", "p"))?.includes(`${NOON + 1_000}`) === true);
    clock.set(2);
    await heartbeat.stop();
    expect(await storage.keyValues.get("heartbeats", "p")).toContain(`${NOON + 2_000}`);
  });
});

describe("the heartbeat of the only receiver", () => {
  it("says a restart however short it was, unless told that it need not", async () => {
    const [lmdb] = adapters;
    const place = await lmdb?.makePlace();
    if (place === undefined) {
      throw new Error("no adapter");
    }
    const clock = clockAt(NOON);
    const storage = await place.open();
    await storage.log.append("one", [messageEvent("1")]);
    await createHeartbeat(storage, { now: clock.now }).beat();
    clock.set(3);
    await createHeartbeat(storage, { now: clock.now, restartThresholdMs: 15 * SECOND }).beat();
    expect(await gapsOf(storage, "one")).toEqual([]);
    clock.set(6);
    await createHeartbeat(storage, { now: clock.now }).beat();
    expect(await gapsOf(storage, "one")).toEqual([{ since: "12:00:03", until: "12:00:06" }]);
    await storage.close();
    await place.remove();
  });
});

describe("the heartbeats of several receivers", () => {
  const [, redis] = adapters;
  let place: Place;
  let first: EventStorage;
  let second: EventStorage;
  let clock: ReturnType<typeof clockAt>;

  beforeEach(async () => {
    if (redis === undefined) {
      throw new Error("no adapter");
    }
    place = await redis.makePlace();
    first = await place.open();
    second = await place.openBeside(first);
    clock = clockAt(NOON);
    await first.log.append("one", [messageEvent("1")]);
  });
  afterEach(async () => {
    await first.close();
    await second.close();
    await place.remove();
  });

  it("say no gap while one of them lived, also when another starts again", async () => {
    const living = createHeartbeat(first, { now: clock.now });
    await living.beat();
    await createHeartbeat(second, { now: clock.now }).beat();
    for (let seconds = 5; seconds <= 100; seconds += 5) {
      clock.set(seconds);
      await living.beat();
    }
    const restarted = createHeartbeat(second, { now: clock.now });
    for (let seconds = 101; seconds <= 150; seconds += 1) {
      clock.set(seconds);
      await living.beat();
      await restarted.beat();
    }
    expect(await gapsOf(first, "one")).toEqual([]);
  });

  it("say one gap when all were away and start at the same time", async () => {
    await createHeartbeat(first, { now: clock.now }).beat();
    clock.set(60);
    const starting = [first, second, first, second].map((storage) => createHeartbeat(storage, { now: clock.now }));
    await Promise.all(starting.map((heartbeat) => heartbeat.beat()));
    for (let seconds = 61; seconds <= 120; seconds += 1) {
      clock.set(seconds);
      await Promise.all(starting.map((heartbeat) => heartbeat.beat()));
    }
    expect(await gapsOf(first, "one")).toEqual([{ since: "12:00:00", until: "12:01:00" }]);
  });

  it("say one gap when all were killed and started again within the threshold", async () => {
    await createHeartbeat(first, { now: clock.now }).beat();
    await createHeartbeat(second, { now: clock.now }).beat();
    clock.set(4);
    const again = [createHeartbeat(first, { now: clock.now }), createHeartbeat(second, { now: clock.now })];
    for (let seconds = 4; seconds <= 60; seconds += 1) {
      clock.set(seconds);
      for (const heartbeat of again) {
        await heartbeat.beat();
      }
    }
    expect(await gapsOf(first, "one")).toEqual([{ since: "12:00:00", until: "12:00:04" }]);
  });
});

describe("the heartbeat while Redis is away", () => {
  it("fails nothing, and says the time once Redis is back", async () => {
    const server = await startRedisServer();
    const { openEventStorage } = await import("../../../src/subscriptions/events/event-storage.ts");
    const storage = await openEventStorage({ kind: "redis", url: server.url });
    const clock = clockAt(NOON);
    await storage.log.append("one", [messageEvent("1")]);
    const heartbeat = createHeartbeat(storage, { now: clock.now });
    await heartbeat.beat();
    await server.kill();
    await until(() => !storage.isReady());
    clock.set(5);
    heartbeat.noteOutage("one");
    await heartbeat.beat();
    await server.start();
    await until(() => storage.isReady());
    clock.set(30);
    await heartbeat.beat();
    expect(await gapsOf(storage, "one")).toEqual([{ since: "12:00:00", until: "12:00:30" }]);
    clock.set(35);
    await heartbeat.beat();
    expect((await gapsOf(storage, "one")).length).toBe(1);
    await storage.close();
    await server.close();
  });
});
