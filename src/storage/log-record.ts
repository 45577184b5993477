import type { EventCodec } from "./log.ts";

/** One event as a log keeps it: JSON text. */
export interface LogRecord<Event> {
  readonly receivedAt: Date;
  /** Key of the delivery that brought it; only on a delivery's first event. */
  readonly delivery: string | null;
  /** Null when the kind is one that a later version wrote. */
  readonly event: Event | null;
}

/** The text to keep of one event. */
export function encodeLogRecord(receivedAtMs: number, event: unknown, delivery: string | undefined): string {
  return JSON.stringify(delivery === undefined ? { at: receivedAtMs, event } : { at: receivedAtMs, delivery, event });
}

/** Reads a kept text. Throws when it is not what `encodeLogRecord` writes, or not an event to the codec. */
export function decodeLogRecord<Event>(kept: string, codec: EventCodec<Event>): LogRecord<Event> {
  const record: unknown = JSON.parse(kept);
  if (!isEnvelope(record)) {
    throw new Error("not the record of an event");
  }
  const { at, delivery, event } = record;
  return {
    receivedAt: new Date(at),
    delivery: typeof delivery === "string" ? delivery : null,
    event: codec.decode(event),
  };
}

const RECEIVED_AT = /^\{"at":([0-9]{1,15}),/;

/** When a kept event was received, without a look at the rest; undefined where its text does not begin with it. */
export function receivedAtOf(kept: string): Date | undefined {
  const [, at] = RECEIVED_AT.exec(kept) ?? [];
  return at === undefined ? undefined : new Date(Number(at));
}

/** By hand: every event a subscriber reads passes here, and a schema would cost as much as that of the event. */
function isEnvelope(record: unknown): record is { at: number; delivery?: unknown; event: unknown } {
  return (
    typeof record === "object" &&
    record !== null &&
    "at" in record &&
    typeof record.at === "number" &&
    "event" in record
  );
}
