import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { LogReplaced } from "../../../src/storage/log.ts";
import { StorageUnavailable } from "../../../src/storage/storage-unavailable.ts";
import type { EventLog, LoggedEvent } from "../../../src/subscriptions/events/event-log.ts";
import type { StoredEvent } from "../../../src/subscriptions/events/stored-event.ts";
import { createEventReader } from "../../../src/subscriptions/live/event-reader.ts";
import { firstSeen } from "../../../src/subscriptions/live/first-seen.ts";
import { LiveResult } from "../../../src/subscriptions/live/live-result.ts";
import { openPortalTail, type PortalTail, type TailListeners } from "../../../src/subscriptions/live/portal-tail.ts";
import { createReadingTurns } from "../../../src/subscriptions/live/reading-turns.ts";
import { until } from "../../kit/until.ts";
import { adapters } from "../../storage/adapters.ts";
import { gapEvent, messageEvent, textOf } from "../../storage/sample-events.ts";
import { type BenchParts, type LiveBench, startLiveBench, take, texts } from "./live-bench.ts";

const ONE = { host: "portal.example", memberId: "portal-1" };

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

/** The code of the error that a step carries. */
function lostCode({ value }: IteratorResult<LiveResult, void>): unknown {
  return value?.result.errors?.[0]?.extensions?.code;
}

const noListeners: TailListeners = { onGone: () => {}, onError: (error) => expect.fail(String(error)) };

describe.each(adapters)("the live engine on $name", (adapter) => {
  const startBench = (parts: BenchParts = {}): Promise<LiveBench> => startLiveBench(adapter, parts);

  it("delivers what comes after subscribing, in order, and nothing from before", async () => {
    const { open, append } = await startBench();
    await append("old");
    const stream = await open();
    await append("1", "2", "3");
    expect(await texts(stream, 3)).toEqual(["1", "2", "3"]);
  });

  it("goes on after a cursor: first what was kept, then what comes, each once", async () => {
    const { open, append } = await startBench();
    const first = await open();
    await append("1", "2", "3");
    const [one] = await take(first, 1);
    const resumed = await open({ after: String(one?.cursor) });
    await append("4");
    expect(await texts(resumed, 3)).toEqual(["2", "3", "4"]);
  });

  it("has no seam between reading back and reading live, whatever is appended while it is opened", async () => {
    const { open, append, live } = await startBench();
    await append("0");
    const cursor = await live.headCursor(ONE);
    const appending = append(...numbers(1, 400));
    const streams = [];
    for (let opened = 0; opened < 20; opened += 1)
      streams.push(await open({ after: cursor, sharingKey: `document ${opened}` }));
    await appending;
    for (const stream of streams) expect(await texts(stream, 400)).toEqual(numbers(1, 400));
  });

  it("executes equal subscriptions once for each event, and different ones apart", async () => {
    const bench = await startBench();
    const equal = await Promise.all(Array.from({ length: 50 }, () => bench.open()));
    const other = await bench.open({ sharingKey: "another document" });
    const otherViewer = await bench.open({ viewer: { rightsKey: "boris" } });
    await bench.append("1", "2");
    for (const stream of [...equal, other, otherViewer]) expect(await texts(stream, 2)).toEqual(["1", "2"]);
    expect(bench.executions()).toBe(6);
  });

  it("turns a shared result into text once", async () => {
    const { open, append } = await startBench();
    const [a, b] = [await open(), await open()];
    await append("1");
    const [first, second] = [await a.next(), await b.next()];
    expect(first.value).toBe(second.value);
  });

  it("serves a reader that fell behind the memory window from the log", async () => {
    const { open, storage } = await startBench();
    const slow = await open();
    const events = numbers(1, 3_000).map((text) => messageEvent(text));
    for (let at = 0; at < events.length; at += 500) await storage.log.append("portal-1", events.slice(at, at + 500));
    expect(await texts(slow, 3_000)).toEqual(numbers(1, 3_000));
  });

  it.each([
    { behind: 3_000, place: "the log" },
    { behind: 1_000, place: "memory" },
  ])("lets everything else go on while a reader is $behind events behind, in $place", async ({ behind }) => {
    const { openStream, storage, live, executions } = await startBench();
    const cursor = await live.headCursor(ONE);
    const upToDate = await openStream();
    void upToDate.run(() => undefined);
    const events = numbers(1, behind).map((text) => messageEvent(text));
    for (let at = 0; at < events.length; at += 500) await storage.log.append("portal-1", events.slice(at, at + 500));
    const stream = await openStream({ after: cursor, sharingKey: "behind" });
    const inTurns: number[] = [];
    const executedInTurns: number[] = [];
    let inTurn = 0;
    let delivered = 0;
    let executed = executions();
    const count = (): void => {
      inTurns.push(inTurn);
      inTurn = 0;
      executedInTurns.push(executions() - executed);
      executed = executions();
      if (delivered < behind) setImmediate(count);
    };
    setImmediate(count);
    void stream.run(() => {
      inTurn += 1;
      delivered += 1;
      return undefined;
    });
    await until(() => delivered === behind);
    expect(Math.max(...inTurns)).toBeGreaterThan(0);
    // A millisecond's work in each, to whoever it is handed.
    expect(Math.max(...inTurns)).toBeLessThanOrEqual(32);
    expect(Math.max(...executedInTurns)).toBeLessThanOrEqual(128);
  });

  it("tells a reader that fell behind what is kept, with the cursors to go on from, and ends", async () => {
    const { open, storage } = await startBench({ limits: { retention: { maxAgeMs: 3_600_000, maxEvents: 10 } } });
    await storage.log.append("portal-1", [messageEvent("0")]);
    const stream = await open();
    await storage.log.append("portal-1", [messageEvent("1")]);
    const [first] = await take(stream, 1);
    for (const text of numbers(2, 2_000)) void storage.log.append("portal-1", [messageEvent(text)]);
    await storage.log.append("portal-1", [messageEvent("last")]);
    await storage.log.trim();
    const late = await open({ after: String(first?.cursor) });
    const lost = await late.next();
    const error = lost.value?.result.errors?.[0];
    expect(error?.extensions?.code).toBe("EVENTS_LOST");
    expect(await late.next()).toEqual({ done: true, value: undefined });
    const resumed = await open({ after: String(error?.extensions?.oldestCursor) });
    expect((await texts(resumed, 10)).at(-1)).toBe("last");
  });

  it("refuses cursors that cannot be used here, each with its own reason", async () => {
    const { open, live, storage, append } = await startBench();
    await append("1");
    const cursor = await live.headCursor(ONE);
    await storage.log.append("portal-2", [messageEvent("x")]);
    const reason = async (after: string, portal = "portal-1"): Promise<string> => {
      try {
        (await open({ after, portal })).close();
        return "accepted";
      } catch (error) {
        return error instanceof Error ? error.message : "?";
      }
    };
    expect(await reason(cursor)).toBe("accepted");
    expect(await reason("garbage")).toMatch(/not a cursor/);
    expect(await reason("x".repeat(10_000))).toMatch(/not a cursor/);
    expect(await reason(Buffer.from('[1,"a",{}]').toString("base64url"))).toMatch(/not a cursor/);
    expect(await reason(cursor, "portal-2")).toMatch(/another portal/);
    const [version, digest, log] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    expect(await reason(Buffer.from(JSON.stringify([version, digest, log, 99])).toString("base64url"))).toMatch(
      /beyond the newest/,
    );
    await storage.log.purge("portal-1");
    expect(await reason(cursor)).toMatch(/no longer exists/);
  });

  it("says a gap as an event or as an error that does not end the stream, each client with its own time to read again", async () => {
    const { open, storage, append } = await startBench();
    const events = await open();
    const errors = await open({ gaps: "error", sharingKey: "single" });
    await storage.log.append("portal-1", [gapEvent]);
    await append("after");
    expect(await texts(events, 2)).toEqual(["gap", "after"]);
    const gap = (await errors.next()).value?.result;
    expect(gap?.data).toEqual({ openLineEvents: null });
    expect(gap?.errors?.[0]?.extensions).toMatchObject({
      code: "STREAM_GAP",
      since: gapEvent.since,
      until: gapEvent.until,
    });
    expect(gap?.errors?.[0]?.extensions?.refetchAfterMs).toEqual(expect.any(Number));
    expect(await texts(errors, 1)).toEqual(["after"]);
  });

  it("lets through only what matches: keys all together, values of a key any", async () => {
    const { open, storage } = await startBench({
      chats: { resolve: (_, address) => (address.externalChatId === "external-1" ? "77" : null) },
    });
    const lines = await open({
      criteria: { lineIds: new Set(["7", "8"]), directions: new Set(["INCOMING"]) },
      sharingKey: "a",
    });
    const chats = await open({ criteria: { chatIds: new Set(["77"]) }, sharingKey: "b" });
    const event = messageEvent("x");
    await storage.log.append("portal-1", [
      { ...event, message: { ...event.message, text: "line 9" }, address: { ...event.address, lineId: "9" } },
      { ...event, message: { ...event.message, text: "outgoing" }, direction: "OUTGOING" },
      {
        ...event,
        message: { ...event.message, text: "elsewhere" },
        address: { ...event.address, externalChatId: "external-2" },
      },
      { ...event, message: { ...event.message, text: "all" } },
    ]);
    expect(await texts(lines, 2)).toEqual(["elsewhere", "all"]);
    expect(await take(chats, 3)).toMatchObject([
      { text: "line 9", chatId: "77" },
      { text: "outgoing" },
      { text: "all" },
    ]);
  });

  it("lets a change of a chat through filters by line and channel when it knows its chat only, and not when it knows better", async () => {
    const { open, storage } = await startBench();
    const byLine = await open({ criteria: { lineIds: new Set(["7"]) }, sharingKey: "a" });
    const byChannel = await open({ criteria: { connectorIds: new Set(["livechat"]) }, sharingKey: "b" });
    const byDirection = await open({ criteria: { directions: new Set(["INCOMING"]) }, sharingKey: "c" });
    const nowhere = {
      connectorId: null,
      lineId: null,
      chatId: "5",
      externalChatId: null,
      namedChatId: null,
      userId: null,
    };
    const change = {
      kind: "chatChanged",
      dispatchedAt: null,
      source: "TRANSFER",
      changed: [],
      formerUserIds: [],
    } as const;
    const { address, ...message } = messageEvent("of the line");
    await storage.log.append("portal-1", [
      { ...message, address: { ...address, lineId: null, connectorId: null } },
      { ...change, address: { ...nowhere, chatId: "6", lineId: "9", connectorId: "telegram" } },
      { ...change, address: nowhere },
      { ...message, direction: "INCOMING", address: { ...address, lineId: "7", connectorId: "livechat" } },
    ]);
    expect(await take(byLine, 2)).toMatchObject([{ chatId: "5" }, { text: "of the line" }]);
    expect(await take(byChannel, 2)).toMatchObject([{ chatId: "5" }, { text: "of the line" }]);
    expect(await texts(byDirection, 1)).toEqual(["of the line"]);
  });

  it("shows a viewer only what he may see, and stops when the right is withdrawn", async () => {
    let allowed = true;
    const { open, append, storage } = await startBench({ access: { maySee: async () => allowed } });
    const stream = await open();
    await append("1");
    expect(await texts(stream, 1)).toEqual(["1"]);
    allowed = false;
    await append("2", "3");
    await storage.log.append("portal-1", [gapEvent]);
    expect(await texts(stream, 1)).toEqual(["gap"]);
  });

  it("waits with an event while what it needs cannot be read, and then delivers it once", async () => {
    let failures = 0;
    const failOnce = (): void => {
      failures += 1;
      if (failures <= 3) throw new StorageUnavailable("away");
    };
    const { open, append, storage } = await startBench({
      access: {
        maySee: async () => {
          failOnce();
          return true;
        },
      },
    });
    const streams = [await open(), await open(), await open({ sharingKey: "another" })];
    await append("1", "2");
    await storage.log.append("portal-1", [gapEvent]);
    for (const stream of streams) expect(await texts(stream, 3)).toEqual(["1", "2", "gap"]);
    expect(failures).toBeGreaterThan(3);
  });

  it("does not come back to an event that was waited with once the stream is closed", async () => {
    let asked = 0;
    const { open, append, live } = await startBench({
      access: {
        maySee: async () => {
          asked += 1;
          throw new StorageUnavailable("away");
        },
      },
    });
    const stream = await open();
    const end = stream.next();
    await append("1");
    await until(() => asked === 2);
    stream.close();
    expect((await end).done).toBe(true);
    expect(live.openStreams()).toBe(0);
  });

  it("delivers checkpoints to a narrow filter that asks for them", async () => {
    const { open, storage } = await startBench();
    const stream = await open({ criteria: { lineIds: new Set(["1"]) }, checkpoints: true });
    await storage.log.append(
      "portal-1",
      Array.from({ length: 600 }, (_, index) => messageEvent(String(index))),
    );
    const [checkpoint] = await take(stream, 1);
    expect(checkpoint?.text).toBe("checkpoint");
    const resumed = await open({ after: String(checkpoint?.cursor), sharingKey: "resumed" });
    expect(await texts(resumed, 1)).toEqual(["500"]);
  });

  it("goes on after a checkpoint that could not be made", async () => {
    const refused = new Error("the store of credentials is away");
    let tries = 0;
    const { open, append, storage } = await startBench({
      beforeExecution(kind) {
        if (kind === "checkpoint") tries += 1;
        if (kind === "checkpoint" && tries === 1) throw refused;
      },
    });
    const stream = await open({ criteria: { lineIds: new Set(["1"]) }, checkpoints: true });
    const other = messageEvent("other");
    await storage.log.append(
      "portal-1",
      Array.from({ length: 1_000 }, () => other),
    );
    await append("x");
    expect(await take(stream, 2)).toMatchObject([{ failed: String(refused) }, { text: "checkpoint" }]);
  });

  it("misses nothing that comes while a reader passes over kinds it does not know", async () => {
    const { storage } = await startBench();
    const ofTheFuture: StoredEvent = JSON.parse('{"kind":"ofTheFuture"}');
    await storage.log.append("portal-1", [ofTheFuture, ofTheFuture]);
    const tail = await openPortalTail(storage.log, "portal-1", noListeners);
    const log: EventLog = {
      ...storage.log,
      async head(portal) {
        await storage.log.append(portal, [messageEvent("came meanwhile")]);
        return storage.log.head(portal);
      },
    };
    const reader = createEventReader({ log: log, portal: "portal-1", tail: tail, turns: createReadingTurns() }, 0);
    onTestFinished(() => {
      reader.close();
      tail.close();
    });
    await reader.wait(() => undefined);
    const event = reader.take();
    expect(event === undefined ? undefined : textOf(event.event)).toBe("came meanwhile");
  });

  it("lets answers of the portal that were asked for since an event came, a minute ago at most, tell of it when it is read back", async () => {
    const { storage } = await startBench();
    await storage.log.append("portal-1", [messageEvent("1")]);
    const tail = await openPortalTail(storage.log, "portal-1", noListeners);
    onTestFinished(() => tail.close());
    const openedAt = performance.now();
    const readBack = async (from: PortalTail): Promise<number> => {
      const reader = createEventReader(
        { log: storage.log, portal: "portal-1", tail: from, turns: createReadingTurns() },
        0,
      );
      onTestFinished(() => reader.close());
      await reader.wait(() => undefined);
      const logged = reader.take();
      if (logged === undefined) throw new Error("nothing was read back");
      return firstSeen(logged);
    };
    expect(await readBack(tail)).toBeLessThanOrEqual(openedAt);
    const before = performance.now();
    const longKnown = await readBack({ ...tail, knownSince: () => Number.NEGATIVE_INFINITY });
    expect(longKnown).toBeGreaterThanOrEqual(before - 60_000);
  });

  it("wakes only who waits for something new, once for each time, and nobody who has gone", async () => {
    const { storage } = await startBench();
    const tail = await openPortalTail(storage.log, "portal-1", noListeners);
    onTestFinished(() => tail.close());
    const woken: string[] = [];
    tail.wake(() => woken.push("once"));
    const gone = (): void => void woken.push("gone");
    tail.wake(gone);
    tail.forget(gone);
    let times = 0;
    const again = (): void => {
      times += 1;
      tail.wake(again);
    };
    tail.wake(again);
    for (let number = 1; number <= 3; number += 1) {
      await storage.log.append("portal-1", [messageEvent(String(number))]);
      await until(() => tail.next(number - 1) !== undefined);
    }
    expect(times).toBe(3);
    expect(woken).toEqual(["once"]);
  });

  it("knows what came of pieces that go on where it was, and reads the log for any others", async () => {
    const { storage } = await startBench();
    const name = (await storage.log.newest("portal-1")).log;
    let changed: Parameters<EventLog["follow"]>[1] = () => {};
    let reads = 0;
    const log: EventLog = {
      ...storage.log,
      follow(_portal, called) {
        changed = called;
        return () => {};
      },
      read(...asked) {
        reads += 1;
        return storage.log.read(...asked);
      },
    };
    const tail = await openPortalTail(log, "portal-1", noListeners);
    onTestFinished(() => tail.close());
    await until(() => reads === 1);
    await nextTurn();
    const append = async (count: number) => {
      const { positions } = await storage.log.append("portal-1", numbers(1, count).map(messageEvent));
      return storage.log.read("portal-1", (positions[0] ?? 0) - 1, count);
    };
    const isKnown = (events: readonly LoggedEvent[]): boolean =>
      events.every(({ position }) => tail.next(position - 1)?.position === position);

    const [first, second] = [await append(2), await append(1)];
    changed([
      { log: name, events: first },
      { log: name, events: second },
    ]);
    expect(isKnown([...first, ...second])).toBe(true);
    expect(reads).toBe(1);

    const unknown = await append(1);
    const behindHole = await append(1);
    const others = [
      () => ({ log: name, events: behindHole }),
      // What is there already.
      () => ({ log: name, events: unknown }),
      async () => ({ log: "another", events: await append(1) }),
      // More than others should wait for.
      async () => ({ log: name, events: await append(65) }),
    ];
    for (const make of others) {
      const other = await make();
      const before = reads;
      changed([other]);
      expect(reads).toBe(before + 1);
      await until(() => isKnown(other.events));
      await nextTurn();
    }
    expect(isKnown(unknown)).toBe(true);
  });

  it("remembers for a minute since when events have been there, however many come, and takes older ones for younger", async () => {
    const { storage } = await startBench();
    let time = 0;
    const tail = await openPortalTail(storage.log, "portal-1", noListeners, () => time);
    onTestFinished(() => tail.close());
    let newest = 0;
    const append = async (): Promise<void> => {
      newest += 1;
      await storage.log.append("portal-1", [messageEvent(String(newest))]);
      while (tail.next(newest - 1) === undefined) await nextTurn();
    };
    const openedAt = tail.knownSince(0);
    for (time = 1; time <= 30_000; time += 10) await append();
    expect(tail.knownSince(0)).toBe(openedAt);
    for (const position of [1, 1_000, 2_500]) {
      const cameAt = 1 + (position - 1) * 10;
      expect(tail.knownSince(position)).toBeGreaterThanOrEqual(cameAt);
      expect(tail.knownSince(position)).toBeLessThanOrEqual(cameAt + 50);
    }
    for (time = 60_000; tail.knownSince(0) === openedAt && time < 600_000; time += 100) await append();
    expect(tail.knownSince(0)).toBeGreaterThan(openedAt);
    expect(tail.knownSince(newest)).toBeLessThanOrEqual(time);
  });

  it("holds nothing once streams are closed, begun or not, waiting or not", async () => {
    const { open, live, append } = await startBench();
    const streams = await Promise.all(
      Array.from({ length: 300 }, (_, index) => open({ sharingKey: `document ${index % 7}` })),
    );
    const waiting = streams.slice(0, 100).map((stream) => stream.next());
    expect(live.openStreams()).toBe(300);
    for (const stream of streams) stream.close();
    expect((await Promise.all(waiting)).every((step) => step.done)).toBe(true);
    expect(live.openStreams()).toBe(0);
    const again = await open();
    await append("1");
    expect(await texts(again, 1)).toEqual(["1"]);
  });

  it("ends the streams of a portal whose log is gone, and no others", async () => {
    const { open, live, storage } = await startBench();
    const [gone, other] = [await open(), await open({ portal: "portal-2" })];
    const end = gone.next();
    live.endPortal(ONE);
    expect(lostCode(await end)).toBe("EVENTS_LOST");
    expect((await gone.next()).done).toBe(true);
    await storage.log.append("portal-2", [messageEvent("1")]);
    expect(await texts(other, 1)).toEqual(["1"]);
  });

  it("ends a stream that was being opened while the portal's log went", async () => {
    const { openStream, live, append } = await startBench();
    await append("1");
    const opening = openStream();
    live.endPortal(ONE);
    const results: LiveResult[] = [];
    await (await opening).run((result) => void results.push(result));
    expect(results.map(({ result }) => result.errors?.[0]?.extensions?.code)).toEqual(["EVENTS_LOST"]);
    expect(live.openStreams()).toBe(0);
  });

  it("goes on with everything else when a log is purged under a reader that is behind", async () => {
    const { openStream, storage, live } = await startBench();
    const cursor = await live.headCursor(ONE);
    await storage.log.append(
      "portal-1",
      numbers(1, 100).map((text) => messageEvent(text)),
    );
    const tail = await openPortalTail(storage.log, "portal-1", noListeners);
    const reader = createEventReader(
      { log: storage.log, portal: "portal-1", tail: tail, turns: createReadingTurns() },
      0,
    );
    const behind = await openStream({ after: cursor });
    await storage.log.purge("portal-1");
    let isOver = false;
    const goOn = (): void => {
      if (!isOver) reader.wait(goOn)?.then(goOn, (error) => expect(error).toBeInstanceOf(LogReplaced));
    };
    goOn();
    const results: LiveResult[] = [];
    await behind.run((result) => void results.push(result));
    expect(results.map(({ result }) => result.errors?.[0]?.extensions?.code)).toEqual(["EVENTS_LOST"]);
    await nextTurn();
    isOver = true;
    reader.close();
    tail.close();
  });

  it("ends the streams of a log that was purged, by whatever process, and serves who subscribes to the next", async () => {
    const { open, append, openBeside } = await startBench();
    const old = await open();
    await append("1", "2", "3");
    expect(await texts(old, 3)).toEqual(["1", "2", "3"]);
    const end = old.next();
    const another = await openBeside();
    await another.log.purge("portal-1");
    const told = await end;
    expect(lostCode(told)).toBe("EVENTS_LOST");
    expect(told.value?.result.errors?.[0]?.extensions).toMatchObject({ oldestCursor: null, headCursor: null });
    expect((await old.next()).done).toBe(true);
    const anew = await open();
    await append("new");
    expect(await texts(anew, 1)).toEqual(["new"]);
  });

  it("never delivers an event of another portal", async () => {
    const { open, storage } = await startBench();
    const portals = Array.from({ length: 20 }, (_, index) => `portal ${index}`);
    const streams = await Promise.all(portals.map((portal) => open({ portal })));
    await Promise.all(
      portals.flatMap((portal) =>
        numbers(1, 25).map((text) => storage.log.append(portal, [messageEvent(`${portal}: ${text}`)])),
      ),
    );
    for (const [index, stream] of streams.entries()) {
      const delivered = await texts(stream, 25);
      expect(delivered.every((text) => String(text).startsWith(`portal ${index}: `))).toBe(true);
      expect(new Set(delivered).size).toBe(25);
    }
  });

  it("says so when the log cannot be read, and a later subscription works again", async () => {
    const { open, storage, append } = await startBench();
    await storage.close();
    await expect(open()).rejects.toBeInstanceOf(StorageUnavailable);
    await expect(append("x")).rejects.toBeInstanceOf(StorageUnavailable);
  });
});
