import type { SessionRowFragment } from "../graphql.ts";

const COLUMNS: Readonly<Record<string, (session: SessionRowFragment) => string | number | null | undefined>> = {
  id: ({ id }) => id,
  chatId: ({ chat }) => chat?.id,
  title: ({ chat }) => chat?.title,
  customer: ({ customer }) => customer?.name,
  operator: ({ operator }) => operator?.name,
  lineId: ({ line }) => line?.id,
  source: ({ sourceCode }) => sourceCode,
  state: ({ state }) => state,
  startedAt: ({ startedAt }) => startedAt,
  closedAt: ({ closedAt }) => closedAt,
  closeReason: ({ closeReason }) => closeReason,
  waitedForAnswerSeconds: ({ waitedForAnswerSeconds }) => waitedForAnswerSeconds,
  messageCount: ({ messageCount }) => messageCount,
  customerRating: ({ customerRating }) => customerRating,
};

/** A table that spreadsheets open, with a line of names. */
export function csvOf(sessions: readonly SessionRowFragment[]): string {
  const rows = sessions.map((session) => Object.values(COLUMNS).map((read) => field(read(session))));
  // Without the mark some spreadsheets take the text for another encoding.
  return `\uFEFF${[Object.keys(COLUMNS), ...rows].map((row) => row.join(",")).join("\r\n")}\r\n`;
}

/** Customers choose their names: a spreadsheet must not take one for a formula. */
function field(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
