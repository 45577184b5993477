import type { PortalSession } from "../../bitrix24/calls.ts";
import { compareIds } from "../../domain/id-order.ts";
import type { Id } from "../../domain/ids.ts";
import type { SessionRecord } from "../../domain/session-record.ts";
import { readCrowdedSecond } from "./crowded-second.ts";
import { type SessionListFilter, type SessionListPage, sessionList } from "./session-list.ts";
import { BEFORE_ALL_IDS, behindSecond, type WalkPage, type WalkPlace, type WalkQuery } from "./walk-page.ts";
import { boundsOf, MATCHES_ALL, narrowed, restOf, type Span, secondsOf } from "./walk-period.ts";

/** Calls that one page may need: years without sessions are gone through too. */
export const MAX_WALK_CALLS = 5;
/** A page that would go on where it began is none: of portals that send a few rows at a time. */
const MAX_CALLS_TO_MOVE = 50;
const MAX_LIMIT = 200;
const MAX_OFFSET = 10_000;
/** Rows beyond the page: those of the second that the last page ended with, and one that tells whether the list goes on. */
const OVERLAP_ROWS = 25;
const DAY_S = 86_400;
/** The portal takes 366 days at most. */
const WINDOW_S = 365 * DAY_S;
const OVERLAP_S = 1;
/** Of a second that overlaps. Only where it is that crowded the walk goes on without overlapping. */
const MAX_KNOWN_PAGES = 3;
/** To find out when the first session began: one that cannot be read must not hide the others. */
export const OLDEST_ROWS = 10;
/** The portal's clock may be ahead of ours. */
const CLOCK_MARGIN_S = DAY_S;

/**
 * One page of a walk through sessions by creation or closing, however many there are and however long the period: each call asks for a part of at
 * most a year that begins where the last one ended, overlapping by a second, so that neither the portal's longest period nor its last
 * offset is reached (`imopenlines.v2.Session.list`). A session that is created or closed meanwhile shifts nothing.
 */
export async function walkSessions(portal: Pick<PortalSession, "read">, query: WalkQuery): Promise<WalkPage> {
  const { after } = query;
  if (after?.offset !== undefined) return readCrowdedSecond(portal, query, after.at, after.offset);
  const walk = createWalk(query);
  const maxCalls = query.maxCalls ?? MAX_WALK_CALLS;
  for (let calls = 0; calls < maxCalls || (calls < MAX_CALLS_TO_MOVE && walk.stands()); calls++) {
    const request = walk.next();
    if (request === undefined) break;
    walk.take(await portal.read(sessionList(request)));
  }
  return walk.result();
}

type Request = Parameters<typeof sessionList>[0];

interface Walk {
  next(): Request | undefined;
  take(page: SessionListPage): void;
  /** Whether nothing was found and the next page would begin in the same place. */
  stands(): boolean;
  result(): WalkPage;
}

function createWalk({ filter, order, direction, after, oldest: knownOldest, size }: WalkQuery): Walk {
  const isForward = direction === "ASC";
  const bounds = boundsOf(filter, order);
  const matches = restOf(filter, order);
  const mustBeComplete = order === "CLOSED" || filter.isFirstAnswerInTime !== undefined;
  // Nothing began, or ended, later than now.
  const end = Math.min(bounds.to ?? Number.POSITIVE_INFINITY, nowInSeconds() + CLOCK_MARGIN_S);
  const found = new Map<Id, SessionRecord>();
  let place = after;
  let oldest = knownOldest;
  /** What the portal is asked for now; undefined before the first call. */
  let span: Span | undefined;
  let offset = 0;
  /** Pages of a second that is known already. */
  let knownPages = 0;
  /** Rows of the span of which the last second may go on on its next page. */
  let rows: SessionRecord[] = [];
  let isEnd = bounds.from !== undefined && bounds.from > end;
  let asks: "page" | "oldest" = "page";

  const dateOf = (session: SessionRecord): number | undefined => {
    const date = order === "CREATED" ? session.startedAt : session.closedAt;
    return date ? secondsOf(date) : undefined;
  };
  const compare = (at: number, id: Id, than: WalkPlace): number => {
    const ascending = at - than.at || compareIds(id, than.id);
    return isForward ? ascending : -ascending;
  };

  /** Before it there is nothing; undefined while that is not known. */
  function lowest(): number | undefined {
    return bounds.from === undefined || oldest === undefined ? (bounds.from ?? oldest) : Math.max(bounds.from, oldest);
  }

  /** Nothing is asked to lie in a period while the list is taken from its end. */
  function firstSpan(): Span | "oldest" {
    if (isForward) {
      const from = place === undefined ? lowest() : place.at - OVERLAP_S;
      if (from !== undefined) return { from, to: Math.min(end, from + WINDOW_S) };
      return mustBeComplete || bounds.to !== undefined ? "oldest" : { from: undefined, to: undefined };
    }
    if (place === undefined && bounds.from === undefined && bounds.to === undefined && !mustBeComplete)
      return { from: undefined, to: undefined };
    const to = place === undefined ? end : Math.min(end, place.at + OVERLAP_S);
    return { from: Math.max(bounds.from ?? Number.NEGATIVE_INFINITY, to - WINDOW_S), to };
  }

  /** The span after one that has nothing more; undefined when there is none. */
  function spanAfter({ from, to }: Span): Span | "oldest" | undefined {
    if (isForward) {
      if (to === undefined || to >= end) return undefined;
      // A period may begin long before there was a portal.
      if (oldest === undefined && rows.length === 0) return "oldest";
      const next = Math.max(to - OVERLAP_S, oldest ?? Number.NEGATIVE_INFINITY);
      return { from: next, to: Math.min(end, next + WINDOW_S) };
    }
    const least = lowest() ?? Number.NEGATIVE_INFINITY;
    if (from === undefined || from <= least) return undefined;
    if (oldest === undefined && from - WINDOW_S > least) return "oldest";
    return { from: Math.max(least, from + OVERLAP_S - WINDOW_S), to: from + OVERLAP_S };
  }

  function begin(next: Span | "oldest" | undefined): void {
    if (next === undefined) isEnd = true;
    else if (next === "oldest") asks = "oldest";
    else if (next.from !== undefined && next.to !== undefined && next.from > next.to) isEnd = true;
    else {
      span = next;
      offset = 0;
      knownPages = 0;
      rows = [];
    }
  }

  function takeOldest({ sessions }: SessionListPage): void {
    const [first] = sessions.items;
    asks = "page";
    if (first === undefined) {
      isEnd = true;
      return;
    }
    // A portal may leave out what lies exactly at an end of a period.
    oldest = secondsOf(first.startedAt) - OVERLAP_S;
    begin(span === undefined ? firstSpan() : spanAfter(span));
  }

  function takePage(page: SessionListPage): void {
    rows.push(...page.sessions.items);
    // A page that came back full may have been the last.
    const goesOn = page.hasNextPage && page.sessions.count > 0;
    const last = rows.at(-1);
    const cut = goesOn && last !== undefined ? dateOf(last) : undefined;
    const known = cut === undefined ? rows : rows.filter((row) => dateOf(row) !== cut);
    keep(known);
    if (!goesOn) {
      leaveSpan();
      return;
    }
    const lastKnown = known.at(-1);
    const at = lastKnown === undefined ? undefined : dateOf(lastKnown);
    if (at !== undefined) place = furthest(place, behindSecond(at, direction));
    const next = at === undefined ? undefined : firstSpan();
    if (next !== undefined && isAhead(next)) begin(next);
    // The second that overlaps is known already, and would take all calls.
    else if (cut !== undefined && isBehind(place, cut) && ++knownPages >= MAX_KNOWN_PAGES) begin(spanBehind(cut));
    else {
      // More sessions of one second than a page has. By what came: a portal may send fewer than were asked for.
      offset += page.sessions.count;
      if (offset > MAX_OFFSET) leaveSpan();
    }
  }

  /** Whether a span leaves out something of this one that is known. */
  function isAhead(next: Span | "oldest"): boolean {
    if (next === "oldest" || span === undefined) return true;
    const [now, then] = isForward ? [span.from, next.from] : [next.to, span.to];
    return now === undefined || then === undefined || then > now;
  }

  function isBehind(here: WalkPlace | undefined, second: number): boolean {
    return here !== undefined && compare(here.at, here.id, behindSecond(second, direction)) >= 0;
  }

  function spanBehind(second: number): Span {
    if (isForward) return { from: second + 1, to: Math.min(end, second + 1 + WINDOW_S) };
    return { from: Math.max(bounds.from ?? Number.NEGATIVE_INFINITY, second - 1 - WINDOW_S), to: second - 1 };
  }

  function keep(sessions: readonly SessionRecord[]): void {
    for (const session of sessions) {
      const at = dateOf(session);
      if (at === undefined || found.has(session.id) || !matches(session)) continue;
      if (after !== undefined && compare(at, session.id, after) <= 0) continue;
      found.set(session.id, session);
    }
  }

  function hasMoved(): boolean {
    if (place === undefined || after === undefined) return place !== after;
    return compare(place.at, place.id, after) > 0;
  }

  /** One with more sessions than all calls told: the next page begins it anew, in the portal's order. */
  function crowdedSecond(): number | undefined {
    const last = rows.at(-1);
    const second = found.size === 0 && !isEnd && offset > 0 && last !== undefined ? dateOf(last) : undefined;
    return second === undefined || second === after?.at || isBehind(place, second) ? undefined : second;
  }

  function leaveSpan(): void {
    if (span === undefined) return;
    const edge = isForward ? span.to : span.from;
    if (edge !== undefined) place = furthest(place, behindSecond(edge, direction));
    begin(spanAfter(span));
  }

  function furthest(a: WalkPlace | undefined, b: WalkPlace): WalkPlace {
    return a !== undefined && compare(a.at, a.id, b) > 0 ? a : b;
  }

  return {
    next() {
      if (isEnd || found.size > size) return undefined;
      if (span === undefined && asks === "page") begin(firstSpan());
      if (asks === "oldest") return oldestRequest(filter);
      if (isEnd || span === undefined) return undefined;
      const isSparse = matches !== MATCHES_ALL || offset > 0;
      const limit = isSparse ? MAX_LIMIT : Math.min(MAX_LIMIT, size + OVERLAP_ROWS);
      return { filter: narrowed(filter, order, span), order, direction, offset, limit };
    },
    take: (page) => (asks === "oldest" ? takeOldest(page) : takePage(page)),
    stands: () => found.size === 0 && !isEnd && !hasMoved() && crowdedSecond() === undefined,
    result() {
      const crowded = crowdedSecond();
      if (crowded !== undefined) {
        const begun = { at: crowded, id: BEFORE_ALL_IDS, offset: 0 };
        return { sessions: [], places: [], isEnd: false, place: begun, oldest };
      }
      const sorted = [...found.values()]
        .map((session) => ({ session, place: { at: dateOf(session) ?? 0, id: session.id } }))
        .sort((a, b) => compare(a.place.at, a.place.id, b.place));
      const isCut = sorted.length > size;
      const shown = sorted.slice(0, size);
      return {
        sessions: shown.map(({ session }) => session),
        places: shown.map((each) => each.place),
        isEnd: isEnd && !isCut,
        place: isCut ? undefined : place,
        oldest,
      };
    },
  };
}

/** The first session of all, however old: no period, and nothing that needs one. */
function oldestRequest(filter: SessionListFilter): Request {
  const { created: _created, closed: _closed, isFirstAnswerInTime: _kpi, ...rest } = filter;
  return { filter: rest, order: "CREATED", direction: "ASC", offset: 0, limit: OLDEST_ROWS };
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
