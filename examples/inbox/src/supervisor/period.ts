/** Days as `<input type="date">` has them, the last one included; in the time zone of whoever looks. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export function lastDays(count: number): Period {
  const from = new Date();
  from.setDate(from.getDate() - count + 1);
  return { from: dayOf(from), to: dayOf(new Date()) };
}

/** Undefined where a day is missing, or the first comes after the last. */
export function instantsOf({ from, to }: Period): { readonly from: string; readonly to: string } | undefined {
  const begin = new Date(`${from}T00:00:00`);
  const end = new Date(`${to}T23:59:59`);
  if (Number.isNaN(begin.getTime()) || Number.isNaN(end.getTime()) || begin > end) return undefined;
  return { from: begin.toISOString(), to: end.toISOString() };
}

function dayOf(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
