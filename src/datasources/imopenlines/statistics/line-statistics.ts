import type { Call } from "../../bitrix24/calls.ts";
import { noteLeftOut } from "../../bitrix24/decoding.ts";
import { id, object, text } from "../../bitrix24/wire.ts";
import { entries, ornamental, ornamentalList } from "../../bitrix24/wire-lists.ts";
import type { LineStatisticsRecord } from "../../domain/session-record.ts";
import { type Period, periodParams, type SessionListFilter, sharedFilterParams } from "./session-list.ts";
import { amountOf, averageOf, rateOf } from "./words.ts";

export interface LineStatisticsQuery extends Pick<SessionListFilter, "lineIds" | "operatorIds" | "sourceCodes"> {
  /** At most 366 days. */
  readonly period: Required<Period>;
}

/**
 * Figures of all lines the caller may report on, or of some (`imopenlines.v2.Stat.get`); zeros for a period without sessions. Refusals:
 * `TARIFF_RESTRICTION`, `PERIOD_TOO_LARGE`, `INVALID_FILTER`.
 */
export function statGet(query: LineStatisticsQuery): Call<LineStatisticsRecord> {
  return {
    method: "imopenlines.v2.Stat.get",
    params: { ...periodParams("date", query.period), ...sharedFilterParams(query) },
    decode: decodeStatistics,
  };
}

function decodeStatistics(result: unknown): LineStatisticsRecord {
  const raw = object(result, "");
  const ratedSessionCount = amountOf(raw.votedSessions, "votedSessions");
  return {
    sessionCount: amountOf(raw.totalSessions, "totalSessions"),
    closedSessionCount: amountOf(raw.closedSessions, "closedSessions"),
    spamSessionCount: amountOf(raw.spamSessions, "spamSessions"),
    averageWaitForAnswerSeconds: averageOf(raw.avgWaitAnswer, "avgWaitAnswer"),
    averageDurationSeconds: averageOf(raw.avgSessionDuration, "avgSessionDuration"),
    likeCount: amountOf(raw.likeCount, "likeCount"),
    dislikeCount: amountOf(raw.dislikeCount, "dislikeCount"),
    ratedSessionCount,
    // The portal writes 0 for "no ratings" as well as for "only negative ones".
    positiveRate:
      ratedSessionCount === null || ratedSessionCount === 0 ? null : rateOf(raw.positiveRate, "positiveRate"),
    answeredInTimeCount: amountOf(raw.kpiFirstAnswerOk, "kpiFirstAnswerOk"),
    answeredLateCount: amountOf(raw.kpiFirstAnswerFail, "kpiFirstAnswerFail"),
    bySource: ornamentalList(raw.sessionsBySource, "sessionsBySource", decodeSource),
    byHour: ornamental(decodeHours, raw.sessionsByHour, "sessionsByHour") ?? [],
    byOperator: ornamentalList(raw.sessionsByOperator, "sessionsByOperator", decodeOperator),
  };
}

const HOURS = 24;

/** By the hour they stand at, in PHP's list or in the map that it makes of a list with gaps: what is missing moves no other. */
function decodeHours(value: unknown, path: string): (number | null)[] | null {
  const told = entries(Array.isArray(value) ? Object.fromEntries(value.entries()) : value, path, amountOf);
  if (told.length === 0) return null;
  const hours = new Array<number | null>(HOURS).fill(null);
  for (const [key, amount] of told) {
    const hour = /^[0-9]{1,2}$/.test(key) ? Number(key) : HOURS;
    if (hour < HOURS) hours[hour] = amount;
    else noteLeftOut(path);
  }
  return hours;
}

function decodeSource(value: unknown, path: string): LineStatisticsRecord["bySource"][number] {
  const raw = object(value, path);
  return { sourceCode: text(raw.source, `${path}.source`), sessionCount: amountOf(raw.count, `${path}.count`) };
}

function decodeOperator(value: unknown, path: string): LineStatisticsRecord["byOperator"][number] {
  const raw = object(value, path);
  return {
    operatorId: id(raw.operatorId, `${path}.operatorId`),
    sessionCount: amountOf(raw.count, `${path}.count`),
    averageWaitForAnswerSeconds: averageOf(raw.avgWaitAnswer, `${path}.avgWaitAnswer`),
    positiveRate: rateOf(raw.positiveRate, `${path}.positiveRate`),
  };
}
