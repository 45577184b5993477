import type { LineText } from "./line-texts.ts";

/** How a written value becomes a database value, and what a new line gets when the value is absent. */
export type ColumnRule =
  /** A flag that is `exception` only if exactly that letter is given, and the other letter for everything else. */
  | { kind: "flag"; exception: "Y" | "N"; create: "Y" | "N" }
  | { kind: "choice"; values: readonly string[]; otherwise: string; create: string }
  | { kind: "integer"; min?: number; max?: number; create: string }
  | { kind: "text"; create: string | { localised: LineText }; cutTo?: number; escapeHtml?: true }
  /** Stored as one fixed value, whatever was sent. */
  | { kind: "fixed"; value: string }
  /** A serialised PHP array; `create` is what a new line shows. */
  | { kind: "array"; create: [] | null }
  | { kind: "date" }
  /** Not writable through these methods. */
  | { kind: "readOnly"; create: string | null }
  /** Depends on other values of the same call; see line-normalising.ts. */
  | { kind: "dependent"; create: string };

const offOnlyByN = { kind: "flag", exception: "N" } as const;
const onOnlyByY = { kind: "flag", exception: "Y" } as const;
const textRule = { kind: "choice", values: ["text", "none"], otherwise: "none" } as const;
const zero = { kind: "fixed", value: "0" } as const;

function localised(key: LineText): { kind: "text"; create: { localised: LineText } } {
  return { kind: "text", create: { localised: key } };
}

/** The 90 columns of a line in the order `config.get` shows them; the queue's four keys follow them there. */
export const LINE_COLUMNS = {
  ID: { kind: "readOnly", create: null },
  ACTIVE: { ...offOnlyByN, create: "Y" },
  LINE_NAME: { kind: "dependent", create: "" },
  CRM: { ...offOnlyByN, create: "Y" },
  CRM_CREATE: { kind: "choice", values: ["none", "lead", "deal"], otherwise: "lead", create: "lead" },
  CRM_CREATE_SECOND: { kind: "text", create: "" },
  CRM_CREATE_THIRD: { ...offOnlyByN, create: "Y" },
  CRM_FORWARD: { ...offOnlyByN, create: "Y" },
  CRM_CHAT_TRACKER: { ...offOnlyByN, create: "Y" },
  CRM_TRANSFER_CHANGE: { ...offOnlyByN, create: "Y" },
  CRM_SOURCE: { kind: "text", create: "create" },
  QUEUE_TIME: { kind: "integer", create: "60" },
  NO_ANSWER_TIME: { kind: "integer", create: "60" },
  QUEUE_TYPE: { kind: "choice", values: ["evenly", "strictly", "all"], otherwise: "all", create: "all" },
  CHECK_AVAILABLE: { ...offOnlyByN, create: "N" },
  WATCH_TYPING: { ...onOnlyByY, create: "Y" },
  WELCOME_BOT_ENABLE: { ...onOnlyByY, create: "N" },
  WELCOME_MESSAGE: { ...offOnlyByN, create: "Y" },
  WELCOME_MESSAGE_TEXT: localised("welcome"),
  VOTE_MESSAGE: { ...offOnlyByN, create: "Y" },
  VOTE_TIME_LIMIT: { kind: "integer", min: 0, create: "0" },
  VOTE_BEFORE_FINISH: { ...onOnlyByY, create: "Y" },
  VOTE_CLOSING_DELAY: { ...onOnlyByY, create: "N" },
  VOTE_MESSAGE_1_TEXT: { ...localised("ratingRequest"), cutTo: 100 },
  VOTE_MESSAGE_1_LIKE: { ...localised("ratingLike"), cutTo: 100 },
  VOTE_MESSAGE_1_DISLIKE: { ...localised("ratingDislike"), cutTo: 100 },
  VOTE_MESSAGE_2_TEXT: localised("ratingRequestByDigit"),
  VOTE_MESSAGE_2_LIKE: localised("ratingLike"),
  VOTE_MESSAGE_2_DISLIKE: localised("ratingDislike"),
  AGREEMENT_MESSAGE: { ...onOnlyByY, create: "N" },
  AGREEMENT_ID: { kind: "integer", create: "0" },
  CATEGORY_ENABLE: { ...onOnlyByY, create: "N" },
  CATEGORY_ID: { kind: "dependent", create: "0" },
  WELCOME_BOT_JOIN: { kind: "choice", values: ["first", "always"], otherwise: "always", create: "always" },
  WELCOME_BOT_ID: { kind: "dependent", create: "0" },
  WELCOME_BOT_TIME: { kind: "dependent", create: "600" },
  WELCOME_BOT_LEFT: { kind: "dependent", create: "queue" },
  NO_ANSWER_RULE: { ...textRule, create: "none" },
  NO_ANSWER_FORM_ID: zero,
  NO_ANSWER_BOT_ID: { kind: "integer", create: "0" },
  NO_ANSWER_TEXT: localised("noAnswer"),
  WORKTIME_ENABLE: { ...onOnlyByY, create: "N" },
  WORKTIME_FROM: { kind: "dependent", create: "9" },
  WORKTIME_TO: { kind: "dependent", create: "18.30" },
  WORKTIME_TIMEZONE: { kind: "text", create: "" },
  WORKTIME_HOLIDAYS: { kind: "dependent", create: "" },
  WORKTIME_DAYOFF: { kind: "dependent", create: "" },
  WORKTIME_DAYOFF_RULE: { ...textRule, create: "none" },
  WORKTIME_DAYOFF_FORM_ID: zero,
  WORKTIME_DAYOFF_BOT_ID: { kind: "integer", create: "0" },
  WORKTIME_DAYOFF_TEXT: localised("dayOff"),
  CLOSE_RULE: { ...textRule, create: "text" },
  CLOSE_FORM_ID: zero,
  CLOSE_BOT_ID: { kind: "integer", create: "0" },
  CLOSE_TEXT: localised("close"),
  FULL_CLOSE_TIME: { kind: "integer", min: 0, create: "10" },
  AUTO_CLOSE_RULE: { ...textRule, create: "none" },
  AUTO_CLOSE_FORM_ID: zero,
  AUTO_CLOSE_BOT_ID: { kind: "integer", create: "0" },
  AUTO_CLOSE_TIME: { kind: "integer", min: 0, create: "14400" },
  AUTO_CLOSE_TEXT: localised("autoClose"),
  AUTO_EXPIRE_TIME: { kind: "integer", create: "86400" },
  DATE_CREATE: { kind: "date" },
  DATE_MODIFY: { kind: "date" },
  MODIFY_USER_ID: { kind: "readOnly", create: null },
  TEMPORARY: { ...offOnlyByN, create: "N" },
  XML_ID: { kind: "readOnly", create: null },
  LANGUAGE_ID: { kind: "text", cutTo: 2, create: { localised: "languageId" } },
  QUICK_ANSWERS_IBLOCK_ID: { kind: "integer", create: "0" },
  SESSION_PRIORITY: { kind: "integer", min: 0, max: 86400, create: "0" },
  TYPE_MAX_CHAT: {
    kind: "choice",
    values: ["answered", "answered_new", "closed"],
    otherwise: "answered_new",
    create: "answered",
  },
  MAX_CHAT: { kind: "integer", min: 0, create: "0" },
  OPERATOR_DATA: { kind: "choice", values: ["profile", "queue", "hide"], otherwise: "profile", create: "profile" },
  DEFAULT_OPERATOR_DATA: { kind: "array", create: [] },
  KPI_FIRST_ANSWER_TIME: { kind: "integer", min: 0, create: "0" },
  KPI_FIRST_ANSWER_ALERT: { ...onOnlyByY, create: "N" },
  KPI_FIRST_ANSWER_LIST: { kind: "array", create: null },
  KPI_FIRST_ANSWER_TEXT: { ...localised("kpiFirstAnswer"), escapeHtml: true },
  KPI_FURTHER_ANSWER_TIME: { kind: "integer", min: 0, create: "0" },
  KPI_FURTHER_ANSWER_ALERT: { ...onOnlyByY, create: "N" },
  KPI_FURTHER_ANSWER_LIST: { kind: "array", create: null },
  KPI_FURTHER_ANSWER_TEXT: { ...localised("kpiFurtherAnswer"), escapeHtml: true },
  KPI_CHECK_OPERATOR_ACTIVITY: { ...onOnlyByY, create: "N" },
  SEND_NOTIFICATION_EMPTY_QUEUE: { kind: "readOnly", create: "N" },
  USE_WELCOME_FORM: { ...onOnlyByY, create: "Y" },
  // The id of the form every portal is delivered with; any id would do.
  WELCOME_FORM_ID: { kind: "integer", create: "2" },
  WELCOME_FORM_DELAY: { ...onOnlyByY, create: "Y" },
  SEND_WELCOME_EACH_SESSION: { ...onOnlyByY, create: "N" },
  CONFIRM_CLOSE: { ...onOnlyByY, create: "N" },
  IGNORE_WELCOME_FORM_RESPONSIBLE: { ...onOnlyByY, create: "N" },
} as const satisfies Record<string, ColumnRule>;

export type LineColumn = keyof typeof LINE_COLUMNS;

/** Whether a name is one of the 90 columns, in their exact spelling. */
export function isLineColumn(name: string): name is LineColumn {
  return Object.hasOwn(LINE_COLUMNS, name);
}

/** The columns in the order of the answers. */
export const LINE_COLUMN_NAMES: readonly LineColumn[] = Object.keys(LINE_COLUMNS).filter(isLineColumn);

/** The rule of a column. */
export function columnRule(column: LineColumn): ColumnRule {
  return LINE_COLUMNS[column];
}
