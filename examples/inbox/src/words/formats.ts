import { useWords } from "./language.tsx";

/** How times, numbers and sizes are written in the language that was chosen. */
export interface Formats {
  /** The hour of today, the day of this year, or the date. */
  moment(at: Date): string;
  time(at: Date): string;
  day(at: Date): string;
  /** Day and hour. */
  full(at: Date): string;
  number(value: number | null): string;
  /** Of 1, as percents. */
  share(value: number | null): string;
  /** As hours, minutes and seconds. */
  seconds(value: number | null): string;
  /** In the largest unit that fits. */
  bytes(count: number): string;
}

/** What is not known. */
const NONE = "–";
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function useFormats(): Formats {
  const { locale } = useWords();
  return formatsOf(ownLocale(locale));
}

const made = new Map<string, Formats>();

/** Made once: what writes a date takes long to make, and longer to throw away, and each message of a long conversation needs it. */
function formatsOf(locale: string): Formats {
  const formats = made.get(locale) ?? createFormats(locale);
  made.set(locale, formats);
  return formats;
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
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: "percent" });
  const two = (part: number) => String(part).padStart(2, "0");
  return {
    moment(at) {
      const now = new Date();
      if (at.toDateString() === now.toDateString()) return time.format(at);
      return at.getFullYear() === now.getFullYear() ? dayOfYear.format(at) : date.format(at);
    },
    time: (at) => time.format(at),
    day: (at) => day.format(at),
    full: (at) => full.format(at),
    number: (value) => (value === null ? NONE : number.format(value)),
    share: (value) => (value === null ? NONE : share.format(value)),
    seconds(value) {
      if (value === null) return NONE;
      const total = Math.round(value);
      const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
      return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
    },
    bytes(count) {
      const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
      const format = { style: "unit", unit: BYTE_UNITS[power], maximumFractionDigits: power === 0 ? 0 : 1 } as const;
      return new Intl.NumberFormat(locale, format).format(count / 1_000 ** power);
    },
  };
}
