import { phpValues } from "../../php-value.ts";
import type { Params } from "../../protocol/php-form.ts";
import { RestError } from "../../rest-error.ts";
import { isPresent } from "../param-reading.ts";

const maxListItems = 1000;
const maxOffset = 10_000;
const maxLimit = 200;
const maxPeriodMs = 366 * 24 * 60 * 60 * 1000;
const fullDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

export function invalidFilter(text = "Invalid filter value"): RestError {
  return new RestError("INVALID_FILTER", text);
}

/** A whole number from `min` on, as JSON's number or as digits; undefined when it is left out. */
export function wholeNumber(params: Params, key: string, min: number): number | undefined {
  return isPresent(params, key) ? asWholeNumber(params[key], min) : undefined;
}

function asWholeNumber(value: unknown, min: number): number {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < min) throw invalidFilter();
  return number;
}

function listOf<T>(params: Params, key: string, read: (value: unknown) => T): Set<T> | undefined {
  if (!isPresent(params, key)) return undefined;
  const values = phpValues(params[key]);
  if (!values || values.length > maxListItems) throw invalidFilter();
  return new Set(values.map(read));
}

/** `configId` or `configIdList`: the list wins; an empty list restricts nothing. */
export function ids(params: Params, key: string): Set<number> | undefined {
  const list = listOf(params, `${key}List`, (value) => asWholeNumber(value, 1));
  if (list) return list.size > 0 ? list : undefined;
  const one = wholeNumber(params, key, 1);
  return one === undefined ? undefined : new Set([one]);
}

/** `source` or `sourceList`, as with `ids`. */
export function texts(params: Params, key: string): Set<string> | undefined {
  const list = listOf(params, `${key}List`, text);
  if (list) return list.size > 0 ? list : undefined;
  return isPresent(params, key) ? new Set([text(params[key])]) : undefined;
}

function text(value: unknown): string {
  if (typeof value !== "string" || value === "") throw invalidFilter();
  return value;
}

/** One of the words; undefined when it is left out. */
export function word<T extends string>(params: Params, key: string, words: readonly T[]): T | undefined {
  if (!isPresent(params, key)) return undefined;
  const found = words.find((candidate) => candidate === params[key]);
  if (found === undefined) throw invalidFilter(`Invalid ${key} filter value`);
  return found;
}

export function flag(params: Params, key: string): boolean | undefined {
  if (!isPresent(params, key)) return undefined;
  const value = params[key];
  if (value === true || value === "true" || value === "Y" || value === "1" || value === 1) return true;
  if (value === false || value === "false" || value === "N" || value === "0" || value === 0) return false;
  throw invalidFilter();
}

function date(params: Params, key: string): number | undefined {
  if (!isPresent(params, key)) return undefined;
  const value = params[key];
  const at = typeof value === "string" && fullDate.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw invalidFilter();
  return at;
}

/** Unix milliseconds, both ends included. */
export interface Period {
  from: number | undefined;
  to: number | undefined;
}

export function isComplete({ from, to }: Period): boolean {
  return from !== undefined && to !== undefined;
}

export function contains({ from, to }: Period, at: number | null): boolean {
  if (from === undefined && to === undefined) return true;
  return at !== null && (from === undefined || at >= from) && (to === undefined || at <= to);
}

/** `<key>From` and `<key>To`; a complete period is at most 366 days long. */
export function period(params: Params, key: string): Period {
  const from = date(params, `${key}From`);
  const to = date(params, `${key}To`);
  if (from !== undefined && to !== undefined) {
    if (from > to) throw invalidFilter();
    if (to - from > maxPeriodMs) {
      throw new RestError("PERIOD_TOO_LARGE", "The requested period exceeds the maximum of 1 year");
    }
  }
  return { from, to };
}

/** The same where both ends must be given. */
export function requiredPeriod(params: Params, key: string): Period {
  if (isPresent(params, `${key}From`) && isPresent(params, `${key}To`)) return period(params, key);
  throw new RestError("PERIOD_REQUIRED", `${key}From and ${key}To are required`);
}

export interface Page {
  offset: number;
  limit: number;
}

export function page(params: Params, checksOffset = true): Page {
  const offset = wholeNumber(params, "offset", 0) ?? 0;
  if (checksOffset && offset > maxOffset) throw new RestError("OFFSET_TOO_LARGE", "Offset is too large");
  const limit = wholeNumber(params, "limit", 1) ?? 50;
  if (limit > maxLimit) throw invalidFilter();
  return { offset, limit };
}

export interface Cut<T> {
  rows: T[];
  hasNextPage: boolean;
}

/** One page of the rows; a full page promises another, which may turn out empty. */
export function cut<T>(rows: readonly T[], { offset, limit }: Page): Cut<T> {
  const part = rows.slice(offset, offset + limit);
  return { rows: part, hasNextPage: part.length === limit };
}

/** The ids of `sessionId`, each once; the engine's own error when it is missing or no array. */
export function sessionIds(params: Params, most: number): number[] {
  const value = params.sessionId;
  if (value === undefined || value === null) {
    throw new RestError("100", "Could not find value for parameter {sessionId}");
  }
  const values = phpValues(value);
  if (!values) {
    const shown = `Invalid value {${String(value)}} to match with parameter {sessionId}.`;
    throw new RestError("100", `${shown} Should be value of type array.`);
  }
  const unique = [...new Set(values.map((item) => Math.trunc(Number(item)) || 0))];
  if (unique.length > most) {
    throw new RestError("BATCH_LIMIT_EXCEEDED", `sessionId batch must not exceed ${most} items`);
  }
  return unique;
}
