import { isDeepStrictEqual } from "node:util";
import type { Id } from "../../../datasources/domain/ids.ts";
import type { InboxItemRecord } from "../../../datasources/domain/inbox-item.ts";
import type { InboxDifference, InboxWish } from "./inbox-request.ts";

/** The rows that a subscription shows, in their order. */
export interface InboxWindow {
  readonly items: ReadonlyMap<Id, InboxItemRecord>;
  readonly hasMore: boolean;
}

/** The first rows of a list that are wanted. `hasMore`: the portal has more of the list than was read. */
export function windowOn(
  list: Iterable<InboxItemRecord>,
  { first, matches }: InboxWish,
  hasMore: boolean,
): InboxWindow {
  const items = new Map<Id, InboxItemRecord>();
  for (const item of list) {
    if (!matches(item)) continue;
    if (items.size === first) return { items, hasMore: true };
    items.set(item.id, item);
  }
  return { items, hasMore };
}

/** What leads from one window to the next; undefined where nothing differs. Without a former window it is all of the next one. */
export function differenceOf(shown: InboxWindow | undefined, next: InboxWindow): InboxDifference | undefined {
  const order = [...next.items.keys()];
  const { hasMore } = next;
  if (shown === undefined) {
    return { isWholeList: true, order, changed: [...next.items.values()], removedIds: [], hasMore };
  }
  const changed = [...next.items.values()].filter((item) => !isSame(shown.items.get(item.id), item));
  const removedIds = [...shown.items.keys()].filter((id) => !next.items.has(id));
  const isSameOrder = removedIds.length === 0 && [...shown.items.keys()].every((id, place) => order[place] === id);
  if (changed.length === 0 && isSameOrder && order.length === shown.items.size && hasMore === shown.hasMore)
    return undefined;
  return { isWholeList: false, order, changed, removedIds, hasMore };
}

function isSame(shown: InboxItemRecord | undefined, item: InboxItemRecord): boolean {
  return shown !== undefined && (shown === item || isDeepStrictEqual(shown, item));
}
