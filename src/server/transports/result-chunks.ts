import type { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { ResultForm } from "./gathered-writes.ts";

const BEFORE = Buffer.from("event: next\ndata: ");
const BEHIND = Buffer.from("\n\n");
const END_OF_LINE = "\r\n";

/**
 * Results as server-sent events. All streams get the same bytes, which are made once and never changed. The key tells whether they lie within a
 * chunk of HTTP/1.1's transfer coding, or are as they are, for HTTP/1.0.
 */
export function createResultChunks(): ResultForm<boolean> {
  let last: { readonly result: LiveResult; readonly isChunked: boolean; readonly bytes: Buffer } | undefined;
  return {
    length: chunkLength,
    copy: writeChunk,
    alone(result, isChunked) {
      if (last?.result !== result || last.isChunked !== isChunked) {
        const bytes = Buffer.allocUnsafe(chunkLength(result, isChunked));
        writeChunk(result, isChunked, bytes, 0);
        last = { result, isChunked, bytes };
      }
      return last.bytes;
    },
    keep: () => {},
  };
}

function eventLength(result: LiveResult): number {
  return BEFORE.length + result.bytes.length + BEHIND.length;
}

function chunkLength(result: LiveResult, isChunked: boolean): number {
  const length = eventLength(result);
  return isChunked ? length.toString(16).length + length + 2 * END_OF_LINE.length : length;
}

/** Returns the place behind it. */
function writeChunk(result: LiveResult, isChunked: boolean, target: Buffer, begin: number): number {
  let at = begin;
  if (isChunked) at += target.write(`${eventLength(result).toString(16)}${END_OF_LINE}`, at, "latin1");
  for (const part of [BEFORE, result.bytes, BEHIND]) at += part.copy(target, at);
  if (isChunked) at += target.write(END_OF_LINE, at, "latin1");
  return at;
}
