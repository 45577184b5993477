import type { Session } from "../../world/records.ts";
import { type Call, type Method, read } from "../method.ts";
import {
  type Cut,
  contains,
  cut,
  flag,
  ids,
  invalidFilter,
  isComplete,
  type Page,
  type Period,
  page,
  period,
  texts,
  wholeNumber,
  word,
} from "./arguments.ts";
import { createdIn, reportedLines, requireReports } from "./report-access.ts";
import {
  closeReasonOf,
  closeReasons,
  kpiFirstAnswer,
  kpiTargets,
  maySeeHeadVote,
  sessionRow,
  sessionStates,
  sourceOf,
  stateOf,
  visibleCrm,
  voteOf,
  waitAnswer,
  waitClose,
} from "./session-row.ts";

type Test = (session: Session) => boolean;

/** A test where the parameter was given. */
function when<T>(value: T | undefined, test: (value: T) => Test): Test[] {
  return value === undefined ? [] : [test(value)];
}

function between(
  from: number | undefined,
  to: number | undefined,
  measure: (session: Session) => number | null,
): Test[] {
  if (from === undefined && to === undefined) return [];
  return [
    (session) => {
      const value = measure(session);
      return value !== null && value >= (from ?? 0) && value <= (to ?? Number.POSITIVE_INFINITY);
    },
  ];
}

interface Periods {
  created: Period;
  closed: Period;
}

function tests(call: Call, { created, closed }: Periods, kpiOf: (lineId: number) => number): Test[] {
  const { params } = call;
  const lines = reportedLines(call);
  const status = word(params, "status", sessionStates);
  const closeReason = word(params, "closeReason", closeReasons);
  if (status !== undefined && closeReason !== undefined) throw invalidFilter();
  const kpi = flag(params, "kpiFirstAnswer");
  if (kpi !== undefined && !isComplete(created) && !isComplete(closed)) throw invalidFilter();
  return [
    (session) => lines.has(session.lineId),
    ...when(
      ids(params, "configId"),
      (wanted) =>
        ({ lineId }) =>
          wanted.has(lineId),
    ),
    ...when(
      ids(params, "operatorId"),
      (wanted) =>
        ({ operatorId }) =>
          wanted.has(operatorId),
    ),
    ...when(texts(params, "source"), (wanted) => (session) => wanted.has(sourceOf(call, session))),
    ...when(status, (wanted) => (session) => stateOf(session) === wanted),
    ...when(closeReason, (wanted) => (session) => closeReasonOf(session) === wanted),
    (session) => contains(closed, session.closedAt),
    ...when(word(params, "vote", ["like", "dislike", "none", "any"]), (wanted) => (session) => {
      const vote = voteOf(session);
      return wanted === "any" ? vote !== "none" : vote === wanted;
    }),
    ...when(
      flag(params, "hasVoteHead"),
      (wanted) => (session) => maySeeHeadVote(call, session) && session.voteHead > 0 === wanted,
    ),
    ...when(kpi, (wanted) => (session) => kpiFirstAnswer(session, kpiOf(session.lineId)) === wanted),
    ...when(flag(params, "hasCrm"), (wanted) => (session) => (visibleCrm(call, session) !== undefined) === wanted),
    ...between(wholeNumber(params, "waitAnswerFrom", 0), wholeNumber(params, "waitAnswerTo", 0), waitAnswer),
    ...between(wholeNumber(params, "waitCloseFrom", 0), wholeNumber(params, "waitCloseTo", 0), waitClose),
  ];
}

const measures = {
  dateClose: ({ closedAt }: Session) => closedAt,
  waitAnswer,
  waitClose,
} as const;

/**
 * The page of the sessions that pass, in the order asked for: any but that of creation only where a period is complete. Missing
 * values come first.
 */
function pageOf(call: Call, all: readonly Test[], { created, closed }: Periods, wanted: Page): Cut<Session> {
  const asked = word(call.params, "order", ["dateCreate", "dateClose", "waitAnswer", "waitClose"]) ?? "dateCreate";
  const direction = word(call.params, "orderDirection", ["asc", "desc"]) ?? "desc";
  const candidates = createdIn(call.world, created);
  const passes = (session: Session): boolean => all.every((test) => test(session));
  if (asked === "dateCreate" || !(isComplete(created) || isComplete(closed))) {
    const until = wanted.offset + wanted.limit;
    const found: Session[] = [];
    for (let index = 0; index < candidates.length && found.length < until; index++) {
      const session = candidates[direction === "asc" ? index : candidates.length - 1 - index];
      if (session && passes(session)) found.push(session);
    }
    return cut(found, wanted);
  }
  const measure = measures[asked];
  const sign = direction === "asc" ? 1 : -1;
  const found = candidates.filter(passes);
  found.sort((a, b) => sign * ((measure(a) ?? -1) - (measure(b) ?? -1) || a.id - b.id));
  return cut(found, wanted);
}

const sessionList = read("imopenlines.v2.Session.list", "imopenlines", (call) => {
  requireReports(call);
  const { world, params } = call;
  const periods = { created: period(params, "dateCreate"), closed: period(params, "dateClose") };
  const wanted = page(params);
  const kpiOf = kpiTargets(world);
  const all = tests(call, periods, kpiOf);
  const { rows, hasNextPage } = pageOf(call, all, periods, wanted);
  return { sessions: rows.map((session) => sessionRow(call, session, kpiOf(session.lineId))), hasNextPage };
});

export const sessionListMethods: readonly Method[] = [sessionList];
