import type { Call, ParamMap } from "../../bitrix24/calls.ts";
import { id, object } from "../../bitrix24/wire.ts";
import { keptRows, type Rows } from "../../bitrix24/wire-lists.ts";
import { instant } from "../../bitrix24/wire-times.ts";
import type { Id } from "../../domain/ids.ts";
import type { CloseReason, CustomerRating, SessionRecord, SessionState } from "../../domain/session-record.ts";
import { flagParam, idParam, timeParam } from "../../rest-params.ts";
import {
  amountOf,
  CLOSE_REASONS,
  closeReasonOf,
  crmEntityOf,
  customerRatingOf,
  flagOrNone,
  goesOnAfter,
  idOrNone,
  STATES,
  stateOf,
  supervisorRatingOf,
  textOrNone,
  timeOrNone,
} from "./words.ts";

/** Both ends included; whole seconds. */
export interface Period {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface Range {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** All conditions must hold. */
export interface SessionListFilter {
  readonly lineIds?: readonly Id[] | undefined;
  readonly operatorIds?: readonly Id[] | undefined;
  readonly sourceCodes?: readonly string[] | undefined;
  /** Not together with `closeReason`. */
  readonly state?: Exclude<SessionState, "UNKNOWN"> | undefined;
  readonly closeReason?: Exclude<CloseReason, "UNKNOWN"> | undefined;
  /** A complete period is at most 366 days long, as that of closing. */
  readonly created?: Period | undefined;
  readonly closed?: Period | undefined;
  readonly customerRating?: Exclude<CustomerRating, "UNKNOWN"> | "NONE" | "ANY" | undefined;
  readonly hasSupervisorRating?: boolean | undefined;
  /** Needs a complete period. */
  readonly isFirstAnswerInTime?: boolean | undefined;
  readonly isInCrm?: boolean | undefined;
  readonly waitedForAnswerSeconds?: Range | undefined;
  readonly waitedForCloseSeconds?: Range | undefined;
}

/** Any but `CREATED` needs a complete period: without one the portal sorts by creation and does not say so. */
export type SessionListOrder = "CREATED" | "CLOSED" | "WAITED_FOR_ANSWER" | "WAITED_FOR_CLOSE";

export interface SessionListQuery {
  readonly filter: SessionListFilter;
  readonly order: SessionListOrder;
  readonly direction: "ASC" | "DESC";
  /** At most 10,000. */
  readonly offset: number;
  /** 1..200. */
  readonly limit: number;
}

export interface SessionListPage {
  readonly sessions: Rows<SessionRecord>;
  /** The portal says so whenever a page came back full: the next may be empty. */
  readonly hasNextPage: boolean;
}

const ORDERS: Readonly<Record<SessionListOrder, string>> = {
  CREATED: "dateCreate",
  CLOSED: "dateClose",
  WAITED_FOR_ANSWER: "waitAnswer",
  WAITED_FOR_CLOSE: "waitClose",
};

/**
 * Sessions of all lines the caller may report on (`imopenlines.v2.Session.list`). Without that right the answer is narrower, and may be empty,
 * without a word. Refusals: `TARIFF_RESTRICTION`, `INVALID_FILTER`, `PERIOD_TOO_LARGE`, `OFFSET_TOO_LARGE`.
 */
export function sessionList({ filter, order, direction, offset, limit }: SessionListQuery): Call<SessionListPage> {
  return {
    method: "imopenlines.v2.Session.list",
    params: {
      ...filterParams(filter),
      order: ORDERS[order],
      orderDirection: direction.toLowerCase(),
      offset,
      limit,
    },
    decode: decodePage,
  };
}

function filterParams(filter: SessionListFilter): ParamMap {
  const { state, closeReason, customerRating } = filter;
  return {
    ...sharedFilterParams(filter),
    status: state === undefined ? undefined : STATES[state],
    closeReason: closeReason === undefined ? undefined : CLOSE_REASONS[closeReason],
    ...periodParams("dateCreate", filter.created),
    ...periodParams("dateClose", filter.closed),
    vote: customerRating?.toLowerCase(),
    hasVoteHead: optionalFlagParam(filter.hasSupervisorRating),
    kpiFirstAnswer: optionalFlagParam(filter.isFirstAnswerInTime),
    hasCrm: optionalFlagParam(filter.isInCrm),
    ...rangeParams("waitAnswer", filter.waitedForAnswerSeconds),
    ...rangeParams("waitClose", filter.waitedForCloseSeconds),
  };
}

/** Lines, operators and sources, which most of these methods filter by in the same way. */
export function sharedFilterParams(
  filter: Pick<SessionListFilter, "lineIds" | "operatorIds" | "sourceCodes">,
): ParamMap {
  return {
    configIdList: filter.lineIds?.map(idParam),
    operatorIdList: filter.operatorIds?.map(idParam),
    sourceList: filter.sourceCodes,
  };
}

/** `<name>From` and `<name>To`. */
export function periodParams(name: string, period: Period | undefined): ParamMap {
  return {
    [`${name}From`]: period?.from === undefined ? undefined : timeParam(period.from),
    [`${name}To`]: period?.to === undefined ? undefined : timeParam(period.to),
  };
}

function rangeParams(name: string, range: Range | undefined): ParamMap {
  return { [`${name}From`]: range?.min, [`${name}To`]: range?.max };
}

export function optionalFlagParam(value: boolean | undefined): "Y" | "N" | undefined {
  return value === undefined ? undefined : flagParam(value);
}

function decodePage(result: unknown): SessionListPage {
  const raw = object(result, "");
  const sessions = keptRows(raw.sessions, "sessions", decodeSession);
  return { sessions, hasNextPage: goesOnAfter(sessions.count, raw.hasNextPage) };
}

/** A row without an id or a start has no place in a list and is left out of it. */
function decodeSession(value: unknown, path: string): SessionRecord {
  const raw = object(value, path);
  return {
    id: id(raw.id, `${path}.id`),
    source: "reports",
    startedAt: instant(raw.dateCreate, `${path}.dateCreate`),
    closedAt: timeOrNone(raw.dateClose, `${path}.dateClose`),
    firstAnsweredAt: timeOrNone(raw.dateFirstAnswer, `${path}.dateFirstAnswer`),
    operatorAnsweredAt: timeOrNone(raw.dateOperatorAnswer, `${path}.dateOperatorAnswer`),
    state: stateOf(raw.status, `${path}.status`),
    closeReason: closeReasonOf(raw.closeReason, `${path}.closeReason`),
    operatorId: idOrNone(raw.operatorId, `${path}.operatorId`),
    lineId: idOrNone(raw.configId, `${path}.configId`),
    sourceCode: textOrNone(raw.source, `${path}.source`),
    customerId: idOrNone(raw.userId, `${path}.userId`),
    userCode: textOrNone(raw.userCode, `${path}.userCode`),
    chatId: idOrNone(raw.chatId, `${path}.chatId`),
    customerRating: customerRatingOf(raw.vote, `${path}.vote`),
    supervisorRating: supervisorRatingOf(raw.voteHead, `${path}.voteHead`),
    supervisorComment: textOrNone(raw.commentHead, `${path}.commentHead`),
    crmEntity: crmEntityOf(raw, path),
    queueTransferCount: amountOf(raw.queueTransfers, `${path}.queueTransfers`),
    waitedForAnswerSeconds: amountOf(raw.waitAnswer, `${path}.waitAnswer`),
    waitedForCloseSeconds: amountOf(raw.waitClose, `${path}.waitClose`),
    isFirstAnswerInTime: flagOrNone(raw.kpiFirstAnswer, `${path}.kpiFirstAnswer`),
    messageCount: amountOf(raw.messageCount, `${path}.messageCount`),
  };
}
