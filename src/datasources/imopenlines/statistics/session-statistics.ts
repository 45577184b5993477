import type { Call } from "../../bitrix24/calls.ts";
import { id, object } from "../../bitrix24/wire.ts";
import { kept } from "../../bitrix24/wire-lists.ts";
import type { Id } from "../../domain/ids.ts";
import type { SessionStatisticsRecord } from "../../domain/session-record.ts";
import { idParam } from "../../rest-params.ts";
import { amountOf, customerRatingOf, eitherOf, flagOrNone, supervisorRatingOf } from "./words.ts";

/** Different ids that one call takes. */
export const MAX_SESSIONS_PER_STATISTICS = 100;

/**
 * Figures of up to 100 sessions (`imopenlines.v2.Session.Stat.get`). A session that is absent or not the caller's to know comes with nothing
 * but its id and is left out. Refusals: `TARIFF_RESTRICTION`, `BATCH_LIMIT_EXCEEDED`.
 */
export function sessionStatGet(sessionIds: readonly Id[]): Call<SessionStatisticsRecord[]> {
  return {
    method: "imopenlines.v2.Session.Stat.get",
    params: { sessionId: sessionIds.map(idParam) },
    decode: decodeStatistics,
  };
}

/** The method's page calls the list `sessions`, the page of its types `stats`. */
function decodeStatistics(result: unknown): SessionStatisticsRecord[] {
  return kept(eitherOf(object(result, ""), ["sessions", "stats"]), "sessions", decodeRow).filter(tellsSomething);
}

function decodeRow(value: unknown, path: string): SessionStatisticsRecord {
  const raw = object(value, path);
  return {
    sessionId: id(raw.sessionId, `${path}.sessionId`),
    waitedForAnswerSeconds: amountOf(raw.waitAnswer, `${path}.waitAnswer`),
    waitedForCloseSeconds: amountOf(raw.waitClose, `${path}.waitClose`),
    messageCount: amountOf(raw.messagesCount, `${path}.messagesCount`),
    operatorMessageCount: amountOf(raw.messagesOperatorCount, `${path}.messagesOperatorCount`),
    customerMessageCount: amountOf(raw.messagesClientCount, `${path}.messagesClientCount`),
    transferCount: amountOf(raw.transfersCount, `${path}.transfersCount`),
    isFirstAnswerInTime: flagOrNone(raw.kpiFirstAnswer, `${path}.kpiFirstAnswer`),
    customerRating: customerRatingOf(raw.vote, `${path}.vote`),
    supervisorRating: supervisorRatingOf(raw.voteHead, `${path}.voteHead`),
  };
}

function tellsSomething({ sessionId: _id, ...figures }: SessionStatisticsRecord): boolean {
  return Object.values(figures).some((figure) => figure !== null);
}
