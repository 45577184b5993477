import type { Call } from "../bitrix24/calls.ts";
import { count, object, optionalCount, optionalId, optionalObject } from "../bitrix24/wire.ts";
import { keptEntries, ornamental, readable } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";

/** The caller's unread messages in open lines. */
export interface UnreadCounters {
  readonly openLinesTotal: number | null;
  readonly byChat: ReadonlyMap<Id, number>;
}

/** How much is unread, in all and by chat (`im.counters.get`); chats without unread messages are absent. */
export function countersGet(): Call<UnreadCounters> {
  return { method: "im.counters.get", params: {}, decode: decodeCounters };
}

function decodeCounters(result: unknown): UnreadCounters {
  const raw = object(result, "");
  const byChat = new Map<Id, number>();
  const unread = readable((map, at) => keptEntries(map, at, count), raw.LINES, "LINES")?.value ?? [];
  for (const [key, messages] of unread) {
    const chatId = ornamental(optionalId, key, "LINES");
    if (chatId !== null) byChat.set(chatId, messages);
  }
  return {
    openLinesTotal: ornamental(optionalCount, ornamental(optionalObject, raw.TYPE, "TYPE")?.LINES, "TYPE.LINES"),
    byChat,
  };
}
