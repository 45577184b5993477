import { z } from "zod";
import type { EventCodec } from "../../storage/log.ts";
import type { StoredEvent } from "./stored-event.ts";

const text = z.string();
const nullableText = text.nullable();
const nullableNumber = z.number().nullable();

const address = z.object({
  connectorId: nullableText,
  lineId: nullableText,
  chatId: nullableText,
  externalChatId: nullableText,
  namedChatId: nullableText.default(null),
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
const sessionId = nullableText.default(null);
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
  sessionStarted: z.object({ kind: z.literal("sessionStarted"), ...fromPortal, sessionId }),
  sessionFinished: z.object({ kind: z.literal("sessionFinished"), ...fromPortal, sessionId }),
  chatChanged: z.object({
    kind: z.literal("chatChanged"),
    ...fromPortal,
    source: text,
    changed: z.array(text).default([]),
    formerUserIds: z.array(text).default([]),
  }),
  gap: z.object({ kind: z.literal("gap"), since: text, until: text }),
} satisfies { readonly [Kind in StoredEvent["kind"]]: z.ZodType<Extract<StoredEvent, { kind: Kind }>> };

/** How live events are kept in a log. Fields that were added later have defaults, so that what an earlier version wrote stays readable. */
export const eventCodec: EventCodec<StoredEvent> = {
  decode(kept) {
    if (!hasKind(kept)) throw new Error("not an event");
    return isKnownKind(kept.kind) ? schemas[kept.kind].parse(kept) : null;
  },
};

function hasKind(value: unknown): value is { readonly kind: string } {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}

function isKnownKind(kind: string): kind is StoredEvent["kind"] {
  return Object.hasOwn(schemas, kind);
}
