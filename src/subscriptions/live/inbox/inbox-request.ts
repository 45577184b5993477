import type { Id } from "../../../datasources/domain/ids.ts";
import type { InboxItemRecord } from "../../../datasources/domain/inbox-item.ts";
import type { UserRecord } from "../../../datasources/domain/user.ts";

/** What a subscription to the viewer's own list asked for. */
export interface InboxWish {
  /** Rows of the window, 1..100. */
  readonly first: number;
  readonly matches: (item: InboxItemRecord) => boolean;
}

/**
 * The field's `subscribe` returns it in place of a stream: the pipeline opens a window on the viewer's list for it. It is an async iterable only
 * because graphql-js insists on one.
 */
export class InboxRequest implements AsyncIterable<never> {
  readonly wish: InboxWish;

  constructor(wish: InboxWish) {
    this.wish = wish;
  }

  // biome-ignore lint/correctness/useYield: never iterated
  async *[Symbol.asyncIterator](): AsyncGenerator<never> {
    throw new Error("an inbox request is opened by the operation pipeline");
  }
}

/** What became of a window since what was handed over before. */
export interface InboxDifference {
  readonly isWholeList: boolean;
  readonly order: readonly Id[];
  /** Rows that came or differ, in the window's order. */
  readonly changed: readonly InboxItemRecord[];
  readonly removedIds: readonly Id[];
  readonly hasMore: boolean;
}

/** Root value of one execution. */
export interface InboxDelivery extends InboxDifference {
  readonly request: InboxRequest;
  /** Authors of last messages, as the list told them. */
  readonly users: readonly UserRecord[];
}
