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

/** Messages within so much time of one another stand together. */
const TOGETHER_MS = 5 * 60_000;

export function entriesOf(
  messages: readonly ChatMessageFragment[],
  announced: readonly Announced[],
  outgoing: readonly Outgoing[],
): readonly Entry[] {
  const entries: Entry[] = [];
  let before: ChatMessageFragment | undefined;
  let endOfDay = Number.NEGATIVE_INFINITY;
  for (const message of messages) {
    const at = Date.parse(message.sentAt);
    const isSameDay = at < endOfDay;
    if (!isSameDay) endOfDay = new Date(at).setHours(24, 0, 0, 0);
    entries.push({
      kind: "message",
      key: message.id,
      message,
      day: isSameDay ? undefined : new Date(at),
      isFollowing: isSameDay && isTogether(before, message),
    });
    before = message;
  }
  for (const each of announced) entries.push({ kind: "announced", key: each.key, announced: each });
  for (const each of outgoing) entries.push({ kind: "outgoing", key: each.key, outgoing: each });
  return entries;
}

function isTogether(before: ChatMessageFragment | undefined, message: ChatMessageFragment): boolean {
  return (
    before !== undefined &&
    !before.isSystem &&
    !message.isSystem &&
    before.author?.id === message.author?.id &&
    before.isHidden === message.isHidden &&
    Date.parse(message.sentAt) - Date.parse(before.sentAt) < TOGETHER_MS
  );
}
