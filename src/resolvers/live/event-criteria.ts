import { badUserInput, parseChatId, parseId } from "../../schema/input-errors.ts";
import type { EventFilter, LiveEventKind } from "../../schema/live-filters.ts";
import type { ChatEventKind, EventCriteria } from "../../subscriptions/events/event-filter.ts";

const KINDS: Readonly<Record<LiveEventKind, ChatEventKind>> = {
  MESSAGE_ADDED: "messageAdded",
  MESSAGE_UPDATED: "messageUpdated",
  MESSAGE_DELETED: "messageDeleted",
  SESSION_STARTED: "sessionStarted",
  SESSION_FINISHED: "sessionFinished",
  CHAT_CHANGED: "chatChanged",
};

const ALL_KINDS: readonly ChatEventKind[] = Object.values(KINDS);
/** More values than this in one key are a mistake, or an attack. */
const MAX_VALUES = 500;

function isLiveEventKind(kind: string): kind is LiveEventKind {
  return Object.hasOwn(KINDS, kind);
}

function values<T>(
  list: readonly string[] | null | undefined,
  name: string,
  read: (value: string) => T,
): ReadonlySet<T> | undefined {
  if (list === null || list === undefined) return undefined;
  if (list.length === 0)
    throw badUserInput(`filter.${name} is empty, so that nothing could match. Leave it out to let everything through.`);
  if (list.length > MAX_VALUES)
    throw badUserInput(`filter.${name} has ${list.length} values; at most ${MAX_VALUES} are allowed.`);
  return new Set(list.map(read));
}

/** Checks a filter. `kinds` are those of the field; a filter of `openLineEvents` may narrow them. */
export function readCriteria(
  filter: EventFilter | null | undefined,
  kinds: readonly ChatEventKind[] = ALL_KINDS,
): EventCriteria {
  const narrowed = values(filter?.kinds, "kinds", (kind) => {
    if (!isLiveEventKind(kind)) throw badUserInput(`filter.kinds has an unknown kind ${kind}.`);
    return KINDS[kind];
  });
  return {
    kinds: narrowed ?? new Set(kinds),
    lineIds: values(filter?.lineIds, "lineIds", (id) => parseId(id, "filter.lineIds")),
    chatIds: values(filter?.chatIds, "chatIds", (id) => parseChatId(id, "filter.chatIds")),
    connectorIds: values(filter?.connectorIds, "connectorIds", (id) => id),
    directions: values(filter?.directions, "directions", (direction) => direction),
  };
}
