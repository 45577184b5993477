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
