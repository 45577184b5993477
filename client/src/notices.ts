import { type GatewayError, isRecord, type Result } from "./result.ts";

/** For a time nobody received the portal's events, which it does not send again. Read again what matters, after `refetchAfterMs`. */
export interface Gap {
  readonly since: string;
  readonly until: string;
  /** Differs between clients, so that they do not all read at once. */
  readonly refetchAfterMs: number;
  readonly cursor: string;
}

/** One event did not come: the portal could not be asked whether it may be seen, or reading it failed. Read again what matters. */
export interface Withheld {
  readonly message: string;
  readonly errors: readonly GatewayError[];
}

/** The events behind the cursor are not to be had any more. */
export interface Loss {
  /** Older than what is kept; the whole log is gone; or the gateway does not take the cursor (of another portal or log). */
  readonly reason: "too-old" | "log-gone" | "not-usable";
  readonly message: string;
  readonly oldestCursor: string | undefined;
  readonly headCursor: string | undefined;
}

/** What one result of a subscription means. */
export interface Reading {
  /** Where to go on once this was handled. */
  readonly cursor: string | undefined;
  readonly gap?: Gap;
  readonly withheld?: Withheld;
  readonly loss?: Loss;
  /** Errors without an event: of one event that failed, or of the subscription, which then ends. */
  readonly failure?: readonly GatewayError[];
  readonly hasEvent: boolean;
}

export function readNotices({ data, errors = [] }: Result): Reading {
  const event = Object.values(data ?? {}).find(isRecord);
  if (event !== undefined) {
    const cursor = textOrUndefined(event.cursor);
    const gap = gapOf(event);
    if (gap !== undefined) return { cursor, gap, hasEvent: false };
    return { cursor, hasEvent: event.__typename !== "StreamCheckpoint" };
  }
  const [{ message, extensions = {} } = { message: "" }] = errors;
  const cursor = textOrUndefined(extensions.cursor);
  switch (extensions.code) {
    case "STREAM_GAP": {
      const gap = gapOf(extensions);
      return { cursor, hasEvent: false, ...(gap === undefined ? {} : { gap }) };
    }
    case "EVENT_WITHHELD":
      return { cursor, hasEvent: false, withheld: { message, errors } };
    case "EVENTS_LOST": {
      const [oldestCursor, headCursor] = [extensions.oldestCursor, extensions.headCursor].map(textOrUndefined);
      const reason = headCursor === undefined ? "log-gone" : "too-old";
      return { cursor: undefined, hasEvent: false, loss: { reason, message, oldestCursor, headCursor } };
    }
    default:
      return { cursor, hasEvent: false, ...(errors.length === 0 ? {} : { failure: errors }) };
  }
}

function gapOf({ since, until, refetchAfterMs, cursor }: Readonly<Record<string, unknown>>): Gap | undefined {
  if (typeof since !== "string" || typeof until !== "string" || typeof cursor !== "string") return undefined;
  return typeof refetchAfterMs === "number" ? { since, until, refetchAfterMs, cursor } : undefined;
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
