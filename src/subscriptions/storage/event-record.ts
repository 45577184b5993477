import { z } from "zod";
import type { StoredEvent } from "../stored-event.ts";

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

const envelope = z.object({
  at: z.number(),
  delivery: text.optional(),
  event: z.object({ kind: text }).loose(),
});

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
  const record = envelope.parse(JSON.parse(kept));
  return {
    receivedAt: new Date(record.at),
    delivery: record.delivery ?? null,
    event: isKnownKind(record.event.kind) ? schemas[record.event.kind].parse(record.event) : null,
  };
}

function isKnownKind(kind: string): kind is StoredEvent["kind"] {
  return Object.hasOwn(schemas, kind);
}
