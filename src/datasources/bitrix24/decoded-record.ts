import { decodeLater, type LaterDecoding, laterDecoding } from "./decoding.ts";
import type { Decoder, WireObject } from "./wire.ts";
import { ornamental } from "./wire-lists.ts";

/** What a part of an answer says in one column; undefined where it does not tell. `path` leads to the whole record. */
export type Column<V> = (raw: WireObject, path: string) => V;

/** One column for each member of a record but its id. */
export type Columns<T> = { readonly [K in keyof Omit<T, "id">]-?: Column<T[K]> };

/** A column under the first of these names that the answer has; one that is not understood is noted and null. */
export function column<V>(decode: Decoder<V | null>, ...names: readonly [string, ...string[]]) {
  return (raw: WireObject, path: string): V | null | undefined => {
    for (const name of names) {
      const value = raw[name];
      if (value !== undefined) return ornamental(decode, value, `${path}.${name}`);
    }
    return undefined;
  };
}

/** The same for a record whose members are all told: null where the answer lacks the column. */
export function columnOrNull<V>(decode: Decoder<V | null>, ...names: readonly [string, ...string[]]) {
  const read = column(decode, ...names);
  return (raw: WireObject, path: string): V | null => read(raw, path) ?? null;
}

/**
 * A record of which a column is decoded when it is first read, since hardly any operation selects all of them. Its members are getters of a class:
 * objects with getters of their own would each keep alive what their request had.
 */
class DecodedRecord {
  readonly id: string;
  readonly #raw: WireObject;
  readonly #path: string;
  readonly #later: LaterDecoding;
  #values: unknown[] | undefined;

  constructor(id: string, raw: WireObject, path: string) {
    this.id = id;
    this.#raw = raw;
    this.#path = path;
    this.#later = laterDecoding();
  }

  static read(record: DecodedRecord, place: number, count: number, read: Column<unknown>): unknown {
    const known = record.#values?.[place];
    return known === undefined ? DecodedRecord.#decoded(record, place, count, read) : known;
  }

  /** A function of its own, since what a function hands to others lies in memory for each of its calls. */
  static #decoded(record: DecodedRecord, place: number, count: number, read: Column<unknown>): unknown {
    const value = decodeLater(record.#later, () => read(record.#raw, record.#path));
    if (value !== undefined) {
      record.#values ??= new Array(count);
      record.#values[place] = value;
    }
    return value;
  }

  static methodOf(record: object): string | undefined {
    return #later in record ? record.#later.method : undefined;
  }

  static rawOf(record: object): WireObject | undefined {
    return #raw in record ? record.#raw : undefined;
  }
}

/** The method whose answer a record was decoded from; undefined for one that is put together otherwise. */
export function methodOf(record: object): string | undefined {
  return DecodedRecord.methodOf(record);
}

/** What the portal sent of a record, all of which it keeps in memory; undefined for one that is put together otherwise. */
export function rawOf(record: object): WireObject | undefined {
  return DecodedRecord.rawOf(record);
}

/** How records of a kind are made: from what an answer says of the one with this id. Only while the answer is being decoded. */
export function defineRecord<T extends { readonly id: string }>(
  columns: Columns<T>,
): (id: string, raw: WireObject, path: string) => T {
  class Kind extends DecodedRecord {}
  const entries = Object.entries<Column<unknown>>(columns);
  for (const [place, [name, read]] of entries.entries()) {
    Object.defineProperty(Kind.prototype, name, {
      get(this: DecodedRecord) {
        return DecodedRecord.read(this, place, entries.length, read);
      },
    });
  }
  // The columns are those of T, each with its type.
  return (id, raw, path) => new Kind(id, raw, path) as DecodedRecord & T;
}
