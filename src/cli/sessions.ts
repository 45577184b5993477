import "reflect-metadata";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { type Config, ConfigError } from "../config/config.ts";
import { credentialHost } from "../config/credentials.ts";
import type { Environment } from "../config/environment.ts";
import { readConfig } from "../config/read-config.ts";
import { createPortals } from "../datasources/bitrix24/portals.ts";
import { formatExportCursor, parseExportCursor } from "../export/export-cursor.ts";
import {
  type ExportedRow,
  type ExportRequest,
  exportSecret,
  requestExport,
  runExport,
  sentenceOf,
} from "../export/export-endpoint.ts";
import { csvHead, csvLines } from "../export/export-lines.ts";
import { openLiveStore } from "../server/live-store.ts";
import { reachableUrl } from "./gateway-address.ts";

export const SESSIONS_USAGE = `Usage:
  npm run sessions -- export --credential NAME --from TIME [--to TIME] [--line ID …] [--format csv|ndjson] [--messages] [--after CURSOR]

  --credential  whose sessions: a name of BITRIX24_CREDENTIALS_FILE, or default (BITRIX24_WEBHOOK_URL)
  --from, --to  when the sessions began: 2026-01-31, or 2026-01-31T12:00:00Z; --to is now by default
  --line        only this line; may be given several times
  --format      ndjson (one JSON object per line, the default) or csv
  --messages    with the messages of each session: one call more for each
  --after       go on where an export stopped: it says so on standard error

Sessions go to standard output, progress to standard error.`;

export interface SessionsIo {
  readonly out: Writable;
  readonly err: Writable;
  /** Fires when the person wants it to stop. */
  readonly signal: AbortSignal;
}

interface ExportOptions {
  readonly request: ExportRequest;
  readonly format: "csv" | "ndjson";
}

const PROGRESS_MS = 2_000;

/** Runs `npm run sessions`; answers the exit code. */
export async function runSessionsProgram(
  args: readonly string[],
  environment: Environment,
  io: SessionsIo,
): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === undefined) {
      io.err.write(`${SESSIONS_USAGE}\n`);
      return 1;
    }
    const config = readConfig(environment);
    return await exportInto(io, options, (signal) => openRows(config, options.request, signal));
  } catch (error) {
    const lines =
      error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : "It failed."];
    io.err.write(`${lines.join("\n")}\n`);
    return 1;
  }
}

/** Undefined where the usage says more. Throws an `Error` for a value that cannot be meant. */
function parseOptions(args: readonly string[]): ExportOptions | undefined {
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
      after: { type: "string" },
    },
  });
  const { credential, format } = values;
  if (positionals.length !== 1 || positionals[0] !== "export" || credential === undefined || values.from === undefined)
    return undefined;
  if (format !== "csv" && format !== "ndjson") throw new Error(`--format must be csv or ndjson. Got ${format}.`);
  const from = parseTime(values.from, "--from", "begin");
  const to = values.to === undefined ? new Date() : parseTime(values.to, "--to", "end");
  if (from > to) throw new Error("--from must not be later than --to.");
  const wrong = values.line?.find((line) => !/^[1-9]\d{0,18}$/.test(line));
  if (wrong !== undefined) throw new Error(`--line must be a line's id, such as 7. Got ${wrong}.`);
  const after = values.after === undefined ? undefined : parseExportCursor(values.after);
  if (values.after !== undefined && after === undefined)
    throw new Error("--after must be a cursor as an export printed it, such as r1767225600-4711.");
  return {
    request: { credential, from, to, lineIds: values.line, withMessages: values.messages, after },
    format,
  };
}

/** A day stands for its beginning, or its end, in UTC. */
function parseTime(text: string, name: string, edge: "begin" | "end"): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = new Date(isDay ? `${text}T${edge === "begin" ? "00:00:00" : "23:59:59"}Z` : text);
  if ((isDay || isInstant) && !Number.isNaN(time.getTime())) return time;
  throw new Error(`${name} must be a day such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z. Got ${text}.`);
}

/** The rows, and what is to be closed after them. */
interface OpenRows {
  readonly rows: AsyncGenerator<ExportedRow>;
  close(): Promise<void>;
}

/** Through the running gateway, which alone spends the portal's allowance; where none runs, with its store locked against one. */
async function openRows(config: Config, request: ExportRequest, signal: AbortSignal): Promise<OpenRows> {
  const configured = config.portal.credentials.get(request.credential);
  if (configured === undefined) {
    const known = [...config.portal.credentials.keys()].join(", ") || "none";
    throw new Error(`There is no credential ${JSON.stringify(request.credential)}. Configured are: ${known}.`);
  }
  const after = request.after === undefined ? undefined : formatExportCursor(request.after);
  const answer = await requestExport(
    reachableUrl(config.server),
    exportSecret(configured),
    { ...request, after },
    signal,
  );
  switch (answer.kind) {
    case "rows":
      return { rows: answer.rows, close: () => Promise.resolve() };
    case "refused":
      throw new Error(answer.reason);
    case "foreign":
    case "absent": {
      const store = await openLiveStore(config, pino({ level: "silent" }));
      const { plan, allowHttp, proxyUrl, certificateAuthority, userTokenHosts } = config.portal;
      const portals = createPortals({
        plan,
        allowHttp,
        proxyUrl,
        certificateAuthority,
        allowedHosts: [...[...store.credentials.values()].map(credentialHost), ...userTokenHosts],
        createAllowance: store.createAllowance,
        renewTokens: store.renewTokens,
      });
      return {
        rows: runExport(portals, store.credentials.get(request.credential) ?? configured, request, signal),
        async close() {
          await portals.close();
          await store.close();
        },
      };
    }
  }
}

/** Writes the rows as they come, tells progress, and how to go on when it stops. */
export async function exportInto(
  { out, err, signal }: SessionsIo,
  { request, format }: ExportOptions,
  open: (signal: AbortSignal) => Promise<OpenRows>,
): Promise<number> {
  const stop = new AbortController();
  // Whoever reads has gone, such as `head`.
  const onOutError = (): void => stop.abort();
  out.on("error", onOutError);
  let count = 0;
  let after: string | undefined;
  let toldAt = 0;
  const stopping = AbortSignal.any([signal, stop.signal]);
  const opened = await open(stopping);
  try {
    if (format === "csv" && request.after === undefined) out.write(csvHead(request.withMessages));
    for await (const { row, after: cursor } of opened.rows) {
      if (stopping.aborted) break;
      const text = format === "csv" ? csvLines(row, request.withMessages) : `${JSON.stringify(row)}\n`;
      const isFull = !out.write(text);
      count += 1;
      after = cursor;
      if (isFull) await once(out, "drain", { signal: stopping });
      if (performance.now() - toldAt >= PROGRESS_MS) {
        toldAt = performance.now();
        err.write(`${count} sessions, up to ${startOf(row)}; --after ${after}\n`);
      }
    }
    if (!stopping.aborted) {
      err.write(`${count} sessions.\n`);
      return 0;
    }
  } catch (error) {
    if (!stopping.aborted) err.write(`${sentenceOf(error)}\n`);
  } finally {
    out.off("error", onOutError);
    await opened.close();
  }
  const place = after ?? (request.after === undefined ? undefined : formatExportCursor(request.after));
  err.write(`Stopped after ${count} sessions.${place === undefined ? "" : ` Go on with --after ${place}`}\n`);
  return 1;
}

function startOf({ startedAt }: ExportedRow["row"]): string {
  return startedAt instanceof Date ? startedAt.toISOString() : String(startedAt);
}
