import { Field, Float, Int, ObjectType } from "type-graphql";
import type {
  CloseReason,
  CustomerRating,
  SessionState,
  TransferMode,
  TransferReason,
  TransferTargetKind,
} from "../datasources/domain/session-record.ts";
import { describedEnum } from "./described-enum.ts";
import { OpenLine } from "./open-line.ts";
import { DateTime } from "./scalars.ts";
import { User } from "./user.ts";

export const SessionStateEnum = describedEnum<SessionState>("SessionState", "How far a session has come.", {
  NEW: "In the queue, or missed: no operator has answered.",
  ANSWERED: "An operator is at work on it.",
  PAUSED: "On pause: pinned to its operator.",
  CLOSED: "Closed. From a CRM activity, which does not tell the two apart, spam as well.",
  SPAM: "Marked as spam.",
  UNKNOWN: "A state that the gateway does not know.",
});

export const CloseReasonEnum = describedEnum<CloseReason>("CloseReason", "Why a session was closed.", {
  OPERATOR: "An operator closed it.",
  TIMEOUT: "The line closed it by itself.",
  SPAM: "It was marked as spam.",
  CUSTOMER_INACTIVE: "The customer was silent for too long.",
  REPLY_WINDOW_EXPIRED: "The channel takes no more answers.",
  UNKNOWN: "A reason that the gateway does not know.",
});

export const CustomerRatingEnum = describedEnum<CustomerRating>("CustomerRating", "How a customer rated a session.", {
  LIKE: "Satisfied.",
  DISLIKE: "Not satisfied.",
  UNKNOWN: "A rating that the gateway does not know.",
});

const TransferReasonEnum = describedEnum<TransferReason>("TransferReason", "Why a session was handed over.", {
  BY_OPERATOR: "An operator did it.",
  BACK_TO_QUEUE: "Back to the queue of the same line.",
  DISTRIBUTED: "The queue assigned it.",
  TO_OTHER_LINE: "To another line.",
  UNKNOWN: "A reason that the gateway does not know.",
});

const TransferModeEnum = describedEnum<TransferMode>("TransferMode", "By whom a session was handed over.", {
  MANUAL: "By a person.",
  AUTOMATIC: "By the portal.",
  BOT: "By a bot.",
  UNKNOWN: "By somebody that the gateway does not know.",
});

const TransferTargetKindEnum = describedEnum<TransferTargetKind>(
  "TransferTargetKind",
  "What a session was handed over to.",
  { USER: "An operator.", QUEUE: "A queue.", UNKNOWN: "Something that the gateway does not know." },
);

@ObjectType({
  simpleResolvers: true,
  description: "One hand-over of a session. The first assignment by the queue is one too.",
})
export class SessionTransfer {
  @Field(() => DateTime, { description: "When." })
  readonly at!: Date;

  @Field(() => User, { nullable: true, description: "Whose it was; null when it came from the queue." })
  readonly fromOperator!: User | null;

  @Field(() => User, { nullable: true, description: "Whose it became; null when it went to a queue." })
  readonly toOperator!: User | null;

  @Field(() => OpenLine, { nullable: true, description: "Its line before." })
  readonly fromLine!: OpenLine | null;

  @Field(() => OpenLine, { nullable: true, description: "Its line afterwards; null when the line did not change." })
  readonly toLine!: OpenLine | null;

  @Field(() => TransferReasonEnum, { description: "Why." })
  readonly reason!: TransferReason;

  @Field(() => TransferModeEnum, { description: "By a person, by the portal or by a bot." })
  readonly mode!: TransferMode;

  @Field(() => TransferTargetKindEnum, { description: "What it was handed over to." })
  readonly target!: TransferTargetKind;

  @Field(() => User, { nullable: true, description: "Who did it; null where the portal did." })
  readonly initiator!: User | null;
}

@ObjectType({ simpleResolvers: true, description: "Figures of one session." })
export class SessionStatistics {
  @Field(() => Int, { nullable: true, description: "All messages, those of the system too." })
  readonly messageCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Messages of operators." })
  readonly operatorMessageCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Messages of the customer." })
  readonly customerMessageCount!: number | null;

  @Field(() => Int, { nullable: true, description: "How often it was handed over." })
  readonly transferCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds until the first answer; null while there is none." })
  readonly waitedForAnswerSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds until it was closed; null while it is open." })
  readonly waitedForCloseSeconds!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the first answer came within the line's target; null where that is not measured.",
  })
  readonly isFirstAnswerInTime!: boolean | null;

  @Field(() => CustomerRatingEnum, { nullable: true, description: "The customer's rating; null when not rated." })
  readonly customerRating!: CustomerRating | null;

  @Field(() => Int, {
    nullable: true,
    description: "The supervisor's rating, 1..5; null when not rated, and where plan or rights hide it.",
  })
  readonly supervisorRating!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Sessions of one channel in a period." })
export class SourceStatistics {
  @Field(() => String, { description: "Code of the channel, such as `livechat`." })
  readonly sourceCode!: string;

  @Field(() => Int, { nullable: true, description: "Its sessions." })
  readonly sessionCount!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Sessions of one operator in a period." })
export class OperatorStatistics {
  @Field(() => User, { description: "The operator." })
  readonly operator!: User;

  @Field(() => Int, { nullable: true, description: "The operator's sessions." })
  readonly sessionCount!: number | null;

  @Field(() => Float, { nullable: true, description: "Seconds until the first answer, on average." })
  readonly averageWaitForAnswerSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Part of the positive ones among the ratings, 0..1. The portal writes 0 for an operator without ratings as well as for one with negative ones only: null then.",
  })
  readonly positiveRate!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Figures of a period, over all lines that were asked for." })
export class LineStatistics {
  @Field(() => Int, { nullable: true, description: "Sessions of the period." })
  readonly sessionCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Those that are closed." })
  readonly closedSessionCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Those marked as spam." })
  readonly spamSessionCount!: number | null;

  @Field(() => Float, { nullable: true, description: "Seconds until the first answer, on average." })
  readonly averageWaitForAnswerSeconds!: number | null;

  @Field(() => Float, { nullable: true, description: "Seconds that a session took, on average." })
  readonly averageDurationSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: "Positive ratings by customers." })
  readonly likeCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Negative ratings by customers." })
  readonly dislikeCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Sessions that a customer rated." })
  readonly ratedSessionCount!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Part of the positive ones among the ratings, 0..1; null without ratings.",
  })
  readonly positiveRate!: number | null;

  @Field(() => Int, { nullable: true, description: "Sessions whose first answer came within the line's target." })
  readonly answeredInTimeCount!: number | null;

  @Field(() => Int, { nullable: true, description: "Sessions whose first answer came later than that." })
  readonly answeredLateCount!: number | null;

  @Field(() => [SourceStatistics], { description: "By channel." })
  readonly bySource!: readonly SourceStatistics[];

  @Field(() => [Int], {
    nullable: "items",
    description:
      "Sessions by hour of the day, 24 numbers from midnight on; in which time zone, the portal does not say.",
  })
  readonly byHour!: readonly (number | null)[];

  @Field(() => [OperatorStatistics], { description: "By operator." })
  readonly byOperator!: readonly OperatorStatistics[];
}
