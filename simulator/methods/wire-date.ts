const offsetMinutes = 60;
const suffix = "+01:00";

/** A date as the portal writes it: ISO 8601 with the server's offset, whole seconds. @param at unix milliseconds */
export function isoDate(at: number): string {
  return `${new Date(at + offsetMinutes * 60_000).toISOString().slice(0, 19)}${suffix}`;
}

/** A date of a request, unix milliseconds; undefined when it is none. */
export function parseDate(value: unknown): number | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
