import { optionalLargeInteger, WireError } from "./wire.ts";

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

/** Milliseconds of an ISO 8601 time with an offset, or of unix seconds; NaN for anything else. */
function textTime(value: string): number {
  const time = portalTime(value);
  if (!Number.isNaN(time)) return time;
  if (UNIX_SECONDS.test(value)) return Number(value) * 1000;
  if (!ISO_INSTANT.test(value)) return Number.NaN;
  if (!isCalendarDay(Number(value.slice(0, 4)), twoDigits(value, 5), twoDigits(value, 8))) return Number.NaN;
  return Date.parse(value.replace(" ", "T").replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
/** Unix seconds of the first moment that is not written with four digits. */
export const YEAR_10000 = 253_402_300_800;
/** From 2001 to 2286: fewer digits are no time of a portal's. */
const UNIX_SECONDS = /^[1-9][0-9]{9}$/;

/** An instant from ISO 8601 with an offset, or from unix seconds. A time without an offset is not an instant and is refused. */
export function instant(value: unknown, path: string): Date {
  const found = optionalInstant(value, path);
  if (found === null) throw new WireError(path, "a time (ISO 8601 with an offset)", value);
  return found;
}

/** The same in milliseconds since 1970, which take less memory than a date. */
export function instantMs(value: unknown, path: string): number {
  const time = typeof value === "string" ? portalTime(value) : Number.NaN;
  return Number.isNaN(time) ? instant(value, path).getTime() : time;
}

/** An instant, or null for the portal's spellings of "no date": nothing, `null`, `false`, `""`, `0`, `"0"`, `{}`, `[]`. */
export function optionalInstant(value: unknown, path: string): Date | null {
  if (value === undefined || value === null || value === false || value === "" || value === 0 || value === "0")
    return null;
  if (typeof value === "string" || typeof value === "number") {
    const time = textTime(String(value));
    if (!Number.isNaN(time)) return new Date(time);
  }
  if (typeof value === "object" && Object.keys(value).length === 0) return null;
  throw new WireError(path, "a time (ISO 8601 with an offset)", value);
}

/** An instant from unix seconds (number or digits); 0 is "no date". */
export function optionalUnixTime(value: unknown, path: string): Date | null {
  const seconds = optionalLargeInteger(value, path);
  if (seconds === null || seconds === 0) return null;
  if (seconds < 0 || seconds >= YEAR_10000) throw new WireError(path, "unix seconds", value);
  return new Date(seconds * 1000);
}
