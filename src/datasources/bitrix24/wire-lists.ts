import { noteLeftOut } from "./decoding.ts";
import { type Decoder, isPlainObject, WireError } from "./wire.ts";

/** A list; an object whose values are the items is accepted too (PHP sends one when keys have gaps). Nothing, `null`, `false`, `""` are an empty list. */
export function list<T>(value: unknown, path: string, item: Decoder<T>): T[] {
  if (value === undefined || value === null || value === false || value === "") return [];
  if (Array.isArray(value)) return value.map((entry, index) => item(entry, `${path}[${index}]`));
  if (isPlainObject(value)) return Object.entries(value).map(([key, entry]) => item(entry, `${path}.${key}`));
  throw new WireError(path, "a list", value);
}

const INDEX = /^[0-9]+$/;

/** The items of a list, also of one that became a map of its indices, or the one value that came without the list around it. */
export function listOrOne(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isPlainObject(value)) return [value];
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => INDEX.test(key)) ? Object.values(value) : [value];
}

/** A list without the elements that cannot be read: each of them is noted and left out. */
export function kept<T>(value: unknown, path: string, item: Decoder<T>): T[] {
  const items: T[] = [];
  list(value, path, (entry, at) => {
    const read = readable(item, entry, at);
    if (read !== undefined) items.push(read.value);
  });
  return items;
}

/** A page of a list that is asked for by position: what cannot be read leaves a gap, not a shorter page. */
export interface Rows<T> {
  readonly items: readonly T[];
  /** Where each item stood in the page, from 0. */
  readonly positions: readonly number[];
  /** How many rows the portal gave, readable or not. */
  readonly count: number;
}

/** The rows of a page without those that cannot be read, and without the places of what is gone, for which `item` answers null. */
export function keptRows<T>(value: unknown, path: string, item: Decoder<T | null>): Rows<T> {
  const items: T[] = [];
  const positions: number[] = [];
  let count = 0;
  list(value, path, (entry, at) => {
    const read = readable(item, entry, at)?.value ?? null;
    if (read !== null) {
      items.push(read);
      positions.push(count);
    }
    count += 1;
  });
  return { items, positions, count };
}

/** Entries of a map without those that cannot be read. */
export function keptEntries<T>(value: unknown, path: string, item: Decoder<T>): [key: string, value: T][] {
  return entries(value, path, (entry, at) => readable(item, entry, at)).flatMap(([key, read]) =>
    read === undefined ? [] : [[key, read.value] satisfies [string, T]],
  );
}

/** What a decoder makes of a value; undefined, and noted, for one that it does not understand. */
export function readable<T>(decode: Decoder<T>, value: unknown, path: string): { readonly value: T } | undefined {
  try {
    return { value: decode(value, path) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    noteLeftOut(error.path);
    return undefined;
  }
}

/** For what a record may do without: a value that is not understood is noted and counts as "none". */
export function ornamental<T>(decode: Decoder<T | null>, value: unknown, path: string): T | null {
  return readable(decode, value, path)?.value ?? null;
}

/** A list that a record may do without, and whose elements may be left out each. */
export function ornamentalList<T>(value: unknown, path: string, item: Decoder<T>): T[] {
  return readable((each, at) => kept(each, at, item), value, path)?.value ?? [];
}

/** Entries of a map by id. PHP sends `[]` when it is empty; any other list is not understood, because ids begin with 1 and a list has lost them. */
export function entries<T>(value: unknown, path: string, item: Decoder<T>): [key: string, value: T][] {
  if (value === undefined || value === null || value === false || value === "") return [];
  if (Array.isArray(value) && value.length === 0) return [];
  if (isPlainObject(value)) return Object.entries(value).map(([key, entry]) => [key, item(entry, `${path}.${key}`)]);
  throw new WireError(path, "a map", value);
}
