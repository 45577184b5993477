import { type Decoder, list, WireError } from "./wire.ts";

/** A list without the elements that cannot be read. */
export function kept<T>(value: unknown, path: string, item: Decoder<T>): T[] {
  const items: T[] = [];
  list(value, path, (entry, at) => {
    const read = readable(item, entry, at);
    if (read !== undefined) items.push(read.value);
  });
  return items;
}

/** For what a record may do without: a value that is not understood counts as "none". */
export function ornamental<T>(decode: Decoder<T | null>, value: unknown, path: string): T | null {
  return readable(decode, value, path)?.value ?? null;
}

function readable<T>(decode: Decoder<T>, value: unknown, path: string): { readonly value: T } | undefined {
  try {
    return { value: decode(value, path) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return undefined;
  }
}
