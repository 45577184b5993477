import type { PortalSession } from "../../bitrix24/calls.ts";
import { compareIds } from "../../domain/id-order.ts";
import type { Id } from "../../domain/ids.ts";
import type { SessionRecord } from "../../domain/session-record.ts";
import { type Period, type SessionListFilter, type SessionListPage, sessionList } from "./session-list.ts";

/** Behind which session, or which moment, a walk goes on. */
export interface WalkPlace {
  /** Unix seconds of the date that the walk is ordered by. */
  readonly at: number;
  readonly id: Id;
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
  readonly isEnd: boolean;
  /** Where to go on, when that is not behind the last session. */
  readonly place: WalkPlace | undefined;
  readonly oldest: number | undefined;
}

/** Calls that one page may need: years without sessions are gone through too. */
export const MAX_WALK_CALLS = 5;
const MAX_LIMIT = 200;
const MAX_OFFSET = 10_000;
/** Rows beyond the page: those of the second that the last page ended with, and one that tells whether the list goes on. */
const OVERLAP_ROWS = 25;
const DAY_S = 86_400;
/** The portal takes 366 days at most. */
const WINDOW_S = 365 * DAY_S;
const MAX_PERIOD_S = 366 * DAY_S;
const OVERLAP_S = 1;
/** To find out when the first session began: one that cannot be read must not hide the others. */
export const OLDEST_ROWS = 10;
/** The portal's clock may be ahead of ours. */
const CLOCK_MARGIN_S = DAY_S;

const BEFORE_ALL_IDS = "0";
const AFTER_ALL_IDS = "9999999999999999999";

/**
 * One page of a walk through sessions by creation or closing, however many there are and however long the period: each call asks for a part of at
 * most a year that begins where the last one ended, overlapping by a second, so that neither the portal's longest period nor its last
 * offset is reached (`imopenlines.v2.Session.list`). A session that is created or closed meanwhile shifts nothing.
 */
export async function walkSessions(portal: PortalSession, query: WalkQuery): Promise<WalkPage> {
  const walk = createWalk(query);
  const maxCalls = query.maxCalls ?? MAX_WALK_CALLS;
  for (let calls = 0; calls < maxCalls; calls++) {
    const request = walk.next();
    if (request === undefined) break;
    walk.take(await portal.read(sessionList(request)));
  }
  return walk.result();
}

/** Whether a complete period is longer than the portal takes. */
export function isTooLong({ from, to }: Period): boolean {
  return from !== undefined && to !== undefined && secondsOf(to) - secondsOf(from) > MAX_PERIOD_S;
}

interface Span {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

type Request = Parameters<typeof sessionList>[0];

interface Walk {
  next(): Request | undefined;
  take(page: SessionListPage): void;
  result(): WalkPage;
}

function createWalk({ filter, order, direction, after, oldest: knownOldest, size }: WalkQuery): Walk {
  const isForward = direction === "ASC";
  const bounds = boundsOf(filter, order);
  const matches = restOf(filter, order);
  const mustBeComplete = order === "CLOSED" || filter.isFirstAnswerInTime !== undefined;
  const end = bounds.to ?? nowInSeconds() + CLOCK_MARGIN_S;
  const found = new Map<Id, SessionRecord>();
  let place = after;
  let oldest = knownOldest;
  /** What the portal is asked for now; undefined before the first call. */
  let span: Span | undefined;
  let offset = 0;
  let limit = 0;
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

  /** Nothing is asked to lie in a period while the list is taken from its end. */
  function firstSpan(): Span | "oldest" {
    if (isForward) {
      const from = place === undefined ? (bounds.from ?? oldest) : place.at - OVERLAP_S;
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
      return { from: to - OVERLAP_S, to: Math.min(end, to - OVERLAP_S + WINDOW_S) };
    }
    if (from === undefined || from <= (bounds.from ?? oldest ?? Number.NEGATIVE_INFINITY)) return undefined;
    if (bounds.from === undefined && oldest === undefined) return "oldest";
    const lowest = bounds.from ?? oldest ?? Number.NEGATIVE_INFINITY;
    return { from: Math.max(lowest, from + OVERLAP_S - WINDOW_S), to: from + OVERLAP_S };
  }

  function begin(next: Span | "oldest" | undefined): void {
    if (next === undefined) isEnd = true;
    else if (next === "oldest") asks = "oldest";
    else if (next.from !== undefined && next.to !== undefined && next.from > next.to) isEnd = true;
    else {
      span = next;
      offset = 0;
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
    oldest = secondsOf(first.startedAt);
    begin(span === undefined ? firstSpan() : spanAfter(span));
  }

  function takePage(page: SessionListPage): void {
    rows.push(...page.sessions.items);
    // A page that came back full may have been the last.
    const goesOn = page.hasNextPage && page.sessions.count > 0;
    const last = rows.at(-1);
    const cut = goesOn && last !== undefined ? dateOf(last) : undefined;
    keep(rows.filter((row) => dateOf(row) !== cut || cut === undefined));
    if (!goesOn) {
      leaveSpan();
      return;
    }
    const known = rows.filter((row) => dateOf(row) !== cut);
    const lastKnown = known.at(-1);
    const at = lastKnown === undefined ? undefined : dateOf(lastKnown);
    if (lastKnown !== undefined && at !== undefined) {
      place = furthest(place, { at, id: isForward ? AFTER_ALL_IDS : BEFORE_ALL_IDS });
      begin(firstSpan());
    } else {
      // More sessions of one second than a page has.
      offset += limit;
      if (offset > MAX_OFFSET) leaveSpan();
    }
  }

  function keep(sessions: readonly SessionRecord[]): void {
    for (const session of sessions) {
      const at = dateOf(session);
      if (at === undefined || found.has(session.id) || !matches(session)) continue;
      if (after !== undefined && compare(at, session.id, after) <= 0) continue;
      found.set(session.id, session);
    }
  }

  function leaveSpan(): void {
    if (span === undefined) return;
    const edge = isForward ? span.to : span.from;
    if (edge !== undefined) place = furthest(place, { at: edge, id: isForward ? AFTER_ALL_IDS : BEFORE_ALL_IDS });
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
      limit = isSparse ? MAX_LIMIT : Math.min(MAX_LIMIT, size + OVERLAP_ROWS);
      return {
        filter: narrowed(filter, order, span),
        order,
        direction,
        offset,
        limit,
      };
    },
    take: (page) => (asks === "oldest" ? takeOldest(page) : takePage(page)),
    result() {
      // More sessions of one second than all calls told: as many as are known rather than none for ever.
      if (found.size === 0 && !isEnd) keep(rows);
      const sorted = [...found.values()].sort((a, b) =>
        compare(dateOf(a) ?? 0, a.id, { at: dateOf(b) ?? 0, id: b.id }),
      );
      const isCut = sorted.length > size;
      return { sessions: sorted.slice(0, size), isEnd: isEnd && !isCut, place: isCut ? undefined : place, oldest };
    },
  };
}

/** The period that the walk is about. A session is never closed before it was created, so that each period bounds the other. */
function boundsOf({ created, closed }: SessionListFilter, order: "CREATED" | "CLOSED"): Span {
  const span = (period: Period | undefined): Span => ({
    from: period?.from === undefined ? undefined : secondsOf(period.from),
    to: period?.to === undefined ? undefined : secondsOf(period.to),
  });
  const [a, b] = [span(created), span(closed)];
  return order === "CREATED"
    ? { from: a.from, to: least(a.to, b.to) }
    : { from: b.from === undefined || a.from === undefined ? (b.from ?? a.from) : Math.max(a.from, b.from), to: b.to };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

const MATCHES_ALL = (): boolean => true;

/** The other period where it is too long for the portal: then it is looked at here. */
function restOf(filter: SessionListFilter, order: "CREATED" | "CLOSED"): (session: SessionRecord) => boolean {
  const other = order === "CREATED" ? filter.closed : filter.created;
  if (other === undefined || !isTooLong(other)) return MATCHES_ALL;
  const [from, to] = [
    other.from?.getTime() ?? Number.NEGATIVE_INFINITY,
    other.to?.getTime() ?? Number.POSITIVE_INFINITY,
  ];
  return (session) => {
    const at = (order === "CREATED" ? session.closedAt : session.startedAt)?.getTime();
    return at !== undefined && at >= from && at <= to;
  };
}

/** The filter for one call of the walk. */
function narrowed(filter: SessionListFilter, order: "CREATED" | "CLOSED", { from, to }: Span): SessionListFilter {
  const period = {
    from: from === undefined ? undefined : new Date(from * 1000),
    to: to === undefined ? undefined : new Date(to * 1000),
  };
  const rest = (other: Period | undefined): Period | undefined =>
    other === undefined || isTooLong(other) ? undefined : other;
  return order === "CREATED"
    ? { ...filter, created: period, closed: rest(filter.closed) }
    : { ...filter, closed: period, created: rest(filter.created) };
}

/** The first session of all, however old: no period, and nothing that needs one. */
function oldestRequest(filter: SessionListFilter): Request {
  const { created: _created, closed: _closed, isFirstAnswerInTime: _kpi, ...rest } = filter;
  return { filter: rest, order: "CREATED", direction: "ASC", offset: 0, limit: OLDEST_ROWS };
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
