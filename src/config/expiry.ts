import { z } from "zod";

const DAY_MS = 24 * 60 * 60 * 1_000;
const UNITS: Readonly<Record<string, number>> = { h: 60 * 60 * 1_000, d: DAY_MS, w: 7 * DAY_MS };
const LONGEST_MS = 3_650 * DAY_MS;

/** Years have four digits wherever the end of a key is written. */
const LAST_MS = Date.UTC(10_000, 0, 1) - 1;

/** A written day such as `2027-01-31`; its end, in UTC, as milliseconds of `Date.now()`. */
export const endOfDay = z.iso
  .date("takes a day such as 2027-01-31 as the end of a key")
  .transform((day) => Math.min(Date.parse(`${day}T00:00:00Z`) + DAY_MS, LAST_MS));

/** When something ends that lasts `90d`, `12h` or `4w` from `now`, or to the end of a day to come; undefined for another text. */
export function expiryAfter(text: string, now: number): Date | undefined {
  const [, count, unit] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? [];
  const lasting = Number(count) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (lasting <= LONGEST_MS) return new Date(now + lasting);
  const day = endOfDay.safeParse(text);
  return day.success && day.data > now ? new Date(day.data) : undefined;
}
