const offsetMinutes = 60;
const suffix = "+01:00";
const cacheLimit = 50_000;
const written = new Map<number, string>();

/** A date as the portal writes it: ISO 8601 with the server's offset, whole seconds. @param at unix milliseconds */
export function isoDate(at: number): string {
  const seconds = Math.floor(at / 1000);
  const known = written.get(seconds);
  if (known !== undefined) return known;
  const text = `${new Date(seconds * 1000 + offsetMinutes * 60_000).toISOString().slice(0, 19)}${suffix}`;
  if (written.size >= cacheLimit) written.clear();
  written.set(seconds, text);
  return text;
}

/** A date of a request, unix milliseconds; undefined when it is none. */
export function parseDate(value: unknown): number | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

/** The hour of the day, 0 to 23, by the server's clock. */
export function serverHour(at: number): number {
  return new Date(at + offsetMinutes * 60_000).getUTCHours();
}
