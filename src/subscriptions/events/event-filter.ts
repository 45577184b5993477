import type { Id } from "../../datasources/domain/ids.ts";
import type { StoredEvent } from "./stored-event.ts";

/** Events of the log that have a chat; a gap concerns everybody. */
export type ChatStoredEvent = Exclude<StoredEvent, { kind: "gap" }>;
export type ChatEventKind = ChatStoredEvent["kind"];

/** What a subscription wants, after its arguments were checked. Undefined: everything. */
export interface EventCriteria {
  readonly kinds: ReadonlySet<ChatEventKind>;
  readonly lineIds: ReadonlySet<Id> | undefined;
  readonly chatIds: ReadonlySet<Id> | undefined;
  readonly connectorIds: ReadonlySet<string> | undefined;
  readonly directions: ReadonlySet<string> | undefined;
}

/** What filters look at. */
export interface EventFacts {
  readonly kind: string;
  readonly address: {
    readonly connectorId: string | null;
    readonly lineId: Id | null;
    readonly chatId: Id | null;
  };
  readonly direction?: string;
}

/** Whether an event may match by what it carries itself; the chat is looked at by `matchesChat`, because it may have to be found out. */
export function matchesEvent(criteria: EventCriteria, event: EventFacts): boolean {
  const { connectorId, lineId } = event.address;
  const kinds: ReadonlySet<string> = criteria.kinds;
  // A change that this gateway made often knows its chat only. It is a hint to read again: one too many does no harm, one too few does.
  const isHint = event.kind === "chatChanged";
  return (
    kinds.has(event.kind) &&
    ((isHint && lineId === null) || within(criteria.lineIds, lineId)) &&
    ((isHint && connectorId === null) || within(criteria.connectorIds, connectorId)) &&
    (criteria.directions === undefined || (event.direction !== undefined && criteria.directions.has(event.direction)))
  );
}

export function matchesChat(criteria: EventCriteria, chatId: Id | null): boolean {
  return within(criteria.chatIds, chatId);
}

function within<T>(wanted: ReadonlySet<T> | undefined, value: T | null): boolean {
  return wanted === undefined || (value !== null && wanted.has(value));
}
