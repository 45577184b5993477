import { type EventCriteria, type EventFacts, matchesChat, matchesEvent } from "./event-filter.ts";

// Where a kept event says what filters look at. None of these can stand within a text: there quotes are escaped.
const KIND = '"event":{"kind":"';
const ADDRESS = '","address":';
const ADDRESS_END = ',"dispatchedAt":';
const DIRECTION = ',"direction":"';

/**
 * Whether a subscription may want an event, told from its text in the log without decoding it. False is sure; true for whatever does not stand
 * where it is looked for, and for what is not about a chat.
 */
export function mayMatch(criteria: EventCriteria, text: string): boolean {
  const begin = text.indexOf(KIND);
  if (begin === -1) return true;
  const end = text.indexOf('"', begin + KIND.length);
  const kind = text.slice(begin + KIND.length, end);
  if (!text.startsWith(ADDRESS, end)) return true;
  const kinds: ReadonlySet<string> = criteria.kinds;
  if (!kinds.has(kind)) return false;
  if (isUnlimited(criteria)) return true;
  const facts = factsBehind(text, end + ADDRESS.length, kind);
  // A direction that stands elsewhere is found by decoding.
  if (facts === undefined || (criteria.directions !== undefined && facts.direction === undefined)) return true;
  const { chatId } = facts.address;
  return matchesEvent(criteria, facts) && (chatId === null || matchesChat(criteria, chatId));
}

function isUnlimited({ lineIds, chatIds, connectorIds, directions }: EventCriteria): boolean {
  return lineIds === undefined && chatIds === undefined && connectorIds === undefined && directions === undefined;
}

function factsBehind(text: string, begin: number, kind: string): EventFacts | undefined {
  const end = text.indexOf(ADDRESS_END, begin);
  const address = end === -1 ? undefined : parsed(text.slice(begin, end));
  if (!isAddress(address)) return undefined;
  const behindTime = endOfTime(text, end + ADDRESS_END.length);
  if (!text.startsWith(DIRECTION, behindTime)) return { kind, address };
  const from = behindTime + DIRECTION.length;
  return { kind, address, direction: text.slice(from, text.indexOf('"', from)) };
}

/** A time is null, or a text without escapes. */
function endOfTime(text: string, begin: number): number {
  return text.startsWith("null", begin) ? begin + "null".length : text.indexOf('"', begin + 1) + 1;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isAddress(value: unknown): value is EventFacts["address"] {
  if (typeof value !== "object" || value === null) return false;
  if (!("lineId" in value && "connectorId" in value && "chatId" in value)) return false;
  return isTextOrNull(value.lineId) && isTextOrNull(value.connectorId) && isTextOrNull(value.chatId);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
