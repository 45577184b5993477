import { Field, ID, Int, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { BotJoinEnum, BotLeaveEnum, ReplyRuleEnum, WeekdayEnum } from "./open-line-enums.ts";
import { TimeOfDay } from "./time-of-day.ts";
import { User } from "./user.ts";

@ObjectType({ simpleResolvers: true, description: "What a line does by itself in one situation." })
export class OpenLineReply {
  @Field(() => ReplyRuleEnum, { description: "What it does (`…_RULE`)." })
  readonly rule!: string;

  @Field(() => String, { nullable: true, description: "The rule in the portal's word, for rules that are `UNKNOWN`." })
  readonly ruleCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Text that is sent, BBCode; kept while the rule is `NONE` (`…_TEXT`).",
  })
  readonly text!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "CRM form of older rules; current portals always store none (`…_FORM_ID`).",
  })
  readonly formId!: Id | null;

  @Field(() => User, { nullable: true, description: "Chat bot of older rules (`…_BOT_ID`)." })
  readonly bot!: User | null;
}

@ObjectType({ simpleResolvers: true, description: "The greeting that a line sends by itself." })
export class OpenLineWelcome {
  @Field(() => Boolean, { nullable: true, description: "Whether customers are greeted (`WELCOME_MESSAGE`)." })
  readonly isEnabled!: boolean | null;

  @Field(() => String, { nullable: true, description: "The greeting, BBCode (`WELCOME_MESSAGE_TEXT`)." })
  readonly text!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether every session is greeted and not the first one only (`SEND_WELCOME_EACH_SESSION`).",
  })
  readonly isInEverySession!: boolean | null;
}

@ObjectType({ simpleResolvers: true, description: "The chat bot that meets customers before operators do." })
export class OpenLineBot {
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether a bot is connected (`WELCOME_BOT_ENABLE`). While it is not, the portal keeps none of the other bot settings but `joins`.",
  })
  readonly isEnabled!: boolean | null;

  @Field(() => User, { nullable: true, description: "The bot; null when none is chosen (`WELCOME_BOT_ID`)." })
  readonly user!: User | null;

  @Field(() => BotJoinEnum, { description: "Which dialogs the bot joins (`WELCOME_BOT_JOIN`)." })
  readonly joins!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds after which the dialog goes from the bot to the queue (`WELCOME_BOT_TIME`).",
  })
  readonly handOverAfterSeconds!: number | null;

  @Field(() => BotLeaveEnum, { description: "When the bot leaves the dialog (`WELCOME_BOT_LEFT`)." })
  readonly leaves!: string;
}

@ObjectType({ simpleResolvers: true, description: "When the line is staffed, and what happens outside these hours." })
export class OpenLineWorkTime {
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether working hours are kept (`WORKTIME_ENABLE`). On a plan without them a line read by its id shows false, while `openLines` shows what is stored.",
  })
  readonly isEnabled!: boolean | null;

  @Field(() => TimeOfDay, { nullable: true, description: "Start of the working day, in `timeZone` (`WORKTIME_FROM`)." })
  readonly from!: string | null;

  @Field(() => TimeOfDay, { nullable: true, description: "End of the working day, in `timeZone` (`WORKTIME_TO`)." })
  readonly to!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "IANA name of the time zone, such as `Europe/Berlin` (`WORKTIME_TIMEZONE`).",
  })
  readonly timeZone!: string | null;

  @Field(() => [WeekdayEnum], { description: "Days of the week that are off (`WORKTIME_DAYOFF`)." })
  readonly daysOff!: readonly string[];

  @Field(() => [String], { description: "Days of the year that are off, each `DD.MM` (`WORKTIME_HOLIDAYS`)." })
  readonly holidays!: readonly string[];

  @Field(() => OpenLineReply, { description: "What happens outside working hours (`WORKTIME_DAYOFF_…`)." })
  readonly outsideReply!: OpenLineReply;
}

@ObjectType({ simpleResolvers: true, description: "What happens when no operator answers." })
export class OpenLineNoAnswer {
  @Field(() => Int, {
    nullable: true,
    description: "Seconds without an answer after which `reply` is due (`NO_ANSWER_TIME`).",
  })
  readonly afterSeconds!: number | null;

  @Field(() => OpenLineReply, { description: "What happens then (`NO_ANSWER_…`)." })
  readonly reply!: OpenLineReply;
}

@ObjectType({ simpleResolvers: true, description: "How dialogs of a line end." })
export class OpenLineClosing {
  @Field(() => OpenLineReply, {
    description:
      "What happens when an operator closes a dialog (`CLOSE_…`). With a text, the first `chatFinish` only begins closing.",
  })
  readonly reply!: OpenLineReply;

  @Field(() => Int, {
    nullable: true,
    description: "Minutes between an operator's close and the end of the session (`FULL_CLOSE_TIME`).",
  })
  readonly fullCloseAfterMinutes!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether operators are asked to confirm closing (`CONFIRM_CLOSE`).",
  })
  readonly asksForConfirmation!: boolean | null;

  @Field(() => OpenLineReply, { description: "What happens when a dialog is closed for silence (`AUTO_CLOSE_…`)." })
  readonly automaticReply!: OpenLineReply;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds of silence after which a dialog is closed by itself (`AUTO_CLOSE_TIME`).",
  })
  readonly automaticAfterSeconds!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds after which a session that was closed by itself expires (`AUTO_EXPIRE_TIME`).",
  })
  readonly expireAfterSeconds!: number | null;
}
