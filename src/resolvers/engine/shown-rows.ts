import type { Rows } from "../../datasources/bitrix24/wire-lists.ts";

/** What a page shows of the rows of a list that is asked for by position, with a row more than it shows. */
export interface ShownRows<T> {
  readonly items: readonly T[];
  readonly hasNextPage: boolean;
  /** Where the list goes on behind each of them. */
  readonly placesAfter: readonly number[];
  /** Where it goes on behind the page, whose last row may be one that cannot be read; undefined at the end. */
  readonly end: number | undefined;
}

/** Rows from `offset` on, at most `size`. `goesOn`: the portal says that the list is longer than what it sent, which may be less than was asked for. */
export function shownRows<T>(rows: Rows<T>, offset: number, size: number, goesOn = false): ShownRows<T> {
  const places = rows.positions.filter((position) => position < size);
  const hasNextPage = rows.count > size || (goesOn && rows.count > 0);
  return {
    items: rows.items.slice(0, places.length),
    hasNextPage,
    placesAfter: places.map((position) => offset + position + 1),
    end: hasNextPage ? offset + Math.min(size, rows.count) : undefined,
  };
}
