import type { Chat } from "./records.ts";
import type { WorldState } from "./state.ts";

/** Adds people to the chat and its recent list; who is already there stays as he is. */
export function joinChat(state: WorldState, chat: Chat, userIds: readonly number[]): void {
  const joined = userIds.filter((userId) => userId > 0 && !chat.members.has(userId));
  for (const userId of joined) {
    chat.members.set(userId, {
      userId,
      manager: false,
      muted: false,
      lastReadId: chat.messages.at(-1)?.id ?? 0,
      lastReadAt: state.now(),
    });
    chat.recents.add(userId);
  }
  if (joined.length > 0) state.emit({ kind: "membersChanged", chatId: chat.id, userIds: joined });
}

export function leaveChat(state: WorldState, chat: Chat, userIds: readonly number[]): void {
  const left = userIds.filter((userId) => chat.members.delete(userId));
  for (const userId of userIds) chat.recents.delete(userId);
  if (left.length > 0) state.emit({ kind: "membersChanged", chatId: chat.id, userIds: left });
}

/** Members who work here: operators and bots, not the customer. */
export function staffOf(state: WorldState, chat: Chat): number[] {
  return [...chat.members.keys()].filter((userId) => state.users.get(userId)?.kind !== "customer");
}

/** Unread messages of a member; for an operator to whom the dialog is only offered, those of the open session. */
export function unreadCount(state: WorldState, chat: Chat, userId: number): number {
  const member = chat.members.get(userId);
  const session = state.openSession(chat.id);
  if (!member && !chat.recents.has(userId)) return 0;
  const readUpTo = member ? member.lastReadId : (session?.startId ?? 1) - 1;
  let count = 0;
  for (let index = chat.messages.length - 1; index >= 0; index--) {
    const message = chat.messages[index];
    if (!message || message.id <= readUpTo) break;
    if (message.authorId !== userId) count += 1;
  }
  return count;
}

/** The first message the user has not read, 0 when none. */
export function firstUnreadId(chat: Chat, userId: number): number {
  const member = chat.members.get(userId);
  if (!member) return 0;
  const last = chat.messages.at(-1);
  if (!last || last.id <= member.lastReadId) return 0;
  return chat.messages.find((message) => message.id > member.lastReadId && message.authorId !== userId)?.id ?? 0;
}

/** Marks the chat read up to a message (default: the last one); a mark never moves back. */
export function markRead(state: WorldState, chat: Chat, userId: number, messageId?: number): void {
  const member = chat.members.get(userId);
  const last = chat.messages.at(-1)?.id ?? 0;
  if (!member) return;
  chat.markedUnreadBy.delete(userId);
  member.lastReadId = Math.max(member.lastReadId, Math.min(messageId ?? last, last));
  member.lastReadAt = state.now();
}

/** Makes the message and all after it unread; what was unread before stays so. */
export function markUnreadFrom(chat: Chat, userId: number, messageId: number): void {
  const member = chat.members.get(userId);
  const before = chat.messages.findLast((message) => message.id < messageId)?.id ?? 0;
  if (member) member.lastReadId = Math.min(member.lastReadId, before);
}
