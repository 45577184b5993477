import { WireError } from "../../bitrix24/wire.ts";

const WIRE_TIME = /^\s*(\d{1,2})(?:[.:](\d{1,2})(?::\d{2})?)?\s*$/;
const WIRE_HOLIDAY = /^(\d{1,2})\.(\d{1,2})$/;

/**
 * `HH:MM` from the portal's `H` or `H.MM` (`9`, `18.30`, `23.59`); `09:00` is understood too. One digit after the dot is tens of minutes,
 * because PHP writes the number 18.30 as `18.3`. null for "" and nothing.
 */
export function decodeTimeOfDay(value: unknown, path: string): string | null {
  if (value === undefined || value === null || value === "") return null;
  const text = typeof value === "number" ? String(value) : value;
  const match = typeof text === "string" ? WIRE_TIME.exec(text) : null;
  if (match === null) throw new WireError(path, "a time such as 9 or 18.30", value);
  const hours = (match[1] ?? "").padStart(2, "0");
  const minutes = (match[2] ?? "").padEnd(2, "0");
  if (Number(hours) > 23 || Number(minutes) > 59) throw new WireError(path, "a time such as 9 or 18.30", value);
  return `${hours}:${minutes}`;
}

/** `H` or `H.MM` with a dot: the only spelling that the portal does not silently replace by 9 and 18.30. Takes `HH:MM`. */
export function encodeTimeOfDay(time: string): string {
  const [hours = "0", minutes = "00"] = time.split(":");
  return minutes === "00" ? String(Number(hours)) : `${Number(hours)}.${minutes}`;
}

/** `DD.MM` from `d.m`; a text of another shape is passed on as it is. */
export function decodeHoliday(text: string): string {
  const match = WIRE_HOLIDAY.exec(text.trim());
  return match === null ? text : `${(match[1] ?? "").padStart(2, "0")}.${(match[2] ?? "").padStart(2, "0")}`;
}

/** The portal moves a later start back to this time. */
export const latestStart = "23:30";

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the text is a day of the year as `DD.MM`. */
export function isHoliday(text: string): boolean {
  const match = /^(\d{2})\.(\d{2})$/.exec(text);
  const day = Number(match?.[1]);
  return day >= 1 && day <= (DAYS_OF_MONTH[Number(match?.[2]) - 1] ?? 0);
}

/** Whether the text names a time zone. The portal stores anything, and then counts the hours in its own zone. */
export function isTimeZone(text: string): boolean {
  try {
    return text !== "" && Intl.DateTimeFormat("en", { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
}
