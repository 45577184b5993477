import type { ChatEventKind } from "../../src/subscriptions/events/event-filter.ts";
import type { StoredEvent, StoredGap, StoredMessageAdded } from "../../src/subscriptions/events/stored-event.ts";

/** All but the gap. */
export const CHAT_EVENT_KINDS: ReadonlySet<ChatEventKind> = new Set([
  "messageAdded",
  "messageUpdated",
  "messageDeleted",
  "sessionStarted",
  "sessionFinished",
  "chatChanged",
]);

/** A message event that is told apart by its text. */
export function messageEvent(text: string): StoredMessageAdded {
  return {
    kind: "messageAdded",
    address: {
      connectorId: "livechat",
      lineId: "7",
      chatId: null,
      externalChatId: "external-1",
      namedChatId: null,
      userId: "42",
    },
    dispatchedAt: "2026-01-02T03:04:05.000Z",
    direction: "INCOMING",
    message: {
      messageId: null,
      externalIds: ["m1"],
      text,
      authorId: null,
      isSystem: false,
      files: [
        {
          name: "photo.jpg",
          kind: "image",
          mimeType: null,
          size: 12,
          url: null,
          downloadUrl: "https://portal.example/x",
          width: null,
          height: null,
        },
      ],
      sentAt: null,
    },
  };
}

export function textOf(event: StoredEvent): string | null {
  return event.kind === "messageAdded" ? event.message.text : null;
}

export const gapEvent: StoredGap = {
  kind: "gap",
  since: "2026-01-01T00:00:00.000Z",
  until: "2026-01-01T00:01:00.000Z",
};

/** One event of every kind. */
export function everyKind(): StoredEvent[] {
  const { address, dispatchedAt, message } = messageEvent("hello");
  return [
    messageEvent("hello"),
    { kind: "messageUpdated", address, dispatchedAt, direction: "OUTGOING", message: { ...message, messageId: "9" } },
    { kind: "messageDeleted", address, dispatchedAt, direction: "UNKNOWN", messageId: null, externalIds: ["a", "b"] },
    { kind: "sessionStarted", address, dispatchedAt: null, sessionId: null },
    { kind: "sessionFinished", address: { ...address, chatId: "5" }, dispatchedAt, sessionId: null },
    { kind: "chatChanged", address, dispatchedAt: null, source: "TRANSFER", changed: [], formerUserIds: [] },
    gapEvent,
  ];
}
