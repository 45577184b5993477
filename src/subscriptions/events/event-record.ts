import { z } from "zod";
import type { StoredEvent } from "./stored-event.ts";

const text = z.string();
const nullableText = text.nullable();
const nullableNumber = z.number().nullable();

const address = z.object({
  connectorId: nullableText,
  lineId: nullableText,
  chatId: nullableText,
  externalChatId: nullableText,
  userId: nullableText,
});

const file = z.object({
  name: nullableText,
  kind: nullableText,
  mimeType: nullableText,
  size: nullableNumber,
  url: nullableText,
  downloadUrl: nullableText,
  width: nullableNumber,
  height: nullableNumber,
});

const message = z.object({
  messageId: nullableText,
  externalIds: z.array(text),
  text: nullableText,
  authorId: nullableText,
  isSystem: z.boolean(),
  files: z.array(file),
  sentAt: nullableText,
});

const fromPortal = { address, dispatchedAt: nullableText };
const direction = z.enum(["INCOMING", "OUTGOING", "UNKNOWN"]);

const schemas = {
  messageAdded: z.object({ kind: z.literal("messageAdded"), ...fromPortal, direction, message }),
  messageUpdated: z.object({ kind: z.literal("messageUpdated"), ...fromPortal, direction, message }),
  messageDeleted: z.object({
    kind: z.literal("messageDeleted"),
    ...fromPortal,
    direction,
    messageId: nullableText,
    externalIds: z.array(text),
  }),
  sessionStarted: z.object({ kind: z.literal("sessionStarted"), ...fromPortal }),
  sessionFinished: z.object({ kind: z.literal("sessionFinished"), ...fromPortal }),
  chatChanged: z.object({ kind: z.literal("chatChanged"), ...fromPortal, source: text }),
  gap: z.object({ kind: z.literal("gap"), since: text, until: text }),
} satisfies { readonly [Kind in StoredEvent["kind"]]: z.ZodType<Extract<StoredEvent, { kind: Kind }>> };

/** One event as a log keeps it: JSON text. */
export interface EventRecord {
  readonly receivedAt: Date;
  /** Key of the delivery that brought it; only on a delivery's first event. */
  readonly delivery: string | null;
  /** Null when the kind is one that a later version wrote. */
  readonly event: StoredEvent | null;
}

/** The text to keep of one event. */
export function encodeEventRecord(receivedAtMs: number, event: StoredEvent, delivery: string | undefined): string {
  return JSON.stringify(delivery === undefined ? { at: receivedAtMs, event } : { at: receivedAtMs, delivery, event });
}

/** Reads a kept text. Throws when it is not what `encodeEventRecord` writes. */
export function decodeEventRecord(kept: string): EventRecord {
  const record: unknown = JSON.parse(kept);
  if (!isEnvelope(record)) {
    throw new Error("not the record of an event");
  }
  const { at, delivery, event } = record;
  return {
    receivedAt: new Date(at),
    delivery: typeof delivery === "string" ? delivery : null,
    event: isKnownKind(event.kind) ? schemas[event.kind].parse(event) : null,
  };
}

/** By hand: every event a subscriber reads passes here, and a second schema would cost as much as the first. */
function isEnvelope(record: unknown): record is { at: number; delivery?: unknown; event: { kind: string } } {
  return (
    isObject(record) && typeof record.at === "number" && isObject(record.event) && typeof record.event.kind === "string"
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isKnownKind(kind: string): kind is StoredEvent["kind"] {
  return Object.hasOwn(schemas, kind);
}
