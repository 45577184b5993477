import type { Id } from "./ids.ts";

/** Compares ids as numbers without turning them into numbers, which would not be exact past 2^53. */
export function compareIds(a: Id, b: Id): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts by ascending id, in place; a list that is in order already, the usual case, is only looked through. */
export function inIdOrder<T extends { readonly id: Id }>(items: T[]): T[] {
  for (let index = 1; index < items.length; index++) {
    const before = items[index - 1];
    const here = items[index];
    if (before !== undefined && here !== undefined && compareIds(before.id, here.id) > 0)
      return items.sort((a, b) => compareIds(a.id, b.id));
  }
  return items;
}
