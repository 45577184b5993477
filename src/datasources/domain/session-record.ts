import type { CrmReference } from "./chat.ts";
import type { Id } from "./ids.ts";

export type SessionState = "NEW" | "ANSWERED" | "PAUSED" | "CLOSED" | "SPAM" | "UNKNOWN";
export type CloseReason = "OPERATOR" | "TIMEOUT" | "SPAM" | "CUSTOMER_INACTIVE" | "REPLY_WINDOW_EXPIRED" | "UNKNOWN";
export type CustomerRating = "LIKE" | "DISLIKE" | "UNKNOWN";

/**
 * A session as a list of sessions tells it. `undefined`: this source does not tell it; `null`: told that there is none. `reports` is
 * `imopenlines.v2.Session.list`, `activities` is `crm.activity.list`.
 */
export interface SessionRecord {
  readonly id: Id;
  readonly source: "reports" | "activities";
  readonly startedAt: Date;
  readonly closedAt?: Date | null;
  readonly firstAnsweredAt?: Date | null;
  readonly operatorAnsweredAt?: Date | null;
  readonly state?: SessionState;
  readonly closeReason?: CloseReason | null;
  /** Of an activity: who is responsible for it, which the line's settings may or may not keep in step with the operator. */
  readonly operatorId?: Id | null;
  readonly lineId?: Id | null;
  readonly sourceCode?: string | null;
  readonly customerId?: Id | null;
  /** In whatever form the source has it: `connector|line|chat|user`, or the last part alone. */
  readonly userCode?: string | null;
  readonly chatId?: Id | null;
  readonly customerRating?: CustomerRating | null;
  readonly supervisorRating?: number | null;
  readonly supervisorComment?: string | null;
  readonly crmEntity?: CrmReference | null;
  readonly queueTransferCount?: number | null;
  readonly waitedForAnswerSeconds?: number | null;
  readonly waitedForCloseSeconds?: number | null;
  readonly isFirstAnswerInTime?: boolean | null;
  readonly messageCount?: number | null;
}

/** Figures of one session (`imopenlines.v2.Session.Stat.get`). */
export interface SessionStatisticsRecord {
  readonly sessionId: Id;
  readonly waitedForAnswerSeconds: number | null;
  readonly waitedForCloseSeconds: number | null;
  readonly messageCount: number | null;
  readonly operatorMessageCount: number | null;
  readonly customerMessageCount: number | null;
  readonly transferCount: number | null;
  readonly isFirstAnswerInTime: boolean | null;
  readonly customerRating: CustomerRating | null;
  readonly supervisorRating: number | null;
}

export type TransferReason = "BY_OPERATOR" | "BACK_TO_QUEUE" | "DISTRIBUTED" | "TO_OTHER_LINE" | "UNKNOWN";
export type TransferMode = "MANUAL" | "AUTOMATIC" | "BOT" | "UNKNOWN";
export type TransferTargetKind = "USER" | "QUEUE" | "UNKNOWN";

/** One hand-over of a session (`imopenlines.v2.Session.Transfer.list`); the first assignment by the queue is one too. */
export interface SessionTransferRecord {
  readonly sessionId: Id;
  readonly at: Date;
  readonly fromOperatorId: Id | null;
  readonly toOperatorId: Id | null;
  readonly fromLineId: Id | null;
  /** null when the line does not change. */
  readonly toLineId: Id | null;
  readonly reason: TransferReason;
  readonly mode: TransferMode;
  readonly target: TransferTargetKind;
  readonly initiatorId: Id | null;
}

/** A session that its customer rated (`imopenlines.v2.Session.Rating.list`). */
export interface SessionRatingRecord {
  readonly sessionId: Id;
  readonly lineId: Id | null;
  readonly operatorId: Id | null;
  readonly sourceCode: string | null;
  readonly customerRating: CustomerRating;
  readonly supervisorRating: number | null;
  readonly supervisorComment: string | null;
  readonly ratedAt: Date | null;
  readonly closedAt: Date | null;
}

export type OperatorPresence = "ONLINE" | "OFFLINE" | "PAUSE" | "UNKNOWN";

/** An operator's load on one line (`imopenlines.v2.Operator.list`). */
export interface OperatorLoadRecord {
  readonly operatorId: Id;
  readonly lineId: Id;
  readonly presence: OperatorPresence;
  readonly activeSessionCount: number | null;
  /** null when the line sets no limit. */
  readonly maxSessionCount: number | null;
  /** null when the line sets no limit. */
  readonly freeSlotCount: number | null;
  readonly lastActivityAt: Date | null;
}

/** Figures of a period (`imopenlines.v2.Stat.get`). */
export interface LineStatisticsRecord {
  readonly sessionCount: number | null;
  readonly closedSessionCount: number | null;
  readonly spamSessionCount: number | null;
  readonly averageWaitForAnswerSeconds: number | null;
  readonly averageDurationSeconds: number | null;
  readonly likeCount: number | null;
  readonly dislikeCount: number | null;
  readonly ratedSessionCount: number | null;
  /** 0..1; null without ratings. */
  readonly positiveRate: number | null;
  readonly answeredInTimeCount: number | null;
  readonly answeredLateCount: number | null;
  readonly bySource: readonly { readonly sourceCode: string; readonly sessionCount: number | null }[];
  /** Sessions begun in each hour of the day, 24 of them. */
  readonly byHour: readonly (number | null)[];
  readonly byOperator: readonly {
    readonly operatorId: Id;
    readonly sessionCount: number | null;
    readonly averageWaitForAnswerSeconds: number | null;
    /** As the portal tells it: 0 stands for "no ratings" as well as for "only negative ones". */
    readonly positiveRate: number | null;
  }[];
}
