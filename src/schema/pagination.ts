import { compareIds } from "../datasources/domain/id-order.ts";
import { type CursorCodec, Page } from "./connections.ts";
import { badUserInput, parsePageSize } from "./input-errors.ts";

/** The four arguments of a list that can be walked both ways. */
export interface WindowArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** What a client asked for: so many items after a position, or so many before one. Without a position: from that end of the list. */
export type Window<Position> =
  | { readonly direction: "forward"; readonly size: number; readonly after: Position | null }
  | { readonly direction: "backward"; readonly size: number; readonly before: Position | null };

/**
 * Reads `first/after` or `last/before`. A client that names neither gets the newest `defaultSize` items. The two pairs
 * cannot be mixed: what the portal offers is one direction at a time.
 */
export function parseWindow<Position>(
  given: WindowArguments,
  cursor: CursorCodec<Position>,
  defaultSize: number,
): Window<Position> {
  const forward = isGiven(given.first) || isGiven(given.after);
  const backward = isGiven(given.last) || isGiven(given.before);
  if (forward && backward) throw badUserInput("Use first with after, or last with before, not both pairs at once.");
  if (forward) {
    const size = parsePageSize(given.first, "first", defaultSize);
    return { direction: "forward", size, after: isGiven(given.after) ? cursor.decode(given.after, "after") : null };
  }
  const size = parsePageSize(given.last, "last", defaultSize);
  return { direction: "backward", size, before: isGiven(given.before) ? cursor.decode(given.before, "before") : null };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/**
 * Cuts a window out of a whole list that is held in memory. `items` are in ascending order of id, and an item that a cursor
 * names may be gone meanwhile: the cut is made by comparing, not by finding.
 */
export function sliceById<Node extends { readonly id: string }>(
  items: readonly Node[],
  window: Window<string>,
  cursor: CursorCodec<string>,
): Page<Node> {
  const [start, end] = boundsOf(items, window);
  return new Page(items.slice(start, end), (node) => cursor.encode(node.id), {
    hasNextPage: end < items.length,
    hasPreviousPage: start > 0,
  });
}

function boundsOf(items: readonly { readonly id: string }[], window: Window<string>): [start: number, end: number] {
  switch (window.direction) {
    case "forward": {
      const start = window.after === null ? 0 : firstIndexPast(items, window.after, true);
      return [start, Math.min(items.length, start + window.size)];
    }
    case "backward": {
      const end = window.before === null ? items.length : firstIndexPast(items, window.before, false);
      return [Math.max(0, end - window.size), end];
    }
  }
}

/** Index of the first item with an id greater than `id`, or equal to it when `beyondEqual` is false. */
function firstIndexPast(items: readonly { readonly id: string }[], id: string, beyondEqual: boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined) break;
    const order = compareIds(item.id, id);
    if (order < 0 || (beyondEqual && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
