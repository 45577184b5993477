import { optionalText, optionalUrl } from "../../bitrix24/wire.ts";
import type {
  DefaultOperator,
  LineAgreement,
  LineBot,
  LineCategory,
  LineClosing,
  LineCrm,
  LineCustomerRating,
  LineForms,
  LineKpi,
  LineKpiTarget,
  LineLimits,
  LineNoAnswer,
  LineOperatorIdentity,
  LineReply,
  LineWelcome,
  LineWorkTime,
  RatingTexts,
} from "../../domain/line.ts";
import {
  BOT_JOINS,
  BOT_LEAVES,
  COUNTED_CHATS,
  CRM_CREATE_MODES,
  decodeChoice,
  IDENTITY_MODES,
  REPLY_RULES,
  WEEKDAYS,
} from "./line-choices.ts";
import type { LineRow } from "./line-row.ts";
import { decodeHoliday, decodeTimeOfDay } from "./working-hours.ts";

export function decodeCrm(row: LineRow): LineCrm {
  return {
    isEnabled: row.flag("CRM"),
    createMode: row.choice("CRM_CREATE", CRM_CREATE_MODES),
    createModeCode: row.text("CRM_CREATE"),
    dealCategory: row.text("CRM_CREATE_SECOND"),
    createsThirdItem: row.flag("CRM_CREATE_THIRD"),
    forwardsToResponsible: row.flag("CRM_FORWARD"),
    tracksChatText: row.flag("CRM_CHAT_TRACKER"),
    changesResponsibleOnTransfer: row.flag("CRM_TRANSFER_CHANGE"),
    source: row.text("CRM_SOURCE"),
  };
}

export function decodeWelcome(row: LineRow): LineWelcome {
  return {
    isEnabled: row.flag("WELCOME_MESSAGE"),
    text: row.text("WELCOME_MESSAGE_TEXT"),
    isInEverySession: row.flag("SEND_WELCOME_EACH_SESSION"),
  };
}

export function decodeBot(row: LineRow): LineBot {
  return {
    isEnabled: row.flag("WELCOME_BOT_ENABLE"),
    userId: row.id("WELCOME_BOT_ID"),
    joins: row.choice("WELCOME_BOT_JOIN", BOT_JOINS),
    handOverAfterSeconds: row.number("WELCOME_BOT_TIME"),
    leaves: row.choice("WELCOME_BOT_LEFT", BOT_LEAVES),
  };
}

type ReplyPrefix = "NO_ANSWER" | "WORKTIME_DAYOFF" | "CLOSE" | "AUTO_CLOSE";

/** The four columns of one automatic reply, which differ only in their first words. */
function decodeReply(row: LineRow, prefix: ReplyPrefix): LineReply {
  return {
    rule: row.choice(`${prefix}_RULE`, REPLY_RULES),
    ruleCode: row.text(`${prefix}_RULE`),
    text: row.text(`${prefix}_TEXT`),
    formId: row.id(`${prefix}_FORM_ID`),
    botId: row.id(`${prefix}_BOT_ID`),
  };
}

export function decodeWorkTime(row: LineRow): LineWorkTime {
  return {
    isEnabled: row.flag("WORKTIME_ENABLE"),
    from: row.read("WORKTIME_FROM", decodeTimeOfDay),
    to: row.read("WORKTIME_TO", decodeTimeOfDay),
    timeZone: row.text("WORKTIME_TIMEZONE"),
    daysOff: row.words("WORKTIME_DAYOFF").map((day) => decodeChoice(WEEKDAYS, day)),
    holidays: row.words("WORKTIME_HOLIDAYS").map(decodeHoliday),
    outsideReply: decodeReply(row, "WORKTIME_DAYOFF"),
  };
}

export function decodeNoAnswer(row: LineRow): LineNoAnswer {
  return { afterSeconds: row.number("NO_ANSWER_TIME"), reply: decodeReply(row, "NO_ANSWER") };
}

export function decodeClosing(row: LineRow): LineClosing {
  return {
    reply: decodeReply(row, "CLOSE"),
    fullCloseAfterMinutes: row.number("FULL_CLOSE_TIME"),
    asksForConfirmation: row.flag("CONFIRM_CLOSE"),
    automaticReply: decodeReply(row, "AUTO_CLOSE"),
    automaticAfterSeconds: row.number("AUTO_CLOSE_TIME"),
    expireAfterSeconds: row.number("AUTO_EXPIRE_TIME"),
  };
}

export function decodeCustomerRating(row: LineRow): LineCustomerRating {
  return {
    isEnabled: row.flag("VOTE_MESSAGE"),
    timeLimitSeconds: row.number("VOTE_TIME_LIMIT"),
    asksBeforeFinish: row.flag("VOTE_BEFORE_FINISH"),
    closesWithDelay: row.flag("VOTE_CLOSING_DELAY"),
    widget: decodeRatingTexts(row, "VOTE_MESSAGE_1"),
    messenger: decodeRatingTexts(row, "VOTE_MESSAGE_2"),
  };
}

function decodeRatingTexts(row: LineRow, prefix: "VOTE_MESSAGE_1" | "VOTE_MESSAGE_2"): RatingTexts {
  return {
    request: row.text(`${prefix}_TEXT`),
    thanks: row.text(`${prefix}_LIKE`),
    regret: row.text(`${prefix}_DISLIKE`),
  };
}

export function decodeKpi(row: LineRow): LineKpi {
  return {
    firstAnswer: decodeKpiTarget(row, "KPI_FIRST_ANSWER"),
    furtherAnswer: decodeKpiTarget(row, "KPI_FURTHER_ANSWER"),
    watchesOperatorActivity: row.flag("KPI_CHECK_OPERATOR_ACTIVITY"),
  };
}

function decodeKpiTarget(row: LineRow, prefix: "KPI_FIRST_ANSWER" | "KPI_FURTHER_ANSWER"): LineKpiTarget {
  const stored = row.text(`${prefix}_TEXT`);
  return {
    targetTime: row.number(`${prefix}_TIME`),
    alerts: row.flag(`${prefix}_ALERT`),
    recipientCodes: row.words(`${prefix}_LIST`),
    text: stored === null ? null : unescapeHtml(stored),
  };
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#039;": "'",
};

/** The portal escapes these texts, and only these, when it saves them. */
function unescapeHtml(stored: string): string {
  return stored.replace(/&(?:amp|lt|gt|quot|#039);/g, (entity) => HTML_ENTITIES[entity] ?? entity);
}

export function decodeForms(row: LineRow): LineForms {
  return {
    isEnabled: row.flag("USE_WELCOME_FORM"),
    formId: row.id("WELCOME_FORM_ID"),
    isDelayed: row.flag("WELCOME_FORM_DELAY"),
    ignoresResponsible: row.flag("IGNORE_WELCOME_FORM_RESPONSIBLE"),
  };
}

export function decodeLimits(row: LineRow): LineLimits {
  const maxChats = row.number("MAX_CHAT");
  return {
    maxChats: maxChats === 0 ? null : maxChats,
    countedChats: row.choice("TYPE_MAX_CHAT", COUNTED_CHATS),
    sessionPriority: row.number("SESSION_PRIORITY"),
  };
}

export function decodeAgreement(row: LineRow): LineAgreement {
  return { isShown: row.flag("AGREEMENT_MESSAGE"), agreementId: row.id("AGREEMENT_ID") };
}

export function decodeCategory(row: LineRow): LineCategory {
  return { isEnabled: row.flag("CATEGORY_ENABLE"), categoryId: row.id("CATEGORY_ID") };
}

export function decodeOperatorIdentity(row: LineRow): LineOperatorIdentity {
  return {
    mode: row.choice("OPERATOR_DATA", IDENTITY_MODES),
    default: decodeDefaultOperator(row),
  };
}

/** A map, `[]` or null; an empty name or avatar is none. */
function decodeDefaultOperator(row: LineRow): DefaultOperator | null {
  const data = row.within("DEFAULT_OPERATOR_DATA");
  if (data === null) return null;
  return {
    name: data.read("NAME", optionalText),
    avatarUrl: data.read("AVATAR", optionalUrl),
    avatarId: data.id("AVATAR_ID"),
  };
}
