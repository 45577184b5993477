import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeLogRecord, encodeLogRecord } from "../../../src/storage/log-record.ts";
import { eventCodec } from "../../../src/subscriptions/events/event-record.ts";
import { CHAT_EVENT_KINDS, everyKind } from "../../storage/sample-events.ts";

/**
 * What version 0.1.0 wrote, one record a line. Never to be written anew: a log that was begun with that version is read by all later ones.
 * A field that is added to an event needs a default in its schema; a later version adds a file of its own beside this one.
 */
const written = readFileSync(join(import.meta.dirname, "../../fixtures/stored-events-0.1.0.jsonl"), "utf8")
  .trim()
  .split("\n");

describe("a kept event", () => {
  it("of the first version is read by this one, every kind of it", () => {
    const kinds = written.map((line) => {
      const kept: { readonly at: number; readonly event: Record<string, unknown> } = JSON.parse(line);
      const read = decodeLogRecord(line, eventCodec);
      expect(read.receivedAt.getTime()).toBe(kept.at);
      expect(read.event).toMatchObject(kept.event);
      return kept.event.kind;
    });
    expect(new Set(kinds)).toEqual(new Set([...CHAT_EVENT_KINDS, "gap"]));
  });

  it("is given back as it was, with the key of its delivery", () => {
    for (const event of everyKind()) {
      expect(decodeLogRecord(encodeLogRecord(5, event, "key"), eventCodec)).toEqual({
        receivedAt: new Date(5),
        delivery: "key",
        event,
      });
    }
  });

  it.each([
    ["no JSON", "{"],
    ["no record", "[]"],
    ["without a time", '{"event":{"kind":"gap","since":"a","until":"b"}}'],
    ["of a known kind without its fields", '{"at":1,"event":{"kind":"messageAdded"}}'],
    ["without a kind", '{"at":1,"event":{}}'],
  ])("that is %s is refused", (_what, text) => {
    expect(() => decodeLogRecord(text, eventCodec)).toThrow();
  });

  it("of a kind that a later version wrote is passed over", () => {
    expect(decodeLogRecord('{"at":1,"event":{"kind":"ofTheFuture"}}', eventCodec).event).toBeNull();
  });
});
