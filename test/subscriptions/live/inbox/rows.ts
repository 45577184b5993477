import type { InboxItemRecord } from "../../../../src/datasources/domain/inbox-item.ts";
import type { DialogList } from "../../../../src/subscriptions/live/dialog-lists.ts";

/** A row of a list with nothing unread. */
export function row(id: number, more: Partial<InboxItemRecord> & { readonly unread?: number } = {}): InboxItemRecord {
  const { unread = 0, ...fields } = more;
  return {
    id: String(id),
    record: { id: String(id), source: "partial", unreadCount: unread },
    preview: {
      messageId: String(id * 10),
      text: `Message ${id}`,
      sentAt: null,
      authorId: null,
      hasFile: false,
      hasAttachment: false,
    },
    status: null,
    statusCode: null,
    isPinned: false,
    isMarkedAsUnread: false,
    changedAt: new Date(1_700_000_000_000 - id),
    ...fields,
  };
}

export function listOf(items: readonly InboxItemRecord[], hasMore = false): DialogList {
  return { chats: new Map(items.map(({ id, record }) => [id, record])), items, users: [], hasMore, isTold: true };
}
