import type { Outgoing } from "bitrix24-open-channels-client/desk";
import type { ChatMessageFragment } from "../graphql.ts";
import type { Announced } from "./use-announced.ts";

/** A line of a conversation. */
export type Entry =
  | {
      readonly kind: "message";
      readonly key: string;
      readonly message: ChatMessageFragment;
      /** The day that begins with it. */
      readonly day: Date | undefined;
      /** Said by the same person just after the one before. */
      readonly isFollowing: boolean;
    }
  | { readonly kind: "announced"; readonly key: string; readonly announced: Announced }
  | { readonly kind: "outgoing"; readonly key: string; readonly outgoing: Outgoing };

type MessageEntry = Extract<Entry, { readonly kind: "message" }>;

/** What was made of messages, and of which one before: of a long conversation only what is new is made. */
const made = new WeakMap<
  ChatMessageFragment,
  { readonly entry: MessageEntry; readonly before: ChatMessageFragment | undefined }
>();

/** Messages within so much time of one another stand together. */
const TOGETHER_MS = 5 * 60_000;

export function entriesOf(
  messages: readonly ChatMessageFragment[],
  announced: readonly Announced[],
  outgoing: readonly Outgoing[],
): readonly Entry[] {
  const entries: Entry[] = [];
  let before: ChatMessageFragment | undefined;
  for (const message of messages) {
    entries.push(entryOf(message, before));
    before = message;
  }
  for (const each of announced) entries.push({ kind: "announced", key: each.key, announced: each });
  for (const each of outgoing) entries.push({ kind: "outgoing", key: each.key, outgoing: each });
  return entries;
}

function entryOf(message: ChatMessageFragment, before: ChatMessageFragment | undefined): MessageEntry {
  const known = made.get(message);
  if (known !== undefined && known.before === before) return known.entry;
  const at = new Date(message.sentAt);
  const isSameDay = before !== undefined && new Date(before.sentAt).toDateString() === at.toDateString();
  const isFollowing = isSameDay && isTogether(before, message);
  const entry = { kind: "message", key: message.id, message, day: isSameDay ? undefined : at, isFollowing } as const;
  made.set(message, { entry, before });
  return entry;
}

function isTogether(before: ChatMessageFragment, message: ChatMessageFragment): boolean {
  return (
    !before.isSystem &&
    !message.isSystem &&
    before.author?.id === message.author?.id &&
    before.isHidden === message.isHidden &&
    Date.parse(message.sentAt) - Date.parse(before.sentAt) < TOGETHER_MS
  );
}
