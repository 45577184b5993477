import type { MessagePreviewRecord } from "../../../datasources/domain/chat.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import type { InboxItemRecord } from "../../../datasources/domain/inbox-item.ts";
import type { DialogList } from "../dialog-lists.ts";

/** The last message of a row as an event told it, before the list does. */
export interface ToldMessage {
  readonly preview: MessagePreviewRecord;
  readonly at: Date;
  /** When this process first had the event; milliseconds of the monotonic clock. */
  readonly seenAt: number;
}

/** Somebody's list as it was read last, with what events told of its rows since. */
export interface LiveList {
  /** As it was read last; undefined before. */
  read(): DialogList | undefined;
  /** When that was asked for, in milliseconds of the monotonic clock; minus infinity before. */
  askedAt(): number;
  /** Takes over a list that was read, unless it is older than the one that is there. */
  take(list: DialogList, askedAt: number): void;
  /** An event told the last message of a row. False where the list has no such row, or was asked for after the event. */
  note(chatId: Id, message: ToldMessage): boolean;
  /** Pinned ones first, then the last changed. */
  rows(): readonly InboxItemRecord[];
}

export function createLiveList(): LiveList {
  let list: DialogList | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  /** Of rows of the list only. */
  const told = new Map<Id, ToldMessage>();
  let rows: readonly InboxItemRecord[] | undefined;

  return {
    read: () => list,
    askedAt: () => askedAt,
    take(next, at) {
      if (at < askedAt) return;
      list = next;
      askedAt = at;
      rows = undefined;
      // Whatever was asked for after an event knows of it.
      for (const [chatId, { seenAt }] of told) if (seenAt <= at || !next.chats.has(chatId)) told.delete(chatId);
    },
    note(chatId, message) {
      if (list?.chats.has(chatId) !== true || message.seenAt <= askedAt) return false;
      const before = told.get(chatId);
      // Events come in no certain order.
      if (before !== undefined && before.at > message.at) return false;
      told.set(chatId, message);
      rows = undefined;
      return true;
    },
    rows() {
      rows ??= list === undefined ? [] : rowsOf(list.items, told);
      return rows;
    },
  };
}

/** Pinned ones first, whatever the portal's order; rows that an event moved stand before the others of their kind. */
function rowsOf(items: readonly InboxItemRecord[], told: ReadonlyMap<Id, ToldMessage>): readonly InboxItemRecord[] {
  const moved = items.filter(({ id }) => told.has(id)).map((item) => withMessage(item, told.get(item.id)));
  moved.sort((a, b) => (b.changedAt?.getTime() ?? 0) - (a.changedAt?.getTime() ?? 0));
  const others = items.filter(({ id }) => !told.has(id));
  const isPinned = (item: InboxItemRecord): boolean => item.isPinned === true;
  const isLoose = (item: InboxItemRecord): boolean => !isPinned(item);
  return [...moved.filter(isPinned), ...others.filter(isPinned), ...moved.filter(isLoose), ...others.filter(isLoose)];
}

function withMessage(item: InboxItemRecord, message: ToldMessage | undefined): InboxItemRecord {
  if (message === undefined) return item;
  const { preview, at } = message;
  const { messageId } = preview;
  const record = messageId === null ? item.record : { ...item.record, lastMessageId: messageId };
  return { ...item, record, preview, changedAt: at };
}
