import { LRUCache } from "lru-cache";
import type { Id } from "../../datasources/domain/ids.ts";
import { atMost } from "../../process/growing-cache.ts";
import type { ChatStoredEvent } from "../events/event-filter.ts";
import type { StoredEvent } from "../events/stored-event.ts";

/** What events tell about who comes into chats and who leaves them. */
export interface ChatTurns {
  /** To be called for each event of a chat as it comes, with those who were known to take part before it. */
  notice(chat: string, event: StoredEvent, before: Iterable<Id>): void;
  /** When the chat's participants may last have changed; milliseconds of the monotonic clock. */
  changedAt(chat: string): number;
  /** Whether the user was in the chat until what the event tells, and so still gets it. */
  wasIn(chat: string, event: ChatStoredEvent, userId: Id): boolean;
}

/** Actions of this gateway that leave everybody where he is. */
const MOVES_NOBODY: ReadonlySet<string> = new Set(["PIN", "SILENT_MODE"]);
const CLOSES: ReadonlySet<string> = new Set(["FINISH", "SPAM"]);
/** Closing messages come within a moment of the end. */
const CLOSING_MS = 5 * 60_000;
const MAX_CHATS = 10_000;

interface Turn {
  readonly event: StoredEvent;
  readonly at: number;
  /** When the participants may last have changed. */
  readonly changedAt: number;
  readonly before: ReadonlySet<Id>;
  readonly isEnd: boolean;
}

export function createChatTurns(now: () => number = () => performance.now()): ChatTurns {
  const turns = new LRUCache<string, Turn>(atMost(MAX_CHATS));

  return {
    notice(chat, event, before) {
      const isEnd = event.kind === "sessionFinished" || (event.kind === "chatChanged" && CLOSES.has(event.source));
      const moves = isEnd || event.kind === "sessionStarted" || isMove(event);
      if (!moves) return;
      const last = turns.get(chat);
      const isAfterEnd = last?.isEnd === true && now() - last.at < CLOSING_MS;
      // That it ended is found, too; who was in it until then is not changed by that.
      if (isAfterEnd && event.kind === "chatChanged" && event.source === "PORTAL") {
        turns.set(chat, { ...last, changedAt: now() });
        return;
      }
      const isSameEnd = isEnd && isAfterEnd;
      // The portal tells the end that an action of this gateway brought: those who left by the action belong to both.
      const left = isSameEnd ? [...last.before, ...before] : before;
      turns.set(chat, { event, at: now(), changedAt: now(), before: new Set(left), isEnd });
    },
    changedAt: (chat) => turns.get(chat)?.changedAt ?? Number.NEGATIVE_INFINITY,
    wasIn(chat, event, userId) {
      const turn = turns.get(chat);
      if (turn === undefined || !turn.before.has(userId)) return false;
      if (turn.isEnd) return event.kind !== "sessionStarted" && now() - turn.at < CLOSING_MS;
      return event.kind === "chatChanged" && isSameChange(event, turn.event);
    },
  };
}

function isMove(event: StoredEvent): boolean {
  return event.kind === "chatChanged" && !MOVES_NOBODY.has(event.source);
}

/** By what it tells: an event that is read back from the log is another object. */
function isSameChange(a: ChatStoredEvent, b: StoredEvent): boolean {
  return (
    a.kind === "chatChanged" && b.kind === "chatChanged" && a.source === b.source && a.dispatchedAt === b.dispatchedAt
  );
}
