import { expect, it, onTestFinished } from "vitest";
import type { Kept, Position } from "../../../src/storage/log.ts";
import { mayMatch } from "../../../src/subscriptions/events/event-glance.ts";
import type { EventLog } from "../../../src/subscriptions/events/event-log.ts";
import type { StoredEvent } from "../../../src/subscriptions/events/stored-event.ts";
import { createEventReader } from "../../../src/subscriptions/live/event-reader.ts";
import { openPortalTail } from "../../../src/subscriptions/live/portal-tail.ts";
import { createReadingTurns } from "../../../src/subscriptions/live/reading-turns.ts";
import { adapters } from "../../storage/adapters.ts";
import { messageEvent } from "../../storage/sample-events.ts";

const PORTAL = "portal-1";
const WANTED_LINE = "8";

interface CatchingUp {
  /** Positions that were handed out, in order; those that were passed over negative. */
  readonly got: readonly Position[];
  readonly decoded: number;
  /** Turns of others in between. */
  readonly turns: number;
  readonly position: Position;
}

function onLine(lineId: string): StoredEvent {
  const event = messageEvent(lineId);
  return { ...event, address: { ...event.address, lineId } };
}

/** Reads a log from its beginning, as who is behind does. `damaged`: texts in place of what was kept at positions. */
async function catchUp(
  events: readonly StoredEvent[],
  { countsPassed = false, damaged = new Map<Position, string>() } = {},
): Promise<CatchingUp> {
  const [lmdb] = adapters;
  if (lmdb === undefined) throw new Error("no adapter");
  const place = await lmdb.makePlace();
  const before = await place.open();
  await before.log.append(PORTAL, events);
  await before.close();
  for (const [position, text] of damaged) await place.overwriteEvent(PORTAL, position, text);
  const { log: kept, close } = await place.open();
  let decoded = 0;
  const log: EventLog = {
    ...kept,
    async readKept(...asked) {
      const page = await kept.readKept(...asked);
      return page.map(
        (each): Kept<StoredEvent> => ({
          position: each.position,
          text: each.text,
          decode() {
            decoded += 1;
            return each.decode();
          },
        }),
      );
    },
  };
  const tail = await openPortalTail(log, PORTAL, { onGone: () => {}, onError: (error) => expect.fail(String(error)) });
  const turns = createReadingTurns();
  let taken = 0;
  const counting = {
    ...turns,
    next() {
      taken += 1;
      return turns.next();
    },
  };
  const criteria = {
    kinds: new Set(["messageAdded"] as const),
    lineIds: new Set([WANTED_LINE]),
    chatIds: undefined,
    connectorIds: undefined,
    directions: undefined,
  };
  const reader = createEventReader({ log, portal: PORTAL, tail, turns: counting }, 0, {
    mayWant: (text) => mayMatch(criteria, text),
    countsPassed,
  });
  onTestFinished(async () => {
    reader.close();
    tail.close();
    await close();
    await place.remove();
  });
  const got: Position[] = [];
  for (;;) {
    const passed = reader.passOver();
    const event = passed ?? reader.take();
    if (event !== undefined) {
      got.push(passed === undefined ? event.position : -event.position);
      continue;
    }
    const more = reader.more();
    if (more === undefined) break;
    await more;
  }
  return { got, decoded, turns: taken, position: reader.position };
}

const everyHundredth = (index: number): StoredEvent => onLine(index % 100 === 99 ? WANTED_LINE : "7");

it("who is behind decodes nothing that its filter drops, gets all else, and lets others have their turns meanwhile", async () => {
  const { got, decoded, turns, position } = await catchUp(Array.from({ length: 2_000 }, (_, at) => everyHundredth(at)));
  expect(got).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 100));
  expect(decoded).toBe(20);
  expect(position).toBe(2_000);
  expect(turns).toBeGreaterThanOrEqual(2_000 / 512);
});

it("who counts what it passes over is told of each, in order, without its being decoded", async () => {
  const { got, decoded } = await catchUp(
    Array.from({ length: 300 }, (_, at) => everyHundredth(at)),
    { countsPassed: true },
  );
  expect(got).toEqual(Array.from({ length: 300 }, (_, at) => ((at + 1) % 100 === 0 ? at + 1 : -(at + 1))));
  expect(decoded).toBe(3);
});

it("what cannot be decoded, or is of a kind that a later version wrote, is passed over by who is behind", async () => {
  const wanted = (): StoredEvent => onLine(WANTED_LINE);
  const { got, position } = await catchUp(Array.from({ length: 7 }, wanted), {
    damaged: new Map([
      [1, "{"],
      [3, '{"at":1,"event":{"kind":"ofTheFuture"}}'],
      [4, '{"at":1,"event":{"kind":"messageAdded"}}'],
      [7, "no event"],
    ]),
  });
  expect(got).toEqual([2, 5, 6]);
  expect(position).toBe(7);
});
