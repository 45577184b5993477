import type { Id } from "../../domain/ids.ts";
import type { SessionRecord } from "../../domain/session-record.ts";
import type { SessionListFilter } from "./session-list.ts";

/** Behind which session, or which moment, a walk goes on. */
export interface WalkPlace {
  /** Unix seconds of the date that the walk is ordered by. */
  readonly at: number;
  readonly id: Id;
  /** So many sessions of that second are behind it, in the portal's own order: of a second with more sessions than a walk sorts. */
  readonly offset?: number | undefined;
}

export interface WalkQuery {
  readonly filter: SessionListFilter;
  readonly order: "CREATED" | "CLOSED";
  readonly direction: "ASC" | "DESC";
  readonly after?: WalkPlace | undefined;
  /** Unix seconds before which there is nothing, where an earlier page of the walk has found it out. */
  readonly oldest?: number | undefined;
  /** How many sessions are wanted. */
  readonly size: number;
  /** Calls after which the walk stops with what it has. */
  readonly maxCalls?: number | undefined;
}

export interface WalkPage {
  /** In the walk's order, sessions of the same second by id; may be fewer than wanted although the walk goes on. */
  readonly sessions: readonly SessionRecord[];
  /** Where the walk goes on behind each of them. */
  readonly places: readonly WalkPlace[];
  readonly isEnd: boolean;
  /** Where to go on, when that is not behind the last session. */
  readonly place: WalkPlace | undefined;
  readonly oldest: number | undefined;
}

export const BEFORE_ALL_IDS = "0";
const AFTER_ALL_IDS = "9999999999999999999";

/** Behind all sessions of a second. */
export function behindSecond(at: number, direction: "ASC" | "DESC"): WalkPlace {
  return { at, id: direction === "ASC" ? AFTER_ALL_IDS : BEFORE_ALL_IDS };
}
