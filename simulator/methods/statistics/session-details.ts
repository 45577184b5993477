import { countTransfers } from "../../world/transfers.ts";
import { type Method, read } from "../method.ts";
import { isoDate } from "../wire-date.ts";
import { contains, cut, flag, ids, page, requiredPeriod, sessionIds, texts, word } from "./arguments.ts";
import { reportedLines, reportedSession, requireReports, sessionsInOrder } from "./report-access.ts";
import {
  headVote,
  kpiFirstAnswer,
  kpiTargets,
  maySeeHeadVote,
  sourceOf,
  voteOf,
  waitAnswer,
  waitClose,
} from "./session-row.ts";

const nothingKnown = {
  waitAnswer: null,
  waitClose: null,
  messagesCount: null,
  messagesOperatorCount: null,
  messagesClientCount: null,
  transfersCount: null,
  kpiFirstAnswer: null,
  vote: null,
  voteHead: null,
};

/** An entry for each id, all null for what the caller may not know or nobody does. */
const statGet = read("imopenlines.v2.Session.Stat.get", "imopenlines", (call) => {
  requireReports(call);
  const wanted = sessionIds(call.params, 100);
  const kpiOf = kpiTargets(call.world);
  const entries = wanted.map((sessionId) => {
    const session = reportedSession(call, sessionId);
    if (!session) return { sessionId, ...nothingKnown };
    return {
      sessionId,
      waitAnswer: waitAnswer(session),
      waitClose: waitClose(session),
      messagesCount: session.counts.all,
      messagesOperatorCount: session.counts.operator,
      messagesClientCount: session.counts.customer,
      transfersCount: countTransfers(session),
      kpiFirstAnswer: kpiFirstAnswer(session, kpiOf(session.lineId)),
      vote: voteOf(session),
      voteHead: headVote(call, session).voteHead,
    };
  });
  return { [call.portal.statKey]: entries };
});

const transferList = read("imopenlines.v2.Session.Transfer.list", "imopenlines", (call) => {
  requireReports(call);
  const transfers = sessionIds(call.params, 50).flatMap((sessionId) =>
    (reportedSession(call, sessionId)?.transfers ?? []).map((transfer) => ({
      sessionId,
      date: isoDate(transfer.at),
      fromOperatorId: transfer.fromOperatorId,
      toOperatorId: transfer.toOperatorId,
      fromConfigId: transfer.fromLineId,
      toConfigId: transfer.toLineId,
      reason: transfer.reason,
      mode: transfer.mode,
      type: transfer.type,
      initiatorId: transfer.initiatorId,
    })),
  );
  return { transfers };
});

const ratingList = read("imopenlines.v2.Session.Rating.list", "imopenlines", (call) => {
  requireReports(call);
  const { world, params } = call;
  const votedIn = requiredPeriod(params, "dateVote");
  const wanted = page(params);
  const lines = reportedLines(call);
  const [lineIds, operatorIds, sources] = [ids(params, "configId"), ids(params, "operatorId"), texts(params, "source")];
  const vote = word(params, "vote", ["like", "dislike"]);
  const hasVoteHead = flag(params, "hasVoteHead");
  const found = sessionsInOrder(world).filter(
    (session) =>
      session.vote > 0 &&
      contains(votedIn, session.votedAt) &&
      lines.has(session.lineId) &&
      (lineIds?.has(session.lineId) ?? true) &&
      (operatorIds?.has(session.operatorId) ?? true) &&
      (sources?.has(sourceOf(call, session)) ?? true) &&
      (vote === undefined || voteOf(session) === vote) &&
      (hasVoteHead === undefined || (maySeeHeadVote(call, session) && session.voteHead > 0 === hasVoteHead)),
  );
  const { rows, hasNextPage } = cut(found, wanted);
  const ratings = rows.map((session) => ({
    sessionId: session.id,
    configId: session.lineId,
    operatorId: session.operatorId > 0 ? session.operatorId : null,
    source: sourceOf(call, session),
    vote: voteOf(session),
    ...headVote(call, session),
    dateVote: session.votedAt === null ? null : isoDate(session.votedAt),
    dateSessionClose: session.closedAt === null ? null : isoDate(session.closedAt),
  }));
  return { ratings, hasNextPage };
});

export const sessionDetailMethods: readonly Method[] = [statGet, transferList, ratingList];
