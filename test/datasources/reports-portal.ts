import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import { decoded } from "../kit/decoded.ts";

/** A session as a portal keeps it: unix seconds. */
export interface Kept {
  readonly id: number;
  readonly at: number;
  readonly closedAt?: number | undefined;
}

/** In what a portal may differ from another, all of it within what its documentation says, or leaves open. */
export interface Habits {
  /** Rows of a page, however many were asked for. */
  readonly mostRows?: number;
  /** What begins or ends exactly at an end of a period is not in it. */
  readonly excludes?: "from" | "to" | undefined;
  /** Equal dates come in another order with each question. */
  readonly isRestless?: boolean;
  /** Ids as text. */
  readonly writesText?: boolean;
}

const YEAR_AND_DAY_S = 366 * 86_400;

/** The sessions of a portal, and what the reports answer of them; of figures and transfers nothing. */
export function reportsPortal(sessions: readonly Kept[], habits: Habits = {}) {
  let calls = 0;

  function list(params: Readonly<Record<string, unknown>>): unknown {
    calls += 1;
    const byClosing = params.order === "dateClose";
    const dateOf = ({ at, closedAt }: Kept): number => (byClosing ? (closedAt ?? 0) : at);
    const [from, to] = [secondsOf(params.dateCreateFrom), secondsOf(params.dateCreateTo)];
    const [closedFrom, closedTo] = [secondsOf(params.dateCloseFrom), secondsOf(params.dateCloseTo)];
    for (const [begin, end] of [
      [from, to],
      [closedFrom, closedTo],
    ])
      if (begin !== undefined && end !== undefined && end - begin > YEAR_AND_DAY_S) throw new Error("PERIOD_TOO_LARGE");
    const offset = Number(params.offset);
    if (offset > 10_000) throw new Error("OFFSET_TOO_LARGE");
    const sign = params.orderDirection === "asc" ? 1 : -1;
    const tie = habits.isRestless ? (calls % 2 === 0 ? 1 : -1) : 1;
    const found = sessions
      .filter((each) => isWithin(each.at, from, to) && isWithin(each.closedAt, closedFrom, closedTo))
      .sort((a, b) => sign * (dateOf(a) - dateOf(b)) || tie * (a.id - b.id));
    const limit = Math.min(Number(params.limit), habits.mostRows ?? 200);
    const rows = found.slice(offset, offset + limit);
    return { sessions: rows.map(rowOf), hasNextPage: rows.length === limit };
  }

  function isWithin(at: number | undefined, from: number | undefined, to: number | undefined): boolean {
    if (from === undefined && to === undefined) return true;
    if (at === undefined) return false;
    if (habits.excludes === "from" && at === from) return false;
    if (habits.excludes === "to" && at === to) return false;
    return (from === undefined || at >= from) && (to === undefined || at <= to);
  }

  const told = (id: number): unknown => (habits.writesText ? String(id) : id);
  const rowOf = ({ id, at, closedAt }: Kept) => ({
    id: told(id),
    chatId: told(id + 1_000_000),
    configId: told(7),
    dateCreate: new Date(at * 1000).toISOString(),
    dateClose: closedAt === undefined ? null : new Date(closedAt * 1000).toISOString(),
    status: closedAt === undefined ? "answered" : "closed",
  });

  return {
    list,
    read: async <T>(call: Call<T>): Promise<T> =>
      decoded(call, call.method === "imopenlines.v2.Session.list" ? list(Object(call.params)) : {}),
    calls: () => calls,
  };
}

function secondsOf(time: unknown): number | undefined {
  return typeof time === "string" ? Date.parse(time) / 1000 : undefined;
}
