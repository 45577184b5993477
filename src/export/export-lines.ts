import type { ExportedSession } from "./export-sessions.ts";

/** One session as a line of JSON has it; also what a gateway sends to whoever exports. */
export interface ExportRow {
  readonly [name: string]: unknown;
}

/** Times are RFC 3339 in UTC; what is not told is null. */
export function exportRow({ session, statistics, transfers, messages, cursor }: ExportedSession): ExportRow {
  return {
    id: session.id,
    source: session.source === "reports" ? "REPORTS" : "CRM_ACTIVITIES",
    state: session.state ?? null,
    startedAt: session.startedAt,
    firstAnsweredAt: session.firstAnsweredAt ?? null,
    operatorAnsweredAt: session.operatorAnsweredAt ?? null,
    closedAt: session.closedAt ?? null,
    closeReason: session.closeReason ?? null,
    lineId: session.lineId ?? null,
    sourceCode: session.sourceCode ?? null,
    operatorId: session.operatorId ?? null,
    customerId: session.customerId ?? null,
    userCode: session.userCode ?? null,
    chatId: session.chatId ?? null,
    crmEntityType: session.crmEntity?.type ?? null,
    crmEntityId: session.crmEntity?.id ?? null,
    customerRating: session.customerRating ?? null,
    supervisorRating: session.supervisorRating ?? null,
    supervisorComment: session.supervisorComment ?? null,
    waitedForAnswerSeconds: session.waitedForAnswerSeconds ?? null,
    waitedForCloseSeconds: session.waitedForCloseSeconds ?? null,
    isFirstAnswerInTime: session.isFirstAnswerInTime ?? null,
    messageCount: session.messageCount ?? null,
    operatorMessageCount: statistics?.operatorMessageCount ?? null,
    customerMessageCount: statistics?.customerMessageCount ?? null,
    queueTransferCount: session.queueTransferCount ?? null,
    cursor,
    transfers: transfers.map(({ sessionId: _session, ...transfer }) => transfer),
    ...(messages === null
      ? {}
      : { messages: messages.map(({ id, sentAt, authorId, text }) => ({ id, sentAt, authorId, text })) }),
  };
}

const COLUMNS = [
  "id",
  "source",
  "state",
  "startedAt",
  "firstAnsweredAt",
  "operatorAnsweredAt",
  "closedAt",
  "closeReason",
  "lineId",
  "sourceCode",
  "operatorId",
  "customerId",
  "userCode",
  "chatId",
  "crmEntityType",
  "crmEntityId",
  "customerRating",
  "supervisorRating",
  "supervisorComment",
  "waitedForAnswerSeconds",
  "waitedForCloseSeconds",
  "isFirstAnswerInTime",
  "messageCount",
  "operatorMessageCount",
  "customerMessageCount",
  "queueTransferCount",
  "cursor",
];
/** Where a line has the cursor. */
export const CURSOR_COLUMN: number = COLUMNS.length - 1;
const MESSAGE_COLUMNS = ["messageId", "messageSentAt", "messageAuthorId", "messageText"];

export function csvHead(withMessages: boolean): string {
  return csvLine([...COLUMNS, ...(withMessages ? MESSAGE_COLUMNS : ["transfers"])]);
}

/** A line for the session; with messages one for each of them, or one without when there are none. */
export function csvLines(row: ExportRow, withMessages: boolean): string {
  const cells = COLUMNS.map((column) => row[column]);
  if (!withMessages) return csvLine([...cells, Array.isArray(row.transfers) ? row.transfers.length : null]);
  const messages: readonly unknown[] = Array.isArray(row.messages) ? row.messages : [];
  if (messages.length === 0) return csvLine([...cells, ...MESSAGE_COLUMNS.map(() => null)]);
  return messages
    .map((message) => {
      const { id, sentAt, authorId, text } = Object(message);
      return csvLine([...cells, id, sentAt, authorId, text]);
    })
    .join("");
}

function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/**
 * A cell by RFC 4180. What a spreadsheet would take for a formula gets an apostrophe in front: a customer's text must not run on the computer of
 * whoever opens the file.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const plain = value instanceof Date ? value.toISOString() : String(value);
  const text = /^[=+\-@\t\r\n]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
