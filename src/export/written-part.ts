import { createReadStream } from "node:fs";
import { CURSOR_COLUMN, csvHead } from "./export-lines.ts";

/** What an earlier export left in a file. */
export interface WrittenPart {
  /** Bytes of it that are whole; what stands behind them was being written when it was stopped. */
  readonly length: number;
  /** The cursor of the last whole session; undefined where there is none. */
  readonly after: string | undefined;
}

const NOTHING: WrittenPart = { length: 0, after: undefined };
const QUOTE = 34;
const LINE_FEED = 10;

/**
 * Looks through a file that an export of this format has begun; undefined where there is no such file. Throws an `Error` for one that
 * holds something else.
 */
export async function readWrittenPart(
  path: string,
  format: "csv" | "ndjson",
  withMessages: boolean,
): Promise<WrittenPart | undefined> {
  try {
    const lines = linesOf(path, format === "csv");
    return format === "csv" ? await wholeCsv(lines, withMessages, path) : await wholeJson(lines, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

interface Line {
  readonly text: string;
  /** Where it ends in the file, in bytes; undefined for a torn last one. */
  readonly to: number | undefined;
}

/** In a table a quoted cell may have more lines than one. */
async function* linesOf(path: string, isTable: boolean): AsyncGenerator<Line> {
  let at = 0;
  let isQuoted = false;
  let begun: Buffer[] = [];
  for await (const chunk of createReadStream(path)) {
    const bytes = Buffer.from(chunk);
    let start = 0;
    for (let index = 0; index < bytes.length; index++) {
      if (isTable && bytes[index] === QUOTE) isQuoted = !isQuoted;
      if (bytes[index] !== LINE_FEED || isQuoted) continue;
      yield { text: Buffer.concat([...begun, bytes.subarray(start, index)]).toString(), to: at + index + 1 };
      begun = [];
      start = index + 1;
    }
    begun.push(bytes.subarray(start));
    at += bytes.length;
  }
  const torn = Buffer.concat(begun).toString();
  if (torn !== "") yield { text: torn, to: undefined };
}

async function wholeJson(lines: AsyncIterable<Line>, path: string): Promise<WrittenPart> {
  let part = NOTHING;
  for await (const { text, to } of lines) {
    const after = to === undefined ? undefined : cursorOfJson(text);
    if (to !== undefined && after !== undefined) part = { length: to, after };
    else if (to !== undefined || !text.startsWith("{")) throw notOurs(path);
  }
  return part;
}

function cursorOfJson(text: string): string | undefined {
  try {
    const { cursor } = Object(JSON.parse(text));
    return typeof cursor === "string" ? cursor : undefined;
  } catch {
    return undefined;
  }
}

/** With messages a session has a line for each of them, so that the last session may lack some: it is written anew. */
async function wholeCsv(lines: AsyncIterable<Line>, withMessages: boolean, path: string): Promise<WrittenPart> {
  const head = csvHead(withMessages).trimEnd();
  let part = NOTHING;
  let current: WrittenPart | undefined;
  for await (const { text, to } of lines) {
    if (current === undefined) {
      if (to === undefined ? !head.startsWith(text.trimEnd()) : text.trimEnd() !== head) throw notOurs(path);
      current = { length: to ?? 0, after: undefined };
      part = current;
      continue;
    }
    if (to === undefined) break;
    const after = cellsOf(text)[CURSOR_COLUMN];
    if (after === undefined) throw notOurs(path);
    if (!withMessages) part = { length: to, after };
    else if (after !== current.after) part = current;
    current = { length: to, after };
  }
  return part;
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function notOurs(path: string): Error {
  return new Error(`${path} holds something else than this export: name another file, or remove it.`);
}
