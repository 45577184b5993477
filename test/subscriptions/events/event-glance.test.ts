import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLogRecord, encodeLogRecord } from "../../../src/storage/log-record.ts";
import { type EventCriteria, matchesChat, matchesEvent } from "../../../src/subscriptions/events/event-filter.ts";
import { mayMatch } from "../../../src/subscriptions/events/event-glance.ts";
import { eventCodec } from "../../../src/subscriptions/events/event-record.ts";
import type { StoredEvent } from "../../../src/subscriptions/events/stored-event.ts";
import { CHAT_EVENT_KINDS, everyKind, gapEvent, messageEvent } from "../../storage/sample-events.ts";

const EVERYTHING: EventCriteria = {
  kinds: CHAT_EVENT_KINDS,
  lineIds: undefined,
  chatIds: undefined,
  connectorIds: undefined,
  directions: undefined,
};

/** What decoding the event would tell; a chat that has to be found out may be any. */
function matches(criteria: EventCriteria, event: StoredEvent): boolean {
  if (event.kind === "gap") return true;
  const { chatId } = event.address;
  return matchesEvent(criteria, event) && (chatId === null || matchesChat(criteria, chatId));
}

/** Texts that look like what stands around the facts. */
const text = fc.oneof(
  fc.constantFrom(
    "7",
    "8",
    "livechat",
    '"',
    "\\",
    '","address":{',
    '},"dispatchedAt":',
    '"event":{"kind":"gap"',
    "INCOMING",
  ),
  fc.string({ unit: "binary" }),
);
const nullable = fc.option(text);
const time = fc.constantFrom(null, "2026-01-02T03:04:05.000Z");
const event: fc.Arbitrary<StoredEvent> = fc
  .record({
    of: fc.constantFrom(...everyKind()),
    address: fc.record({
      connectorId: nullable,
      lineId: nullable,
      chatId: nullable,
      externalChatId: nullable,
      namedChatId: nullable,
      userId: nullable,
    }),
    dispatchedAt: time,
    direction: fc.constantFrom("INCOMING" as const, "OUTGOING" as const, "UNKNOWN" as const),
    said: nullable,
  })
  .map(({ of, address, dispatchedAt, direction, said }): StoredEvent => {
    switch (of.kind) {
      case "gap":
        return of;
      case "messageAdded":
      case "messageUpdated":
        return { ...of, address, dispatchedAt, direction, message: { ...of.message, text: said } };
      case "messageDeleted":
        return { ...of, address, dispatchedAt, direction };
      default:
        return { ...of, address, dispatchedAt };
    }
  });
const some = <T>(from: fc.Arbitrary<T>) =>
  fc.option(
    fc.array(from, { minLength: 1 }).map((all) => new Set(all)),
    { nil: undefined },
  );
const criteria: fc.Arbitrary<EventCriteria> = fc.record({
  kinds: fc.subarray([...EVERYTHING.kinds]).map((kinds) => new Set(kinds)),
  lineIds: some(text),
  chatIds: some(text),
  connectorIds: some(text),
  directions: some(fc.constantFrom("INCOMING", "OUTGOING", "UNKNOWN")),
});

describe("a glance at a kept event", () => {
  it("tells of whatever it holds what decoding it would tell", () => {
    fc.assert(
      fc.property(event, criteria, nullable, (stored, wanted, delivery) => {
        const kept = encodeLogRecord(1_767_323_045_000, stored, delivery ?? undefined);
        const hasDirection = "direction" in stored;
        // That an event has no direction at all is left to the decoding.
        if (wanted.directions !== undefined && !hasDirection && !matches(wanted, stored)) return;
        expect(mayMatch(wanted, kept)).toBe(matches(wanted, stored));
      }),
      { numRuns: 2_000 },
    );
  });

  it("tells the same of what the first version wrote", () => {
    const written = readFileSync(join(import.meta.dirname, "../../fixtures/stored-events-0.1.0.jsonl"), "utf8");
    const lines = written.trim().split("\n");
    for (const line of lines) {
      const stored = decodeLogRecord(line, eventCodec).event;
      if (stored === null) throw new Error("not understood");
      expect(mayMatch(EVERYTHING, line)).toBe(true);
      const others = [
        { ...EVERYTHING, kinds: new Set([]) },
        { ...EVERYTHING, lineIds: new Set(["8"]) },
        { ...EVERYTHING, connectorIds: new Set(["telegram"]) },
        { ...EVERYTHING, chatIds: new Set(["6"]) },
      ];
      for (const other of others) expect(mayMatch(other, line)).toBe(matches(other, stored));
    }
  });

  it("leaves to the decoding what does not stand where this version writes it", () => {
    const { kind, address, ...rest } = messageEvent("hello");
    const narrow = { ...EVERYTHING, lineIds: new Set(["8"]) };
    const odd = [
      "",
      "{",
      JSON.stringify({ at: 1, event: { address, kind, ...rest } }),
      JSON.stringify({ at: 1, event: { kind, ...rest, address } }),
      JSON.stringify({ at: 1, event: { kind, address: { ...address, lineId: 7 }, ...rest } }),
      JSON.stringify({ at: 1, event: { kind, address: [], ...rest } }),
      encodeLogRecord(1, messageEvent("hello"), undefined).replace('{"connectorId"', "{connectorId"),
    ];
    for (const each of odd) expect(mayMatch(narrow, each)).toBe(true);
    const { direction, ...others } = rest;
    const moved = JSON.stringify({ at: 1, event: { kind, address, ...others, direction } });
    expect(mayMatch({ ...EVERYTHING, directions: new Set(["OUTGOING"]) }, moved)).toBe(true);
  });

  it("never drops a gap", () => {
    expect(mayMatch({ ...EVERYTHING, kinds: new Set([]) }, encodeLogRecord(1, gapEvent, undefined))).toBe(true);
  });
});
