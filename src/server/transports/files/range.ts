import { Transform, type TransformCallback } from "node:stream";

/** Bytes of contents, both ends included. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** A header that asks for one part; undefined for anything else, which is answered with the whole. */
export function singleRange(header: string | undefined): string | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return undefined;
  // What ends before it begins is no part.
  return first !== "" && last !== "" && Number(last) < Number(first) ? undefined : header;
}

/** The part of contents of that size; undefined where it lies outside. */
export function partOf(range: string, size: number): Part | undefined {
  const [first = "", last = ""] = range.slice("bytes=".length).split("-");
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return from <= to && from < size ? { from, to } : undefined;
}

/** Whether a part that a portal sends lies within the contents, and is of what was asked for from its beginning. */
export function isOfRange({ from, to, size }: Part & { readonly size: number | null }, range: string): boolean {
  if (from > to || (size !== null && to >= size)) return false;
  const [first = "", last = ""] = range.slice("bytes=".length).split("-");
  if (first !== "") return from === Number(first) && (last === "" || to <= Number(last));
  return to - from < Number(last) && (size === null || to === size - 1);
}

/** Lets the bytes of one part through and ends after them; for a portal that sends everything. */
export function cutOut({ from, to }: Part): Transform {
  let at = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const start = Math.max(0, from - at);
      const end = Math.min(chunk.length, to + 1 - at);
      at += chunk.length;
      if (start < end) this.push(chunk.subarray(start, end));
      if (at > to) this.push(null);
      done();
    },
  });
}
