import { parseArgs } from "node:util";
import { type ExportCursor, parseExportCursor } from "../export/export-cursor.ts";
import type { ExportRequest } from "../export/export-endpoint.ts";

export const SESSIONS_USAGE = `Usage:
  npm run sessions -- export --credential NAME --from TIME [--to TIME] [--line ID …] [--format csv|ndjson] [--messages] [--file FILE | --after CURSOR]

  --credential  whose sessions: a name of BITRIX24_CREDENTIALS_FILE, or default (BITRIX24_WEBHOOK_URL)
  --from, --to  when the sessions began: 2026-01-31, or 2026-01-31T12:00:00Z; --to is now by default
  --line        only this line; may be given several times
  --format      ndjson (one JSON object per line, the default) or csv
  --messages    with the messages of each session: one call more for each
  --file        into this file; one that the same command has begun, however it ended, is gone on with
  --after       go on behind a session: its cursor, which stands in its line, and on standard error when it stops

Sessions go to standard output or into the file, progress to standard error.`;

export type ExportFormat = "csv" | "ndjson";

/** What the command line asks for. */
export interface ExportOptions {
  readonly request: ExportRequest;
  readonly format: ExportFormat;
  /** Undefined: standard output. */
  readonly file: string | undefined;
}

/** Undefined where the usage says more. Throws an `Error` for a value that cannot be meant. */
export function parseOptions(args: readonly string[]): ExportOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      credential: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      line: { type: "string", multiple: true },
      format: { type: "string", default: "ndjson" },
      messages: { type: "boolean", default: false },
      file: { type: "string" },
      after: { type: "string" },
    },
  });
  const { credential, format, file } = values;
  if (positionals.length !== 1 || positionals[0] !== "export" || credential === undefined || values.from === undefined)
    return undefined;
  if (format !== "csv" && format !== "ndjson") throw new Error(`--format must be csv or ndjson. Got ${format}.`);
  const from = parseTime(values.from, "--from", "begin");
  const to = values.to === undefined ? new Date() : parseTime(values.to, "--to", "end");
  if (from > to) throw new Error("--from must not be later than --to.");
  const wrong = values.line?.find((line) => !/^[1-9]\d{0,18}$/.test(line));
  if (wrong !== undefined) throw new Error(`--line must be a line's id, such as 7. Got ${wrong}.`);
  if (file !== undefined && values.after !== undefined)
    throw new Error("--file finds out by itself where to go on: leave --after out.");
  const after = values.after === undefined ? undefined : parseCursor(values.after, "--after");
  const request = { credential, from, to, lineIds: values.line, withMessages: values.messages, after };
  return { request, format, file };
}

/** Throws an `Error` for a text that is no cursor; `name` says where it stands. */
export function parseCursor(text: string, name: string): ExportCursor {
  const cursor = parseExportCursor(text);
  if (cursor === undefined)
    throw new Error(`${name} must be a cursor as an export printed it, such as r1767225600-4711.`);
  return cursor;
}

/** A day stands for its beginning, or its end, in UTC. */
function parseTime(text: string, name: string, edge: "begin" | "end"): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = new Date(isDay ? `${text}T${edge === "begin" ? "00:00:00" : "23:59:59"}Z` : text);
  if ((isDay || isInstant) && !Number.isNaN(time.getTime())) return time;
  throw new Error(`${name} must be a day such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z. Got ${text}.`);
}
