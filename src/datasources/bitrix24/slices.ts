import { setImmediate as nextTurn } from "node:timers/promises";
import { isPlainObject } from "./wire.ts";

/** Rows whose decoding, and all that waits for it, take some ten milliseconds. */
const ROWS_PER_SLICE = 500;

/** Hands out a large answer in slices, between which everybody else has a turn of the event loop. */
export interface Slices {
  /** A part with these results was handed out: a promise where others are to have their turn before the next, else undefined. */
  handedOut(results: readonly unknown[]): Promise<void> | undefined;
}

export function createSlices(): Slices {
  let rows = 0;
  return {
    handedOut(results) {
      for (const result of results) rows += rowsOf(result);
      if (rows < ROWS_PER_SLICE) return undefined;
      rows = 0;
      return nextTurn();
    },
  };
}

/** Elements of the lists and maps of a result. */
function rowsOf(result: unknown): number {
  if (Array.isArray(result)) return result.length;
  if (!isPlainObject(result)) return 1;
  let rows = 0;
  for (const key in result) rows += sizeOf(result[key]);
  return rows;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isPlainObject(value) ? Object.keys(value).length : 0;
}
