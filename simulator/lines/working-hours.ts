/** The latest start of a working day, and the end that the latest start gets. */
const LATEST_START = "23.30";
const LAST_MINUTE = "23.59";

export const DEFAULT_WORKING_HOURS: WorkingHours = { from: "9", to: "18.30" };

export interface WorkingHours {
  readonly from: string;
  readonly to: string;
}

const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const TIME = /^\d{1,2}(\.\d{1,2})?$/;

/**
 * Working hours as they are stored. Times are `H` or `H.MM` with a dot; if one of both is anything else (such as
 * `09:00`) both fall back to 9 and 18.30. A start after 23.30 becomes 23.30. An end that is not after the start becomes
 * one hour after it, or 23.59 from 23.30 on (that the portal corrects the end so is deduced, not documented).
 */
export function normaliseWorkingHours(from: string, to: string): WorkingHours {
  if (!TIME.test(from) || !TIME.test(to)) return DEFAULT_WORKING_HOURS;
  const start = Number(from) > Number(LATEST_START) ? LATEST_START : from;
  if (Number(to) > Number(start)) return { from: start, to };
  return { from: start, to: Number(start) < Number(LATEST_START) ? oneHourLater(start) : LAST_MINUTE };
}

function oneHourLater(time: string): string {
  const dot = time.indexOf(".");
  return dot < 0 ? String(Number(time) + 1) : `${Number(time.slice(0, dot)) + 1}${time.slice(dot)}`;
}

/** Days off as the stored list "SA,SU"; codes that are no weekday are dropped. */
export function normaliseDaysOff(days: readonly string[]): string {
  return days.filter((day) => DAYS.includes(day)).join(",");
}

/** Holidays as the stored list "1.1,25.12"; "" as soon as one part is no `d.m`. */
export function normaliseHolidays(days: string): string {
  const parts = days.split(",").map((day) => day.trim());
  return parts.every(isDayAndMonth) ? parts.join(",") : "";
}

function isDayAndMonth(text: string): boolean {
  const [day, month] = /^\d{1,2}\.\d{1,2}$/.test(text) ? text.split(".").map(Number) : [];
  return day !== undefined && month !== undefined && day >= 1 && day <= 31 && month >= 1 && month <= 12;
}
