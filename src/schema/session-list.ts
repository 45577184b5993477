import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import type { CloseReason, OperatorPresence, SessionState } from "../datasources/domain/session-record.ts";
import { createConnectionType, PageInfo } from "./connections.ts";
import { describedEnum } from "./described-enum.ts";
import { OpenLine } from "./open-line.ts";
import { type OrderDirection, OrderDirectionEnum } from "./open-line-list.ts";
import { DateTime } from "./scalars.ts";
import { Session } from "./session.ts";
import { CloseReasonEnum, CustomerRatingEnum, SessionStateEnum } from "./session-details.ts";
import { User } from "./user.ts";

export type SessionSource = "REPORTS" | "CRM_ACTIVITIES";

const SessionSourceEnum = describedEnum<SessionSource>("SessionSource", "Where a list of sessions comes from.", {
  REPORTS:
    "The reports of Open Channels (`imopenlines.v2.Session.list`): sessions of all lines the caller may report on, with everything about them.",
  CRM_ACTIVITIES:
    "Activities of the CRM (`crm.activity.list`): sessions that touched an item the caller may read, or that the caller is responsible for, with part of the facts; fields that activities do not tell are null.",
});

@ObjectType({ simpleResolvers: true, description: "A Session and its position in the list." })
export class SessionEdge {
  @Field(() => String, { description: "The position, to be passed as `after`." })
  readonly cursor!: string;

  @Field(() => Session, { description: "The item." })
  readonly node!: Session;
}

@ObjectType({ simpleResolvers: true, description: "Sessions, and how much of them this list knows." })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: "The items with their positions." })
  readonly edges!: readonly SessionEdge[];

  @Field(() => [Session], { description: "The items alone." })
  readonly nodes!: readonly Session[];

  @Field(() => PageInfo, {
    description:
      "Where this page stands in the list. A page may hold fewer items than asked for, even none, while `hasNextPage` is true.",
  })
  readonly pageInfo!: PageInfo;

  @Field(() => SessionSourceEnum, { description: "Where the list comes from." })
  readonly source!: SessionSource;

  @Field(() => Boolean, {
    description:
      "Whether no session that the caller may report on can be missing. False for CRM activities, and for an empty answer of reports that never answered this caller with anything: without the right they are empty.",
  })
  readonly isComplete!: boolean;
}

@InputType({ description: "A span of time. An end that is left out is open." })
export class TimeSpanInput {
  @Field(() => DateTime, { nullable: true, description: "Its beginning, included." })
  readonly from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: "Its end, included." })
  readonly to?: Date | null;
}

@InputType({ description: "A period of at most 366 days." })
export class PeriodInput {
  @Field(() => DateTime, { description: "Its beginning, included." })
  readonly from!: Date;

  @Field(() => DateTime, { description: "Its end, included." })
  readonly to!: Date;
}

@InputType({ description: "A range of seconds. An end that is left out is open." })
export class SecondsInput {
  @Field(() => Int, { nullable: true, description: "At least so many." })
  readonly min?: number | null;

  @Field(() => Int, { nullable: true, description: "At most so many." })
  readonly max?: number | null;
}

export type SessionStateFilter = Exclude<SessionState, "UNKNOWN">;
export type CloseReasonFilter = Exclude<CloseReason, "UNKNOWN">;
export type CustomerRatingFilter = "LIKE" | "DISLIKE" | "NONE" | "ANY";

export const CustomerRatingFilterEnum = describedEnum<CustomerRatingFilter>(
  "CustomerRatingFilter",
  "Which ratings by customers.",
  { LIKE: "Satisfied.", DISLIKE: "Not satisfied.", NONE: "Not rated.", ANY: "Rated, in whatever way." },
);

@InputType({
  description:
    "Which sessions. Conditions that are left out or null do not count; the others must all hold. CRM activities know `lineIds`, `operatorIds`, `sourceCodes`, `state` (`NEW`, `ANSWERED`, `CLOSED`), `created`, `closed` and `isInCrm: true`; the other conditions are refused there, never ignored.",
})
export class SessionFilter {
  @Field(() => [ID], { nullable: true, description: "Sessions of one of these lines, at most 1000; `[]` finds none." })
  readonly lineIds?: readonly string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      "Sessions of one of these operators, at most 1000; `[]` finds none. Of activities: who is responsible for them.",
  })
  readonly operatorIds?: readonly string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "Sessions of one of these channels, by their codes in statistics, at most 1000; `[]` finds none.",
  })
  readonly sourceCodes?: readonly string[] | null;

  @Field(() => SessionStateEnum, { nullable: true, description: "In this state; not together with `closeReason`." })
  readonly state?: SessionState | null;

  @Field(() => CloseReasonEnum, {
    nullable: true,
    description: "Closed for this reason; not together with `state`.",
  })
  readonly closeReason?: CloseReason | null;

  @Field(() => TimeSpanInput, { nullable: true, description: "Begun in this time, which may be longer than a year." })
  readonly created?: TimeSpanInput | null;

  @Field(() => TimeSpanInput, { nullable: true, description: "Closed in this time, which may be longer than a year." })
  readonly closed?: TimeSpanInput | null;

  @Field(() => CustomerRatingFilterEnum, { nullable: true, description: "Rated so by the customer." })
  readonly customerRating?: CustomerRatingFilter | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Rated by a supervisor or not, on lines whose ratings the caller may see.",
  })
  readonly hasSupervisorRating?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "First answered within the line's target, or later." })
  readonly isFirstAnswerInTime?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "With a CRM item that the caller may see, or without." })
  readonly isInCrm?: boolean | null;

  @Field(() => SecondsInput, { nullable: true, description: "Seconds until the first answer." })
  readonly waitedForAnswerSeconds?: SecondsInput | null;

  @Field(() => SecondsInput, { nullable: true, description: "Seconds until it was closed." })
  readonly waitedForCloseSeconds?: SecondsInput | null;
}

export type SessionOrderField = "CREATED" | "CLOSED" | "WAITED_FOR_ANSWER" | "WAITED_FOR_CLOSE";

const SessionOrderFieldEnum = describedEnum<SessionOrderField>("SessionOrderField", "What sessions are sorted by.", {
  CREATED: "By their beginning. The only order of CRM activities.",
  CLOSED: "By their end; sessions that are open are not in the list.",
  WAITED_FOR_ANSWER:
    "By the seconds until the first answer. Needs a complete `created` or `closed` of at most 366 days, and ends after 10,000 sessions.",
  WAITED_FOR_CLOSE: "By the seconds until they were closed, under the same conditions.",
});

@InputType({ description: "In which order sessions are listed." })
export class SessionOrder {
  @Field(() => SessionOrderFieldEnum, { description: "What they are sorted by." })
  readonly field!: SessionOrderField;

  @Field(() => OrderDirectionEnum, { defaultValue: "DESC", description: "Which end comes first." })
  readonly direction!: OrderDirection;
}

const OperatorPresenceEnum = describedEnum<OperatorPresence>("OperatorPresence", "Whether an operator is at work.", {
  ONLINE: "Online and not on a break.",
  OFFLINE: "Offline.",
  PAUSE: "On a break of their own choice.",
  UNKNOWN: "A state that the gateway does not know.",
});

@ObjectType({ simpleResolvers: true, description: "How much one operator has to do on one line." })
export class OperatorLoad {
  @Field(() => User, { description: "The operator." })
  readonly operator!: User;

  @Field(() => OpenLine, { description: "The line." })
  readonly line!: OpenLine;

  @Field(() => OperatorPresenceEnum, { description: "Whether the operator is at work." })
  readonly presence!: OperatorPresence;

  @Field(() => Int, { nullable: true, description: "Sessions that the operator is at work on." })
  readonly activeSessionCount!: number | null;

  @Field(() => Int, { nullable: true, description: "How many the line allows at once; null when unlimited." })
  readonly maxSessionCount!: number | null;

  @Field(() => Int, { nullable: true, description: "How many more could be taken; null when unlimited." })
  readonly freeSlotCount!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When the operator was last active." })
  readonly lastActivityAt!: Date | null;

  @Field(() => DateTime, { description: "When the portal was asked: at most 30 seconds ago." })
  readonly lookedAt!: Date;
}

export const OperatorLoadConnection = createConnectionType(
  "OperatorLoad",
  () => OperatorLoad,
  "What operators have to do, by line.",
);

@ObjectType("SessionRating", { simpleResolvers: true, description: "A session that its customer rated." })
export class SessionRatingEntry {
  @Field(() => Session, { description: "The session." })
  readonly session!: Session;

  @Field(() => OpenLine, { nullable: true, description: "Its line." })
  readonly line!: OpenLine | null;

  @Field(() => User, { nullable: true, description: "Its operator." })
  readonly operator!: User | null;

  @Field(() => String, { nullable: true, description: "Code of its channel, such as `livechat`." })
  readonly sourceCode!: string | null;

  @Field(() => CustomerRatingEnum, { description: "The customer's rating." })
  readonly customerRating!: string;

  @Field(() => Int, {
    nullable: true,
    description: "The supervisor's rating, 1..5; null when not rated, and where plan or rights hide it.",
  })
  readonly supervisorRating!: number | null;

  @Field(() => String, { nullable: true, description: "The supervisor's comment, as with the rating." })
  readonly supervisorComment!: string | null;

  @Field(() => DateTime, { nullable: true, description: "When the customer rated." })
  readonly ratedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: "When the session was closed, which may be earlier." })
  readonly closedAt!: Date | null;
}

export const SessionRatingConnection = createConnectionType(
  "SessionRating",
  () => SessionRatingEntry,
  "Ratings by customers.",
);
