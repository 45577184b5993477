import type { Session } from "../../world/records.ts";
import { type Method, read } from "../method.ts";
import { serverHour } from "../wire-date.ts";
import { ids, requiredPeriod, texts } from "./arguments.ts";
import { createdIn, reportedLines, requireReports } from "./report-access.ts";
import { kpiFirstAnswer, kpiTargets, sourceOf, stateOf, voteOf, waitAnswer, waitClose } from "./session-row.ts";

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function average(sessions: readonly Session[], measure: (session: Session) => number | null): number {
  const values = sessions.flatMap((session) => measure(session) ?? []);
  return values.length === 0 ? 0 : rounded(values.reduce((sum, value) => sum + value, 0) / values.length, 1);
}

function countVotes(sessions: readonly Session[]): { likes: number; dislikes: number; positiveRate: number } {
  const likes = sessions.filter((session) => voteOf(session) === "like").length;
  const dislikes = sessions.filter((session) => voteOf(session) === "dislike").length;
  return { likes, dislikes, positiveRate: likes + dislikes === 0 ? 0 : rounded(likes / (likes + dislikes), 4) };
}

function grouped<K>(sessions: readonly Session[], keyOf: (session: Session) => K): Map<K, Session[]> {
  const groups = new Map<K, Session[]>();
  for (const session of sessions) {
    const key = keyOf(session);
    const group = groups.get(key);
    if (group) group.push(session);
    else groups.set(key, [session]);
  }
  return groups;
}

/** Sums over the sessions created in the period; zeros when there are none. */
const statGet = read("imopenlines.v2.Stat.get", "imopenlines", (call) => {
  requireReports(call);
  const { world, params } = call;
  const created = requiredPeriod(params, "date");
  const lines = reportedLines(call);
  const [lineIds, operatorIds, sources] = [ids(params, "configId"), ids(params, "operatorId"), texts(params, "source")];
  const sessions = createdIn(world, created).filter(
    (session) =>
      lines.has(session.lineId) &&
      (lineIds?.has(session.lineId) ?? true) &&
      (operatorIds?.has(session.operatorId) ?? true) &&
      (sources?.has(sourceOf(call, session)) ?? true),
  );
  const votes = countVotes(sessions);
  const kpiOf = kpiTargets(world);
  const kpis = sessions.map((session) => kpiFirstAnswer(session, kpiOf(session.lineId)));
  const byHour = Array.from({ length: 24 }, () => 0);
  for (const { createdAt } of sessions) {
    const hour = serverHour(createdAt);
    byHour[hour] = (byHour[hour] ?? 0) + 1;
  }
  return {
    totalSessions: sessions.length,
    closedSessions: sessions.filter((session) => stateOf(session) === "closed").length,
    spamSessions: sessions.filter((session) => stateOf(session) === "spam").length,
    avgWaitAnswer: average(sessions, waitAnswer),
    avgSessionDuration: average(sessions, waitClose),
    likeCount: votes.likes,
    dislikeCount: votes.dislikes,
    votedSessions: votes.likes + votes.dislikes,
    positiveRate: votes.positiveRate,
    kpiFirstAnswerOk: kpis.filter((kpi) => kpi === true).length,
    kpiFirstAnswerFail: kpis.filter((kpi) => kpi === false).length,
    sessionsBySource: [...grouped(sessions, (session) => sourceOf(call, session))].map(([source, part]) => ({
      source,
      count: part.length,
    })),
    sessionsByHour: byHour,
    sessionsByOperator: [...grouped(sessions, ({ operatorId }) => operatorId)]
      .filter(([operatorId]) => operatorId > 0)
      .map(([operatorId, part]) => ({
        operatorId,
        count: part.length,
        avgWaitAnswer: average(part, waitAnswer),
        positiveRate: countVotes(part).positiveRate,
      })),
  };
});

export const lineStatisticsMethods: readonly Method[] = [statGet];
