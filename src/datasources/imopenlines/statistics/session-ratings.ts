import type { Call } from "../../bitrix24/calls.ts";
import { id, object } from "../../bitrix24/wire.ts";
import { keptRows, type Rows } from "../../bitrix24/wire-lists.ts";
import type { SessionRatingRecord } from "../../domain/session-record.ts";
import {
  optionalFlagParam,
  type Period,
  periodParams,
  type SessionListFilter,
  sharedFilterParams,
} from "./session-list.ts";
import { customerRatingOf, goesOnAfter, idOrNone, supervisorRatingOf, textOrNone, timeOrNone } from "./words.ts";

export interface SessionRatingQuery extends Pick<SessionListFilter, "lineIds" | "operatorIds" | "sourceCodes"> {
  /** When the customer rated; at most 366 days. */
  readonly period: Required<Period>;
  readonly customerRating?: "LIKE" | "DISLIKE" | undefined;
  readonly hasSupervisorRating?: boolean | undefined;
  /** At most 10,000. */
  readonly offset: number;
  /** 1..200. */
  readonly limit: number;
}

export interface SessionRatingPage {
  readonly ratings: Rows<SessionRatingRecord>;
  /** The portal says so whenever a page came back full: the next may be empty. */
  readonly hasNextPage: boolean;
}

/**
 * Sessions that customers rated in a period (`imopenlines.v2.Session.Rating.list`), in no certain order. Refusals: `TARIFF_RESTRICTION`,
 * `PERIOD_TOO_LARGE`, `OFFSET_TOO_LARGE`, `INVALID_FILTER`.
 */
export function sessionRatingList(query: SessionRatingQuery): Call<SessionRatingPage> {
  return {
    method: "imopenlines.v2.Session.Rating.list",
    params: {
      ...periodParams("dateVote", query.period),
      ...sharedFilterParams(query),
      vote: query.customerRating?.toLowerCase(),
      hasVoteHead: optionalFlagParam(query.hasSupervisorRating),
      offset: query.offset,
      limit: query.limit,
    },
    decode: decodePage,
  };
}

function decodePage(result: unknown): SessionRatingPage {
  const raw = object(result, "");
  const ratings = keptRows(raw.ratings, "ratings", decodeRating);
  return { ratings, hasNextPage: goesOnAfter(ratings.count, raw.hasNextPage) };
}

function decodeRating(value: unknown, path: string): SessionRatingRecord {
  const raw = object(value, path);
  return {
    sessionId: id(raw.sessionId, `${path}.sessionId`),
    lineId: idOrNone(raw.configId, `${path}.configId`),
    operatorId: idOrNone(raw.operatorId, `${path}.operatorId`),
    sourceCode: textOrNone(raw.source, `${path}.source`),
    customerRating: customerRatingOf(raw.vote, `${path}.vote`) ?? "UNKNOWN",
    supervisorRating: supervisorRatingOf(raw.voteHead, `${path}.voteHead`),
    supervisorComment: textOrNone(raw.commentHead, `${path}.commentHead`),
    ratedAt: timeOrNone(raw.dateVote, `${path}.dateVote`),
    closedAt: timeOrNone(raw.dateSessionClose, `${path}.dateSessionClose`),
  };
}
