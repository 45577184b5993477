import type { SessionRecord } from "../../domain/session-record.ts";
import type { Period, SessionListFilter } from "./session-list.ts";

/** Unix seconds, both ends included. */
export interface Span {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const MAX_PERIOD_S = 366 * 86_400;

/** Whether a complete period is longer than the portal takes. */
export function isTooLong({ from, to }: Period): boolean {
  return from !== undefined && to !== undefined && secondsOf(to) - secondsOf(from) > MAX_PERIOD_S;
}

/** The period that the walk is about. A session is never closed before it was created, so that each period bounds the other. */
export function boundsOf({ created, closed }: SessionListFilter, order: "CREATED" | "CLOSED"): Span {
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

export const MATCHES_ALL = (): boolean => true;

/** The other period where it is too long for the portal: then it is looked at here. */
export function restOf(filter: SessionListFilter, order: "CREATED" | "CLOSED"): (session: SessionRecord) => boolean {
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
export function narrowed(
  filter: SessionListFilter,
  order: "CREATED" | "CLOSED",
  { from, to }: Span,
): SessionListFilter {
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

export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
