import type { ParamMap } from "../../bitrix24/calls.ts";
import type {
  BotJoin,
  BotLeave,
  CountedChats,
  CrmCreateMode,
  OperatorIdentityMode,
  QueueType,
  ReplyRule,
} from "../../domain/line.ts";
import {
  type AgreementSettings,
  type BotSettings,
  type CategorySettings,
  type ClosingSettings,
  type CrmSettings,
  type CustomerRatingSettings,
  type DefaultOperatorSettings,
  type FormSettings,
  InvalidSetting,
  type KpiSettings,
  type KpiTargetSettings,
  type LimitSettings,
  type LineSettings,
  type NoAnswerSettings,
  type OperatorIdentitySettings,
  type QueueSettings,
  type RatingTextSettings,
  type ReplySettings,
  type WelcomeSettings,
  type WorkTimeSettings,
} from "../../domain/line-settings.ts";
import { idParam } from "../../rest-params.ts";
import {
  BOT_JOINS,
  BOT_LEAVES,
  COUNTED_CHATS,
  CRM_CREATE_MODES,
  IDENTITY_MODES,
  QUEUE_ENTRY_TYPES,
  QUEUE_TYPES,
  REPLY_RULES,
  WEEKDAYS,
} from "./line-choices.ts";
import {
  checkedChoice,
  checkedId,
  choiceRule,
  encodeSettings,
  flagRule,
  groupRule,
  idRule,
  patternRule,
  type SettingRule,
  type SettingRules,
  textRule,
  wholeNumberRule,
} from "./setting-rules.ts";
import { encodeTimeOfDay, isHoliday, isTimeZone, latestStart } from "./working-hours.ts";

const MAX_NAME = 255;
const MAX_WIDGET_TEXT = 100;
const MAX_SESSION_PRIORITY = 86_400;

function replyRule(prefix: string): SettingRule<ReplySettings> {
  return groupRule<ReplySettings>({
    rule: choiceRule<ReplyRule>(`${prefix}_RULE`, REPLY_RULES),
    text: textRule(`${prefix}_TEXT`),
    formId: idRule(`${prefix}_FORM_ID`),
    botId: idRule(`${prefix}_BOT_ID`),
  });
}

function ratingTextRule(prefix: string, max?: number): SettingRule<RatingTextSettings> {
  return groupRule<RatingTextSettings>({
    request: textRule(`${prefix}_TEXT`, max),
    thanks: textRule(`${prefix}_LIKE`, max),
    regret: textRule(`${prefix}_DISLIKE`, max),
  });
}

function kpiRule(prefix: string): SettingRule<KpiTargetSettings> {
  return groupRule<KpiTargetSettings>({
    targetTime: wholeNumberRule(`${prefix}_TIME`),
    alerts: flagRule(`${prefix}_ALERT`),
    recipientIds: {
      encode: (ids, path) => ({ [`${prefix}_LIST`]: ids.map((id, index) => checkedId(id, `${path}.${index}`)) }),
    },
    text: textRule(`${prefix}_TEXT`),
  });
}

/** Entries as objects: `config.update` fails as a whole for plain ids. An empty queue is refused by the portal without a reason. */
const configuredQueue: SettingRule<NonNullable<QueueSettings["configured"]>> = {
  encode: (entries, path) => {
    if (entries.length === 0) throw new InvalidSetting(path, "must name at least one user or department.");
    return {
      QUEUE: entries.map(({ type, entityId }, index) => ({
        ENTITY_TYPE: checkedChoice(QUEUE_ENTRY_TYPES, type, `${path}.${index}.type`),
        ENTITY_ID: checkedId(entityId, `${path}.${index}.entityId`),
      })),
    };
  },
};

const workTimeRules: SettingRules<WorkTimeSettings> = {
  isEnabled: flagRule("WORKTIME_ENABLE"),
  from: { encode: (time) => ({ WORKTIME_FROM: encodeTimeOfDay(time) }) },
  to: { encode: (time) => ({ WORKTIME_TO: encodeTimeOfDay(time) }) },
  timeZone: {
    ...patternRule("WORKTIME_TIMEZONE", isTimeZone, 'the IANA name of a time zone, such as "Europe/Berlin"'),
    cleared: { WORKTIME_TIMEZONE: "" },
  },
  daysOff: {
    // The portal ignores what is no list, and its own spelling of an empty one is one empty string.
    encode: (days, path) => ({
      WORKTIME_DAYOFF:
        days.length === 0 ? [""] : days.map((day, index) => checkedChoice(WEEKDAYS, day, `${path}.${index}`)),
    }),
  },
  holidays: {
    // One invalid day would erase all of them.
    encode: (days, path) => {
      const bad = days.findIndex((day) => !isHoliday(day));
      if (bad >= 0) throw new InvalidSetting(`${path}.${bad}`, 'must be a day of the year as DD.MM, such as "25.12".');
      return { WORKTIME_HOLIDAYS: days.join(",") };
    },
  },
  outsideReply: replyRule("WORKTIME_DAYOFF"),
};

/** The portal takes start and end together or not at all, and shifts hours that it does not like. */
function checkWorkingHours({ from, to }: WorkTimeSettings, path: string): void {
  if (typeof from !== "string" || typeof to !== "string") return;
  if (from > latestStart) throw new InvalidSetting(`${path}.from`, `may be ${latestStart} at the latest. Got ${from}.`);
  if (from >= to) throw new InvalidSetting(`${path}.to`, `must be later than from. Got ${from} to ${to}.`);
}

const workTimeRule: SettingRule<WorkTimeSettings> = {
  encode: (settings, path) => {
    checkWorkingHours(settings, path);
    return encodeSettings(workTimeRules, settings, path);
  },
};

/** Stored as one value: what is not sent is gone. */
const defaultOperatorRule: SettingRule<DefaultOperatorSettings> = {
  encode: ({ name, avatarUrl, avatarId }, path): ParamMap => ({
    DEFAULT_OPERATOR_DATA: {
      ...(name === undefined || name === null ? {} : { NAME: name }),
      ...(avatarUrl === undefined || avatarUrl === null ? {} : { AVATAR: checkedUrl(avatarUrl, `${path}.avatarUrl`) }),
      ...(avatarId === undefined || avatarId === null
        ? {}
        : { AVATAR_ID: idParam(checkedId(avatarId, `${path}.avatarId`)) }),
    },
  }),
  cleared: { DEFAULT_OPERATOR_DATA: [] },
};

function checkedUrl(value: URL | string, path: string): string {
  const url = typeof value === "string" ? (URL.canParse(value) ? new URL(value) : undefined) : value;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.href;
  throw new InvalidSetting(path, "must be an absolute http or https address.");
}

const customerRatingRule = groupRule<CustomerRatingSettings>({
  isEnabled: flagRule("VOTE_MESSAGE"),
  timeLimitSeconds: wholeNumberRule("VOTE_TIME_LIMIT"),
  asksBeforeFinish: flagRule("VOTE_BEFORE_FINISH"),
  closesWithDelay: flagRule("VOTE_CLOSING_DELAY"),
  widget: ratingTextRule("VOTE_MESSAGE_1", MAX_WIDGET_TEXT),
  messenger: ratingTextRule("VOTE_MESSAGE_2"),
});

/** Every writable setting of a line: its column, its check, its spelling. */
export const LINE_SETTING_RULES: SettingRules<LineSettings> = {
  name: {
    encode: (value, path) => {
      if (value.trim() === "") throw new InvalidSetting(path, "must not be empty.");
      return textRule("LINE_NAME", MAX_NAME).encode(value, path);
    },
  },
  isActive: flagRule("ACTIVE"),
  isTemporary: flagRule("TEMPORARY"),
  languageCode: patternRule(
    "LANGUAGE_ID",
    (code) => /^[a-z]{2}$/.test(code),
    'two lower-case letters, such as "de": the portal would cut anything longer',
  ),
  quickReplyStoreId: idRule("QUICK_ANSWERS_IBLOCK_ID"),
  showsTyping: flagRule("WATCH_TYPING"),
  queue: groupRule<QueueSettings>({
    type: choiceRule<QueueType>("QUEUE_TYPE", QUEUE_TYPES),
    redirectAfterSeconds: wholeNumberRule("QUEUE_TIME"),
    checksAvailability: flagRule("CHECK_AVAILABLE"),
    showsRedirectNotice: flagRule("SHOW_NOTIFICATION_REDIRECT"),
    configured: configuredQueue,
  }),
  crm: groupRule<CrmSettings>({
    isEnabled: flagRule("CRM"),
    createMode: choiceRule<CrmCreateMode>("CRM_CREATE", CRM_CREATE_MODES),
    dealCategory: textRule("CRM_CREATE_SECOND"),
    createsThirdItem: flagRule("CRM_CREATE_THIRD"),
    forwardsToResponsible: flagRule("CRM_FORWARD"),
    tracksChatText: flagRule("CRM_CHAT_TRACKER"),
    changesResponsibleOnTransfer: flagRule("CRM_TRANSFER_CHANGE"),
    source: textRule("CRM_SOURCE"),
  }),
  welcome: groupRule<WelcomeSettings>({
    isEnabled: flagRule("WELCOME_MESSAGE"),
    text: textRule("WELCOME_MESSAGE_TEXT"),
    isInEverySession: flagRule("SEND_WELCOME_EACH_SESSION"),
  }),
  bot: groupRule<BotSettings>({
    isEnabled: flagRule("WELCOME_BOT_ENABLE"),
    userId: idRule("WELCOME_BOT_ID"),
    joins: choiceRule<BotJoin>("WELCOME_BOT_JOIN", BOT_JOINS),
    handOverAfterSeconds: wholeNumberRule("WELCOME_BOT_TIME"),
    leaves: choiceRule<BotLeave>("WELCOME_BOT_LEFT", BOT_LEAVES),
  }),
  workTime: workTimeRule,
  noAnswer: groupRule<NoAnswerSettings>({
    afterSeconds: wholeNumberRule("NO_ANSWER_TIME"),
    reply: replyRule("NO_ANSWER"),
  }),
  closing: groupRule<ClosingSettings>({
    reply: replyRule("CLOSE"),
    fullCloseAfterMinutes: wholeNumberRule("FULL_CLOSE_TIME"),
    asksForConfirmation: flagRule("CONFIRM_CLOSE"),
    automaticReply: replyRule("AUTO_CLOSE"),
    automaticAfterSeconds: wholeNumberRule("AUTO_CLOSE_TIME"),
    expireAfterSeconds: wholeNumberRule("AUTO_EXPIRE_TIME"),
  }),
  customerRating: customerRatingRule,
  kpi: groupRule<KpiSettings>({
    firstAnswer: kpiRule("KPI_FIRST_ANSWER"),
    furtherAnswer: kpiRule("KPI_FURTHER_ANSWER"),
    watchesOperatorActivity: flagRule("KPI_CHECK_OPERATOR_ACTIVITY"),
  }),
  forms: groupRule<FormSettings>({
    isEnabled: flagRule("USE_WELCOME_FORM"),
    formId: idRule("WELCOME_FORM_ID"),
    isDelayed: flagRule("WELCOME_FORM_DELAY"),
    ignoresResponsible: flagRule("IGNORE_WELCOME_FORM_RESPONSIBLE"),
  }),
  limits: groupRule<LimitSettings>({
    maxChats: { ...wholeNumberRule("MAX_CHAT"), cleared: { MAX_CHAT: 0 } },
    countedChats: choiceRule<CountedChats>("TYPE_MAX_CHAT", COUNTED_CHATS),
    sessionPriority: wholeNumberRule("SESSION_PRIORITY", MAX_SESSION_PRIORITY),
  }),
  agreement: groupRule<AgreementSettings>({
    isShown: flagRule("AGREEMENT_MESSAGE"),
    agreementId: idRule("AGREEMENT_ID"),
  }),
  category: groupRule<CategorySettings>({ isEnabled: flagRule("CATEGORY_ENABLE"), categoryId: idRule("CATEGORY_ID") }),
  operatorIdentity: groupRule<OperatorIdentitySettings>({
    mode: choiceRule<OperatorIdentityMode>("OPERATOR_DATA", IDENTITY_MODES),
    default: defaultOperatorRule,
  }),
};
