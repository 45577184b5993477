import type { Id } from "../domain/ids.ts";
import { addressOf, noteLeftOut } from "./decoding.ts";

/**
 * Decoders for what PHP puts on the wire: numbers as strings, `Y`/`N`, `[]` for an empty map, `""`, `false`, `{}` or `0` for "no date".
 * Each takes the raw value and the path that leads to it, and throws `WireError` for a value that it does not understand.
 */
export class WireError extends Error {
  readonly path: string;
  constructor(path: string, expected: string, value: unknown) {
    super(`${path === "" ? "result" : path}: expected ${expected}, got ${describe(value)}`);
    this.name = "WireError";
    this.path = path;
  }
}

export type WireObject = Readonly<Record<string, unknown>>;
export type Decoder<T> = (value: unknown, path: string) => T;

/** Says what kind of value it is without repeating its content, which may be somebody's message. */
function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty string" : `a string of ${value.length} characters`;
    case "undefined":
      return "nothing";
    case "number":
    case "boolean":
      return String(value);
    default:
      return `an ${typeof value}`;
  }
}

/** An object that is no list. */
export function isPlainObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with string keys; `[]` is PHP's empty map. */
export function object(value: unknown, path: string): WireObject {
  if (isPlainObject(value)) return value;
  if (Array.isArray(value) && value.length === 0) return {};
  throw new WireError(path, "an object", value);
}

/** An object, or null for `null`, `false`, `""`, nothing and `[]`. */
export function optionalObject(value: unknown, path: string): WireObject | null {
  if (value === undefined || value === null || value === false || value === "") return null;
  if (Array.isArray(value) && value.length === 0) return null;
  return object(value, path);
}

/** A list; an object whose values are the items is accepted too (PHP sends one when keys have gaps). Nothing, `null`, `false`, `""` are an empty list. */
export function list<T>(value: unknown, path: string, item: Decoder<T>): T[] {
  if (value === undefined || value === null || value === false || value === "") return [];
  if (Array.isArray(value)) return value.map((entry, index) => item(entry, `${path}[${index}]`));
  if (isPlainObject(value)) return Object.entries(value).map(([key, entry]) => item(entry, `${path}.${key}`));
  throw new WireError(path, "a list", value);
}

/** A list without the elements that cannot be read: each of them is noted and left out. */
export function kept<T>(value: unknown, path: string, item: Decoder<T>): T[] {
  const items: T[] = [];
  list(value, path, (entry, at) => {
    const read = readable(item, entry, at);
    if (read !== undefined) items.push(read.value);
  });
  return items;
}

/** A page of a list that is asked for by position: what cannot be read leaves a gap, not a shorter page. */
export interface Rows<T> {
  readonly items: readonly T[];
  /** Where each item stood in the page, from 0. */
  readonly positions: readonly number[];
  /** How many rows the portal gave, readable or not. */
  readonly count: number;
}

/** The rows of a page without those that cannot be read, and without the places of what is gone, for which `item` answers null. */
export function keptRows<T>(value: unknown, path: string, item: Decoder<T | null>): Rows<T> {
  const items: T[] = [];
  const positions: number[] = [];
  let count = 0;
  list(value, path, (entry, at) => {
    const read = readable(item, entry, at)?.value ?? null;
    if (read !== null) {
      items.push(read);
      positions.push(count);
    }
    count += 1;
  });
  return { items, positions, count };
}

/** Entries of a map without those that cannot be read. */
export function keptEntries<T>(value: unknown, path: string, item: Decoder<T>): [key: string, value: T][] {
  return entries(value, path, (entry, at) => readable(item, entry, at)).flatMap(([key, read]) =>
    read === undefined ? [] : [[key, read.value] satisfies [string, T]],
  );
}

/** What a decoder makes of a value; undefined, and noted, for one that it does not understand. */
export function readable<T>(decode: Decoder<T>, value: unknown, path: string): { readonly value: T } | undefined {
  try {
    return { value: decode(value, path) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    noteLeftOut(error.path);
    return undefined;
  }
}

/** For what a record may do without: a value that is not understood is noted and counts as "none". */
export function ornamental<T>(decode: Decoder<T | null>, value: unknown, path: string): T | null {
  return readable(decode, value, path)?.value ?? null;
}

/** A list that a record may do without, and whose elements may be left out each. */
export function ornamentalList<T>(value: unknown, path: string, item: Decoder<T>): T[] {
  return readable((each, at) => kept(each, at, item), value, path)?.value ?? [];
}

/** Entries of a map by id. PHP sends `[]` when it is empty; any other list is not understood, because ids begin with 1 and a list has lost them. */
export function entries<T>(value: unknown, path: string, item: Decoder<T>): [key: string, value: T][] {
  if (value === undefined || value === null || value === false || value === "") return [];
  if (Array.isArray(value) && value.length === 0) return [];
  if (isPlainObject(value)) return Object.entries(value).map(([key, entry]) => [key, item(entry, `${path}.${key}`)]);
  throw new WireError(path, "a map", value);
}

/** Text. Numbers are accepted, because PHP sends numeric-looking strings either way. */
export function text(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new WireError(path, "a string", value);
}

/** Text, or null for nothing, `null`, `false` and, because PHP sends it for "none", `""`. */
export function optionalText(value: unknown, path: string): string | null {
  if (value === undefined || value === null || value === false || value === "") return null;
  if (Array.isArray(value) && value.length === 0) return null;
  return text(value, path);
}

const DIGITS = /^[0-9]+$/;

/** An id exactly as the gateway writes ids: digits without a leading zero. The usual case on the wire, told without a regular expression. */
export function isCanonicalId(value: unknown): value is Id {
  if (typeof value !== "string" || value.length === 0) return false;
  const first = value.charCodeAt(0);
  if (first < 49 || first > 57) return false;
  for (let index = 1; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** A positive id as digits. Accepts a safe integer or a string of digits; leading zeros go. */
export function id(value: unknown, path: string): Id {
  const found = optionalId(value, path);
  if (found === null) throw new WireError(path, "an id", value);
  return found;
}

/** An id, or null for the portal's spellings of "none": nothing, `null`, `false`, `""`, `0`, `"0"`, `[]`. */
export function optionalId(value: unknown, path: string): Id | null {
  if (isCanonicalId(value)) return value;
  if (value === undefined || value === null || value === false || value === "") return null;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0) throw new WireError(path, "an id", value);
    return value === 0 ? null : String(value);
  }
  if (typeof value === "string") {
    const trimmed = value.trim();
    if (!DIGITS.test(trimmed)) throw new WireError(path, "an id", value);
    const digits = trimmed.replace(/^0+/, "");
    return digits === "" ? null : digits;
  }
  if (Array.isArray(value) && value.length === 0) return null;
  throw new WireError(path, "an id", value);
}

/** The chat id of `chat5`, `"5"` or `5`. */
export function chatId(value: unknown, path: string): Id {
  return id(typeof value === "string" && value.startsWith("chat") ? value.slice(4) : value, path);
}

/** A whole number, from a number or a string of digits with an optional sign. */
export function integer(value: unknown, path: string): number {
  const found = optionalInteger(value, path);
  if (found === null) throw new WireError(path, "a whole number", value);
  return found;
}

/** A whole number, or null for nothing, `null`, `false`, `""`. Fractions and numbers past 2^53 are errors. */
export function optionalInteger(value: unknown, path: string): number | null {
  if (value === undefined || value === null || value === false || value === "") return null;
  const number = typeof value === "string" && /^\s*[+-]?[0-9]+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw new WireError(path, "a whole number", value);
}

/** A flag: `Y`/`N`, `true`/`false`, `1`/`0`, and the same as strings. */
export function flag(value: unknown, path: string): boolean {
  const found = optionalFlag(value, path);
  if (found === null) throw new WireError(path, "a flag (Y or N)", value);
  return found;
}

/** A flag, or null for nothing, `null` and `""`. */
export function optionalFlag(value: unknown, path: string): boolean | null {
  switch (value) {
    case undefined:
    case null:
    case "":
      return null;
    case true:
    case 1:
    case "Y":
    case "y":
    case "1":
    case "true":
      return true;
    case false:
    case 0:
    case "N":
    case "n":
    case "0":
    case "false":
      return false;
    default:
      throw new WireError(path, "a flag (Y or N)", value);
  }
}

/** Two decimal digits at `index`, or -1. */
function twoDigits(value: string, index: number): number {
  const tens = value.charCodeAt(index) - 48;
  const ones = value.charCodeAt(index + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** `Date` would turn the 31st of April into the 1st of May. */
function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 ? (isLeap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return day <= last;
}

/** Milliseconds of `2026-03-11T13:12:46+01:00`, the one spelling that portals send; NaN for every other, which the slower way then judges. */
function portalTime(value: string): number {
  if (value.length !== 25 || value[4] !== "-" || value[7] !== "-" || value[10] !== "T") return Number.NaN;
  if (value[13] !== ":" || value[16] !== ":" || value[22] !== ":") return Number.NaN;
  const sign = value[19] === "+" ? 1 : value[19] === "-" ? -1 : 0;
  const century = twoDigits(value, 0);
  const yearOfCentury = twoDigits(value, 2);
  const month = twoDigits(value, 5);
  const day = twoDigits(value, 8);
  const hour = twoDigits(value, 11);
  const minute = twoDigits(value, 14);
  const second = twoDigits(value, 17);
  const offsetHours = twoDigits(value, 20);
  const offsetMinutes = twoDigits(value, 23);
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  if (sign === 0 || century < 1 || yearOfCentury < 0 || hour < 0 || minute < 0 || second < 0) return Number.NaN;
  if (hour > 23 || minute > 59 || second > 59 || offsetHours < 0 || offsetHours > 23) return Number.NaN;
  if (offsetMinutes < 0 || offsetMinutes > 59) return Number.NaN;
  const year = century * 100 + yearOfCentury;
  if (!isCalendarDay(year, month, day)) return Number.NaN;
  return Date.UTC(year, month - 1, day, hour, minute, second) - sign * (offsetHours * 60 + offsetMinutes) * 60_000;
}

/** Milliseconds of an ISO 8601 time with an offset, or NaN. */
function isoTime(value: string): number {
  const time = portalTime(value);
  if (!Number.isNaN(time)) return time;
  if (!ISO_INSTANT.test(value)) return Number.NaN;
  if (!isCalendarDay(Number(value.slice(0, 4)), twoDigits(value, 5), twoDigits(value, 8))) return Number.NaN;
  return Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** An instant from ISO 8601 with an offset. A time without an offset is not an instant and is refused. */
export function instant(value: unknown, path: string): Date {
  const found = optionalInstant(value, path);
  if (found === null) throw new WireError(path, "a time (ISO 8601 with an offset)", value);
  return found;
}

/** An instant, or null for the portal's spellings of "no date": nothing, `null`, `false`, `""`, `0`, `"0"`, `{}`, `[]`. */
export function optionalInstant(value: unknown, path: string): Date | null {
  if (value === undefined || value === null || value === false || value === "" || value === 0 || value === "0")
    return null;
  if (typeof value === "string") {
    const time = isoTime(value);
    if (!Number.isNaN(time)) return new Date(time);
  }
  if (typeof value === "object" && Object.keys(value).length === 0) return null;
  throw new WireError(path, "a time (ISO 8601 with an offset)", value);
}

/** An instant from unix seconds (number or digits); 0 is "no date". */
export function optionalUnixTime(value: unknown, path: string): Date | null {
  const seconds = optionalInteger(value, path);
  if (seconds === null || seconds === 0) return null;
  const date = new Date(seconds * 1000);
  if (seconds < 0 || Number.isNaN(date.getTime())) throw new WireError(path, "unix seconds", value);
  return date;
}

/** An absolute http(s) address: those that begin with a slash are on the portal that answers; `""` and other spellings of "none" are null. */
export function optionalUrl(value: unknown, path: string): string | null {
  const raw = optionalText(value, path);
  if (raw === null) return null;
  const url = addressOf(raw);
  if (url === undefined) throw new WireError(path, "an address", value);
  return url.href;
}

/** A count or a size: a whole number that is not negative. */
export function count(value: unknown, path: string): number {
  const found = optionalCount(value, path);
  if (found === null) throw new WireError(path, "a count", value);
  return found;
}

/** The same, or null for the spellings of "none". */
export function optionalCount(value: unknown, path: string): number | null {
  const number = optionalInteger(value, path);
  if (number !== null && number < 0) throw new WireError(path, "a count", value);
  return number;
}

/** `{"result": true}` of an action. `false` is a failure that the caller must handle. */
export function acceptance(value: unknown): boolean {
  return flag(value, "");
}
