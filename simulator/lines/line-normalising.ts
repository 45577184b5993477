import { isPhpArray, type PhpMap, phpInt, phpText, phpValues } from "../php-value.ts";
import { encodeEmoji } from "./emoji-tokens.ts";
import { type ColumnRule, columnRule, LINE_COLUMN_NAMES, type LineColumn } from "./line-columns.ts";
import { LINE_TEXTS, type LineLanguage } from "./line-texts.ts";
import { normaliseDaysOff, normaliseHolidays, normaliseWorkingHours } from "./working-hours.ts";

/** What the portal's tariff allows; a forbidden feature is switched off on every write and shown as off on every read. */
export interface LineTariff {
  readonly queueToAll: boolean;
  readonly workingHours: boolean;
  readonly customerRating: boolean;
}

export const FULL_TARIFF: LineTariff = { queueToAll: true, workingHours: true, customerRating: true };

/** The values of a line without its queue and dates. */
export interface LineValues {
  readonly columns: Partial<Record<LineColumn, string | null>>;
  readonly arrays: Partial<Record<LineColumn, unknown>>;
}

const MAX_NAME_LENGTH = 255;

/** The values of a new line before anything was sent. */
export function newLineValues(language: LineLanguage, generatedName: string): LineValues {
  const columns: LineValues["columns"] = {};
  const arrays: LineValues["arrays"] = {};
  for (const column of LINE_COLUMN_NAMES) {
    const rule = columnRule(column);
    if (rule.kind === "array") arrays[column] = rule.create;
    else if (rule.kind !== "date") columns[column] = createdValue(rule, language);
  }
  columns.LINE_NAME = generatedName;
  return { columns, arrays };
}

type StringRule = Exclude<ColumnRule, { kind: "array" | "date" }>;

function createdValue(rule: StringRule, language: LineLanguage): string | null {
  if (rule.kind === "fixed") return rule.value;
  if (rule.kind === "text" && typeof rule.create !== "string") return LINE_TEXTS[language][rule.create.localised];
  return typeof rule.create === "string" ? rule.create : null;
}

/**
 * Applies the parameters of one call to a line's values as the portal does: keys it does not know and null values are
 * ignored, values it does not understand are replaced silently. Undefined if the line cannot be saved (a name of more
 * than 255 characters).
 */
export function applyLineParams(before: LineValues, params: PhpMap, tariff: LineTariff): LineValues | undefined {
  const columns = { ...before.columns };
  const arrays = { ...before.arrays };
  for (const column of LINE_COLUMN_NAMES) {
    const value = params[column];
    if (!isSet(value)) continue;
    const rule = columnRule(column);
    if (rule.kind === "array") arrays[column] = isPhpArray(value) ? structuredClone(value) : null;
    else columns[column] = normalise(rule, value) ?? columns[column] ?? null;
  }
  Object.assign(columns, botAndCategory(columns, params), workingTime(params), tariffLimits(columns, tariff));
  if (isSet(params.LINE_NAME)) {
    const name = encodeEmoji(phpText(params.LINE_NAME));
    if (name.length > MAX_NAME_LENGTH) return undefined;
    if (name !== "") columns.LINE_NAME = name;
  }
  return { columns, arrays };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A written value as a database string; undefined where the column is not written this way. */
function normalise(rule: ColumnRule, value: unknown): string | undefined {
  switch (rule.kind) {
    case "flag":
      return value === rule.exception ? rule.exception : rule.exception === "Y" ? "N" : "Y";
    case "choice":
      return rule.values.find((choice) => choice === value) ?? rule.otherwise;
    case "integer":
      return String(Math.min(Math.max(phpInt(value), rule.min ?? -Infinity), rule.max ?? Infinity));
    case "text": {
      const text = encodeEmoji(phpText(value));
      const escaped = rule.escapeHtml ? escapeHtml(text) : text;
      return rule.cutTo === undefined ? escaped : escaped.slice(0, rule.cutTo);
    }
    case "fixed":
      return rule.value;
    case "array":
    case "date":
    case "readOnly":
    case "dependent":
      return undefined;
  }
}

/** PHP's usual escaping, which escapes what is already escaped once more. */
function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Bot and category settings are lost on every write that does not switch the feature on in the same call. */
function botAndCategory(columns: LineValues["columns"], params: PhpMap): LineValues["columns"] {
  const category =
    params.CATEGORY_ENABLE !== "Y"
      ? { CATEGORY_ID: "0" }
      : isSet(params.CATEGORY_ID)
        ? { CATEGORY_ID: String(phpInt(params.CATEGORY_ID)) }
        : {};
  if (params.WELCOME_BOT_ENABLE !== "Y") {
    return { ...category, WELCOME_BOT_ID: "0", WELCOME_BOT_TIME: "600", WELCOME_BOT_LEFT: "queue" };
  }
  const { WELCOME_BOT_ID: id, WELCOME_BOT_TIME: time, WELCOME_BOT_LEFT: left } = params;
  return {
    ...category,
    WELCOME_BOT_ID: isSet(id) ? String(phpInt(id)) : (columns.WELCOME_BOT_ID ?? "0"),
    WELCOME_BOT_TIME: isSet(time) ? String(phpInt(time)) : (columns.WELCOME_BOT_TIME ?? "600"),
    WELCOME_BOT_LEFT: isSet(left) ? (left === "close" ? "close" : "queue") : (columns.WELCOME_BOT_LEFT ?? "queue"),
  };
}

function workingTime(params: PhpMap): LineValues["columns"] {
  const changed: LineValues["columns"] = {};
  if (isSet(params.WORKTIME_FROM) && isSet(params.WORKTIME_TO)) {
    const hours = normaliseWorkingHours(phpText(params.WORKTIME_FROM), phpText(params.WORKTIME_TO));
    changed.WORKTIME_FROM = hours.from;
    changed.WORKTIME_TO = hours.to;
  }
  const daysOff = phpValues(params.WORKTIME_DAYOFF);
  if (daysOff !== undefined) changed.WORKTIME_DAYOFF = normaliseDaysOff(daysOff.map(phpText));
  if (isSet(params.WORKTIME_HOLIDAYS)) {
    const days = phpValues(params.WORKTIME_HOLIDAYS)?.map(phpText).join(",") ?? phpText(params.WORKTIME_HOLIDAYS);
    changed.WORKTIME_HOLIDAYS = normaliseHolidays(days);
  }
  return changed;
}

function tariffLimits(columns: LineValues["columns"], tariff: LineTariff): LineValues["columns"] {
  const limited: LineValues["columns"] = {};
  if (!tariff.queueToAll && columns.QUEUE_TYPE === "all") limited.QUEUE_TYPE = "evenly";
  if (!tariff.workingHours) limited.WORKTIME_ENABLE = "N";
  if (!tariff.customerRating) limited.VOTE_MESSAGE = "N";
  return limited;
}
