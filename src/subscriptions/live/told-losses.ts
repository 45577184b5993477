import { GraphQLError } from "graphql";
import type { EventsTrimmed, Position } from "../../storage/log.ts";
import type { LoggedEvent } from "../events/event-log.ts";
import type { StoredGap } from "../events/stored-event.ts";
import type { ExecuteDelivery } from "./live-group.ts";
import type { LiveRequest } from "./live-request.ts";
import { LiveResult } from "./live-result.ts";

/** A client that was told of a gap waits up to this long before it reads again, so that a restart does not bring all at once. */
const REFETCH_SPREAD_MS = 10_000;

/** Whom a gap is told. */
export interface GapListener {
  readonly tells: Pick<LiveRequest, "gaps">;
  readonly execute: ExecuteDelivery;
  readonly responseKey: string;
}

/** A time in which nobody received events, for one subscriber: each is told a time of his own to read again. */
export async function gapResult(
  { since, until }: StoredGap,
  { position, receivedAt }: LoggedEvent,
  cursor: string,
  { tells, execute, responseKey }: GapListener,
): Promise<LiveResult> {
  const refetchAfterMs = Math.floor(Math.random() * REFETCH_SPREAD_MS);
  if (tells.gaps === "event") {
    const content = { kind: "gap", since: new Date(since), until: new Date(until), refetchAfterMs } as const;
    return execute({ cursor, receivedAt, content }, position);
  }
  return problemResult(
    responseKey,
    `Nobody received the portal's events from ${since} to ${until}. Read again what matters, after refetchAfterMs; the stream goes on.`,
    { code: "STREAM_GAP", since, until, refetchAfterMs, cursor },
  );
}

/** Events at a subscriber's place are no longer kept. */
export function lostResult(
  responseKey: string,
  { oldest, head }: EventsTrimmed,
  cursorAt: (position: Position) => string,
): LiveResult {
  return problemResult(
    responseKey,
    "Events between the given cursor and the oldest kept one are gone. Read again what matters, then go on from oldestCursor or headCursor.",
    { code: "EVENTS_LOST", oldestCursor: cursorAt(oldest), headCursor: cursorAt(head) },
  );
}

/** Without cursors: no place of that log means anything any more, and the next one is whatever comes from now on. */
export function goneResult(responseKey: string): LiveResult {
  return problemResult(
    responseKey,
    "The log of these events is gone: the application was taken out of the portal, or the gateway's store was emptied or replaced. Read again what matters, then subscribe without after.",
    { code: "EVENTS_LOST", oldestCursor: null, headCursor: null },
  );
}

function problemResult(responseKey: string, message: string, extensions: Record<string, unknown>): LiveResult {
  const error = new GraphQLError(message, { path: [responseKey], extensions });
  return new LiveResult({ data: { [responseKey]: null }, errors: [error.toJSON()] });
}
