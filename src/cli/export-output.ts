import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { truncate } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { formatExportCursor } from "../export/export-cursor.ts";
import { type ExportedRow, type ExportRequest, sentenceOf } from "../export/export-endpoint.ts";
import { csvHead, csvLines } from "../export/export-lines.ts";
import { readWrittenPart } from "../export/written-part.ts";
import { type ExportFormat, type ExportOptions, parseCursor } from "./export-options.ts";

export interface SessionsIo {
  readonly out: Writable;
  readonly err: Writable;
  /** Fires when the person wants it to stop. */
  readonly signal: AbortSignal;
}

/** The rows, and what is to be closed after them. */
export interface OpenRows {
  readonly rows: AsyncGenerator<ExportedRow>;
  close(): Promise<void>;
}

export type OpenExport = (request: ExportRequest, signal: AbortSignal) => Promise<OpenRows>;

interface Output {
  readonly request: ExportRequest;
  readonly format: ExportFormat;
  /** The line of names is there already. */
  readonly isBegun: boolean;
}

const PROGRESS_MS = 2_000;

/** Writes an export to where it is to go. Answers the exit code. */
export async function writeExport(io: SessionsIo, options: ExportOptions, open: OpenExport): Promise<number> {
  const { request, format, file } = options;
  if (file === undefined) return exportInto(io, { request, format, isBegun: request.after !== undefined }, open);
  const part = await readWrittenPart(file, format, request.withMessages);
  const after = part?.after === undefined ? undefined : parseCursor(part.after, `The last line of ${file}`);
  if (part !== undefined) await truncate(file, part.length);
  const out = createWriteStream(file, { flags: "a" });
  const isBegun = part !== undefined && part.length > 0;
  const code = await exportInto({ ...io, out }, { request: { ...request, after }, format, isBegun }, open);
  out.end();
  // What went wrong with it was told.
  await finished(out).catch(() => undefined);
  return code;
}

/** Writes the rows as they come, tells progress, and how to go on when it stops. */
async function exportInto(
  { out, err, signal }: SessionsIo,
  { request, format, isBegun }: Output,
  open: OpenExport,
): Promise<number> {
  const broken = new AbortController();
  // Whoever reads has gone, such as `head`, or the disk is full. What comes after the last row is told too late to be removed here.
  out.on("error", (error) => broken.abort(error));
  // Nobody reads how it goes on: the sessions go on.
  err.on("error", () => undefined);
  let count = 0;
  let written: string | undefined;
  let toldAt = 0;
  const stopping = AbortSignal.any([signal, broken.signal]);
  const opened = await open(request, stopping);
  try {
    if (format === "csv" && !isBegun) out.write(csvHead(request.withMessages));
    for await (const { row, after } of opened.rows) {
      if (stopping.aborted) break;
      const text = format === "csv" ? csvLines(row, request.withMessages) : `${JSON.stringify(row)}\n`;
      const isFull = !out.write(text, (error) => {
        if (error) return;
        count += 1;
        written = after;
      });
      if (isFull) await once(out, "drain", { signal: stopping });
      if (written !== undefined && performance.now() - toldAt >= PROGRESS_MS) {
        toldAt = performance.now();
        err.write(`${count} sessions, up to ${startOf(row)}; --after ${written}\n`);
      }
    }
  } catch (error) {
    if (!stopping.aborted) err.write(`${sentenceOf(error)}\n`);
    await flushed(out);
    return stopped();
  } finally {
    await opened.close();
  }
  await flushed(out);
  if (stopping.aborted) return stopped();
  err.write(`${count} sessions.\n`);
  return 0;

  function stopped(): number {
    if (broken.signal.aborted) err.write(`${brokenBy(broken.signal.reason)}\n`);
    const place = written ?? (request.after === undefined ? undefined : formatExportCursor(request.after));
    err.write(`Stopped after ${count} sessions.${place === undefined ? "" : ` Go on with --after ${place}`}\n`);
    return 1;
  }
}

/** What was written has left this process, or never will. */
async function flushed(out: Writable): Promise<void> {
  if (out.destroyed) return;
  await new Promise<void>((done) => {
    out.write("", () => done());
  });
}

function brokenBy(reason: unknown): string {
  const isReader = reason instanceof Error && "code" in reason && reason.code === "EPIPE";
  return isReader
    ? "Nobody reads the output any more. Sessions that were on their way are not where it went."
    : `The output cannot be written: ${reason instanceof Error ? reason.message : String(reason)}`;
}

function startOf({ startedAt }: ExportedRow["row"]): string {
  return startedAt instanceof Date ? startedAt.toISOString() : String(startedAt);
}
