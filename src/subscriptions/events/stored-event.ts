import type { Id } from "../../datasources/domain/ids.ts";

/** An instant as ISO 8601 text: stored events are JSON. */
export type StoredTime = string;

/** Where an event happened, as far as its payload tells. Which portal chat it is may have to be found out (`chatId` null). */
export interface EventAddress {
  readonly connectorId: string | null;
  /** For session events the session's line, for messages the channel's line. */
  readonly lineId: Id | null;
  /** The portal's chat. */
  readonly chatId: Id | null;
  /** The chat in the channel; what the connector calls it. */
  readonly externalChatId: string | null;
  /** A chat that the payload names without saying whose number it is: the portal's, or the channel's. To be proven before it is believed. */
  readonly namedChatId: Id | null;
  /** The customer: the connector's user of the portal, or the channel's id of the user, as the payload gives it. */
  readonly userId: string | null;
}

export type MessageDirection = "INCOMING" | "OUTGOING" | "UNKNOWN";

export interface StoredFile {
  readonly name: string | null;
  readonly kind: string | null;
  readonly mimeType: string | null;
  readonly size: number | null;
  /** Absolute, or the path of a page of the portal. */
  readonly url: string | null;
  readonly downloadUrl: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** A message as it was handed to or came from the channel; not the stored record. */
export interface StoredMessage {
  /** The portal's message id; incoming messages come without one. */
  readonly messageId: Id | null;
  /** Ids in the channel. */
  readonly externalIds: readonly string[];
  readonly text: string | null;
  /** A portal user; null when not told. */
  readonly authorId: Id | null;
  readonly isSystem: boolean;
  readonly files: readonly StoredFile[];
  readonly sentAt: StoredTime | null;
}

interface FromPortal {
  readonly address: EventAddress;
  /** When the portal queued the event (`ts`); null when not told. */
  readonly dispatchedAt: StoredTime | null;
}

export interface StoredMessageAdded extends FromPortal {
  readonly kind: "messageAdded";
  readonly direction: MessageDirection;
  readonly message: StoredMessage;
}
export interface StoredMessageUpdated extends FromPortal {
  readonly kind: "messageUpdated";
  readonly direction: MessageDirection;
  readonly message: StoredMessage;
}
export interface StoredMessageDeleted extends FromPortal {
  readonly kind: "messageDeleted";
  readonly direction: MessageDirection;
  readonly messageId: Id | null;
  readonly externalIds: readonly string[];
}
export interface StoredSessionStarted extends FromPortal {
  readonly kind: "sessionStarted";
  /** Null where the payload names none, as portals of today do. */
  readonly sessionId: Id | null;
}
export interface StoredSessionFinished extends FromPortal {
  readonly kind: "sessionFinished";
  /** As with the start. */
  readonly sessionId: Id | null;
}
/** What no portal event tells: an action done through this gateway, or what was found to have changed. A hint to read again. */
export interface StoredChatChanged extends FromPortal {
  readonly kind: "chatChanged";
  /** The action, or `PORTAL` for what was found. */
  readonly source: string;
  /** What of the chat changed, where that is known. */
  readonly changed: readonly string[];
  /** Who had the chat until then, where that was found: he is told of this change although the chat is not his any more. */
  readonly formerUserIds: readonly Id[];
}
/** A time in which nobody received events. */
export interface StoredGap {
  readonly kind: "gap";
  readonly since: StoredTime;
  readonly until: StoredTime;
}

/** What the log keeps. Adding a kind is compatible; a reader skips kinds it does not know. */
export type StoredEvent =
  | StoredMessageAdded
  | StoredMessageUpdated
  | StoredMessageDeleted
  | StoredSessionStarted
  | StoredSessionFinished
  | StoredChatChanged
  | StoredGap;
