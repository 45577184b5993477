import type { ChatRecord, MessagePreviewRecord, SessionStatus } from "./chat.ts";
import type { Id } from "./ids.ts";

/** An entry of somebody's recent list: what it tells of the chat itself, and what only the list tells. */
export interface InboxItemRecord {
  /** The chat's. */
  readonly id: Id;
  readonly record: ChatRecord;
  readonly preview: MessagePreviewRecord | null;
  readonly status: SessionStatus | null;
  /** The portal's number behind the status. */
  readonly statusCode: number | null;
  readonly isPinned: boolean | null;
  /** Marked by its owner, whatever was read. */
  readonly isMarkedAsUnread: boolean | null;
  readonly changedAt: Date | null;
}
