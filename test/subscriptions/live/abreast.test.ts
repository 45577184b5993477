import { expect, it, onTestFinished } from "vitest";
import {
  gatherWrites,
  MAX_UNREAD_BYTES,
  type Outlet,
  type ResultForm,
} from "../../../src/server/transports/gathered-writes.ts";
import { createResultFrames } from "../../../src/server/transports/result-frames.ts";
import type { Log } from "../../../src/storage/log.ts";
import type { EventCriteria } from "../../../src/subscriptions/events/event-filter.ts";
import type { StoredEvent } from "../../../src/subscriptions/events/stored-event.ts";
import { createEventReader } from "../../../src/subscriptions/live/event-reader.ts";
import { createLiveGroup, type LiveGroup } from "../../../src/subscriptions/live/live-group.ts";
import { LiveResult } from "../../../src/subscriptions/live/live-result.ts";
import { type LiveSink, type LiveStream, openLiveStream } from "../../../src/subscriptions/live/live-stream.ts";
import { openPortalTail } from "../../../src/subscriptions/live/portal-tail.ts";
import { createReadingTurns } from "../../../src/subscriptions/live/reading-turns.ts";
import { until } from "../../kit/until.ts";
import { adapters } from "../../storage/adapters.ts";
import { gapEvent, messageEvent, textOf } from "../../storage/sample-events.ts";

const PORTAL = "portal-1";
const EVERYTHING: EventCriteria = {
  kinds: new Set(["messageAdded", "messageDeleted"]),
  lineIds: undefined,
  chatIds: undefined,
  connectorIds: undefined,
  directions: undefined,
};

/** What a group of equal subscriptions over a real log costs, counted. */
interface Counted {
  readonly wakeUps: number;
  readonly reads: number;
  readonly decisions: number;
}

interface Office {
  append(...texts: string[]): Promise<void>;
  appendGap(): Promise<void>;
  open(sink: LiveSink, from?: number): LiveStream;
  /** Until the returned function is called, nothing new is read into the memory that all share. */
  holdTail(): () => void;
  counted(): Counted;
}

async function openOffice(execute: LiveGroupExecution = textResult, criteria = EVERYTHING): Promise<Office> {
  const [lmdb] = adapters;
  if (lmdb === undefined) throw new Error("no adapter");
  const place = await lmdb.makePlace();
  const { log, close } = await place.open();
  let wakeUps = 0;
  let reads = 0;
  let decisions = 0;
  const counting: Log<StoredEvent> = {
    ...log,
    read(...asked) {
      reads += 1;
      return log.read(...asked);
    },
  };
  // Before the memory begins, so that whoever begins before it reads the log.
  await log.append(PORTAL, [messageEvent("past")]);
  let held = Promise.resolve();
  const heldLog: Log<StoredEvent> = {
    ...log,
    async read(...asked) {
      await held;
      return log.read(...asked);
    },
  };
  const tail = await openPortalTail(heldLog, PORTAL, {
    onGone: () => {},
    onError: (error) => expect.fail(String(error)),
  });
  const turns = createReadingTurns();
  const countingTail = {
    ...tail,
    wake(moved: () => void): void {
      tail.wake(() => {
        wakeUps += 1;
        moved();
      });
    },
  };
  const group: LiveGroup = createLiveGroup({
    viewer: {
      portal: { host: "portal.example", memberId: PORTAL },
      credentialKey: "anna",
      rightsKey: "anna",
      scope: "all",
      grantedLines: new Set(),
    },
    criteria,
    access: { maySee: () => true },
    chats: { resolve: () => null },
    async execute({ content }) {
      decisions += 1;
      return execute(content.kind === "event" ? textOf(content.event) : content.kind);
    },
    cursorAt: String,
    tail: countingTail,
    turns,
  });
  const streams: LiveStream[] = [];
  onTestFinished(async () => {
    for (const stream of streams) stream.close();
    tail.close();
    await close();
    await place.remove();
  });
  return {
    async append(...texts) {
      for (const text of texts) await log.append(PORTAL, [messageEvent(text)]);
    },
    async appendGap() {
      await log.append(PORTAL, [gapEvent]);
    },
    holdTail() {
      let letGo = (): void => {};
      held = new Promise((resolve) => {
        letGo = resolve;
      });
      return () => letGo();
    },
    open(sink, from = 1) {
      const stream = openLiveStream({
        tells: { checkpoints: false, gaps: "error" },
        reader: createEventReader({ log: counting, portal: PORTAL, tail: countingTail, turns }, from),
        group,
        execute: async () => new LiveResult({ data: {} }),
        responseKey: "messageAdded",
        failed: (error) => new LiveResult({ data: { failed: String(error) } }),
        closed: () => {},
      });
      streams.push(stream);
      void stream.run(sink);
      return stream;
    },
    counted: () => ({ wakeUps, reads, decisions }),
  };
}

type LiveGroupExecution = (text: unknown) => LiveResult;

function textResult(text: unknown): LiveResult {
  return new LiveResult({ data: { text } });
}

function textIn({ result }: LiveResult): unknown {
  return result.data?.text ?? result.errors?.[0]?.extensions?.code;
}

/** Takes all it is given. */
function reading(office: Office, from?: number): readonly unknown[] {
  const got: unknown[] = [];
  office.open((result) => {
    got.push(textIn(result));
    return undefined;
  }, from);
  return got;
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

it("a subscriber who does not read costs the others no wake-up, no read and no decision", async () => {
  const office = await openOffice();
  const readers = Array.from({ length: 50 }, () => reading(office));
  let handed = 0;
  office.open(() => {
    handed += 1;
    return new Promise(() => {});
  });
  await office.append("1");
  await until(() => handed === 1);
  const before = office.counted();
  for (const text of numbers(20)) {
    const sizes = readers.map(({ length }) => length);
    await office.append(text);
    await until(() => readers.every(({ length }, index) => length > (sizes[index] ?? 0)));
  }
  // Once for each event, however many listen; the one that does not read is not even looked at.
  const { wakeUps, reads, decisions } = office.counted();
  expect({
    wakeUps: wakeUps - before.wakeUps,
    reads: reads - before.reads,
    decisions: decisions - before.decisions,
  }).toEqual({ wakeUps: 20, reads: 0, decisions: 20 });
  expect(handed).toBe(1);
});

it("a result is put into bytes once for all who read, and never for one who does not", async () => {
  const office = await openOffice();
  const frames = createResultFrames();
  const made: { readonly bytes: Buffer; readonly id: string }[] = [];
  const counting: ResultForm<Buffer> = {
    ...frames,
    alone(result, id) {
      const bytes = frames.alone(result, id);
      made.push({ bytes, id: String(id) });
      return bytes;
    },
  };
  const subscriber = (id: string, isRead: boolean): void => {
    const outlet: Outlet = {
      get writableLength() {
        return isRead ? 0 : MAX_UNREAD_BYTES;
      },
      write: () => isRead,
    };
    const writes = gatherWrites(outlet, counting, () => true);
    office.open((result) => writes.add(result, Buffer.from(id)));
  };
  for (const id of numbers(20)) subscriber(id.padStart(2, "0"), true);
  subscriber("unread", false);
  await office.append("first");
  await until(() => made.length === 21);
  made.length = 0;
  await office.append("second");
  await until(() => made.length === 20);
  expect(new Set(made.map(({ bytes }) => bytes)).size).toBe(1);
  expect(made.map(({ id }) => id)).not.toContain("unread");
});

it("an event that is not for them wakes the subscribers of a group as one, and is handed to nobody", async () => {
  const office = await openOffice(textResult, { ...EVERYTHING, kinds: new Set(["messageDeleted"]) });
  const readers = Array.from({ length: 50 }, () => reading(office));
  const before = office.counted().wakeUps;
  await office.append("1");
  await until(() => office.counted().wakeUps > before);
  expect(office.counted().wakeUps - before).toBe(1);
  expect(readers.flat()).toEqual([]);
});

it("everybody gets everything once and in order, who falls behind, catches up, comes later or is told of a gap included", async () => {
  const office = await openOffice();
  const all: unknown[][] = [];
  const waiting: (() => void)[] = [];
  /** Reads so many at a time, and then not before it is let. */
  const open = (atOnce: number): void => {
    const got: unknown[] = [];
    all.push(got);
    office.open((result) => {
      got.push(textIn(result));
      return got.length % atOnce === 0 ? new Promise((resolve) => waiting.push(resolve)) : undefined;
    });
  };
  for (let atOnce = 1; atOnce <= 12; atOnce += 1) open(atOnce);
  const expected: string[] = [];
  for (const text of numbers(120)) {
    await office.append(text);
    expected.push(text);
    if (Number(text) % 40 === 0) {
      await office.appendGap();
      expected.push("STREAM_GAP");
    }
    if (Number(text) % 10 === 0) open(7);
    // Some go on at once, others events later.
    for (const goOn of waiting.splice(0, Math.ceil(waiting.length / 2))) goOn();
  }
  await until(() => {
    for (const goOn of waiting.splice(0)) goOn();
    return all.every(({ length }) => length >= expected.length);
  });
  for (const got of all) expect(got).toEqual(expected);
});

it("an execution that fails is told to each, and the next event is handed to all again", async () => {
  const office = await openOffice((text) => {
    if (text === "2") throw new Error("broken");
    return textResult(text);
  });
  const readers = Array.from({ length: 5 }, () => reading(office));
  await office.append("1", "2", "3");
  await until(() => readers.every(({ length }) => length === 3));
  for (const got of readers) expect([got[0], got[2]]).toEqual(["1", "3"]);
});

it("who has read further than the others' memory gets nothing twice, and who has not misses nothing", async () => {
  const office = await openOffice();
  const first = reading(office);
  await office.append("1");
  await until(() => first.length === 1);
  const letGo = office.holdTail();
  // Read by the tail before it was held, or not: either way it knows of no more than the first.
  await office.append("2", "3");
  const ahead = reading(office, 0);
  const between = reading(office, 2);
  await until(() => ahead.at(-1) === "3");
  letGo();
  await office.append("4");
  await until(() => [first, ahead, between].every((got) => got.at(-1) === "4"));
  await office.append("5");
  await until(() => [first, ahead, between].every((got) => got.at(-1) === "5"));
  expect(first).toEqual(numbers(5));
  expect(ahead).toEqual(["past", ...numbers(5)]);
  expect(between).toEqual(numbers(5).slice(1));
});
