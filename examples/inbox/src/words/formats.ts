import { useMemo } from "react";
import { useWords } from "./language.tsx";

/** How times, numbers and sizes are written in the language that was chosen. */
export interface Formats {
  /** The hour of today, the day of this year, or the date. */
  moment(at: Date): string;
  time(at: Date): string;
  day(at: Date): string;
  /** Day and hour. */
  full(at: Date): string;
  /** In the largest unit that fits. */
  bytes(count: number): string;
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function useFormats(): Formats {
  const { locale } = useWords();
  return useMemo(() => createFormats(ownLocale(locale)), [locale]);
}

/** As people write in their own country, where that speaks the language. */
function ownLocale(language: string): string {
  return navigator.languages.find((each) => each.split("-")[0] === language) ?? language;
}

function createFormats(locale: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  return {
    moment(at) {
      const now = new Date();
      if (at.toDateString() === now.toDateString()) return time.format(at);
      return at.getFullYear() === now.getFullYear() ? dayOfYear.format(at) : date.format(at);
    },
    time: (at) => time.format(at),
    day: (at) => day.format(at),
    full: (at) => full.format(at),
    bytes(count) {
      const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
      const format = { style: "unit", unit: BYTE_UNITS[power], maximumFractionDigits: power === 0 ? 0 : 1 } as const;
      return new Intl.NumberFormat(locale, format).format(count / 1_000 ** power);
    },
  };
}
