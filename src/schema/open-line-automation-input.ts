import { Field, ID, InputType, Int } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { BotJoin, BotLeave, ReplyRule, Weekday } from "../datasources/domain/line.ts";
import type {
  BotSettings,
  ClosingSettings,
  NoAnswerSettings,
  ReplySettings,
  WelcomeSettings,
  WorkTimeSettings,
} from "../datasources/domain/line-settings.ts";
import { BotJoinEnum, BotLeaveEnum, ReplyRuleEnum, WeekdayEnum } from "./open-line-enums.ts";
import { TimeOfDay } from "./time-of-day.ts";

@InputType({ description: "What a line is to do by itself in one situation. What is left out stays." })
export class OpenLineReplyInput implements ReplySettings {
  @Field(() => ReplyRuleEnum, { nullable: true, description: "What it does (`…_RULE`)." })
  readonly rule?: ReplyRule | null;

  @Field(() => String, { nullable: true, description: "Text that is sent, BBCode; null clears it (`…_TEXT`)." })
  readonly text?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "CRM form. Documented, but current portals store none whatever is sent (`…_FORM_ID`).",
  })
  readonly formId?: Id | null;

  @Field(() => ID, { nullable: true, description: "Chat bot, a user id; null for none (`…_BOT_ID`)." })
  readonly botId?: Id | null;
}

@InputType({ description: "The greeting that a line sends by itself. What is left out stays." })
export class OpenLineWelcomeInput implements WelcomeSettings {
  @Field(() => Boolean, { nullable: true, description: "Whether customers are greeted (`WELCOME_MESSAGE`)." })
  readonly isEnabled?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: "The greeting, BBCode; null clears it (`WELCOME_MESSAGE_TEXT`).",
  })
  readonly text?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether every session is greeted and not the first one only (`SEND_WELCOME_EACH_SESSION`).",
  })
  readonly isInEverySession?: boolean | null;
}

@InputType({
  description:
    "The chat bot that meets customers. What is left out stays, as long as the bot is on: the portal drops the settings of a bot that is off, so `userId`, `handOverAfterSeconds` and `leaves` are refused for one.",
})
export class OpenLineBotInput implements BotSettings {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a bot is connected; false makes the portal forget which and how (`WELCOME_BOT_ENABLE`).",
  })
  readonly isEnabled?: boolean | null;

  @Field(() => ID, { nullable: true, description: "The bot, a user id; null for none (`WELCOME_BOT_ID`)." })
  readonly userId?: Id | null;

  @Field(() => BotJoinEnum, { nullable: true, description: "Which dialogs the bot joins (`WELCOME_BOT_JOIN`)." })
  readonly joins?: BotJoin | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds after which the dialog goes from the bot to the queue (`WELCOME_BOT_TIME`).",
  })
  readonly handOverAfterSeconds?: number | null;

  @Field(() => BotLeaveEnum, { nullable: true, description: "When the bot leaves the dialog (`WELCOME_BOT_LEFT`)." })
  readonly leaves?: BotLeave | null;
}

@InputType({ description: "When the line is staffed. What is left out stays." })
export class OpenLineWorkTimeInput implements WorkTimeSettings {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether working hours are kept; stays off on a plan without them (`WORKTIME_ENABLE`).",
  })
  readonly isEnabled?: boolean | null;

  @Field(() => TimeOfDay, {
    nullable: true,
    description:
      "Start of the working day, 23:30 at the latest and before `to`. A new line needs both or neither (`WORKTIME_FROM`).",
  })
  readonly from?: string | null;

  @Field(() => TimeOfDay, { nullable: true, description: "End of the working day (`WORKTIME_TO`)." })
  readonly to?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "IANA name of the time zone, such as `Europe/Berlin`; null clears it (`WORKTIME_TIMEZONE`).",
  })
  readonly timeZone?: string | null;

  @Field(() => [WeekdayEnum], {
    nullable: true,
    description: "Days of the week that are off; replaces all of them, `[]` for none (`WORKTIME_DAYOFF`).",
  })
  readonly daysOff?: readonly Weekday[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "Days of the year that are off, each `DD.MM`; replaces all of them, `[]` for none (`WORKTIME_HOLIDAYS`).",
  })
  readonly holidays?: readonly string[] | null;

  @Field(() => OpenLineReplyInput, {
    nullable: true,
    description: "What happens outside working hours (`WORKTIME_DAYOFF_…`).",
  })
  readonly outsideReply?: OpenLineReplyInput | null;
}

@InputType({ description: "What happens when no operator answers. What is left out stays." })
export class OpenLineNoAnswerInput implements NoAnswerSettings {
  @Field(() => Int, {
    nullable: true,
    description: "Seconds without an answer after which `reply` is due (`NO_ANSWER_TIME`).",
  })
  readonly afterSeconds?: number | null;

  @Field(() => OpenLineReplyInput, { nullable: true, description: "What happens then (`NO_ANSWER_…`)." })
  readonly reply?: OpenLineReplyInput | null;
}

@InputType({ description: "How dialogs end. What is left out stays." })
export class OpenLineClosingInput implements ClosingSettings {
  @Field(() => OpenLineReplyInput, {
    nullable: true,
    description: "What happens when an operator closes a dialog (`CLOSE_…`).",
  })
  readonly reply?: OpenLineReplyInput | null;

  @Field(() => Int, {
    nullable: true,
    description: "Minutes between an operator's close and the end of the session (`FULL_CLOSE_TIME`).",
  })
  readonly fullCloseAfterMinutes?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether operators are asked to confirm closing (`CONFIRM_CLOSE`).",
  })
  readonly asksForConfirmation?: boolean | null;

  @Field(() => OpenLineReplyInput, {
    nullable: true,
    description: "What happens when a dialog is closed for silence (`AUTO_CLOSE_…`).",
  })
  readonly automaticReply?: OpenLineReplyInput | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds of silence after which a dialog is closed by itself (`AUTO_CLOSE_TIME`).",
  })
  readonly automaticAfterSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds after which a session that was closed by itself expires (`AUTO_EXPIRE_TIME`).",
  })
  readonly expireAfterSeconds?: number | null;
}
