import { describe, expect, it } from "vitest";
import { PortalRateLimited, PortalRefusal } from "../../../../src/datasources/bitrix24/errors.ts";
import type { InboxDelivery } from "../../../../src/subscriptions/live/inbox/inbox-request.ts";
import { InboxRequest } from "../../../../src/subscriptions/live/inbox/inbox-request.ts";
import { type InboxStream, openInboxStream } from "../../../../src/subscriptions/live/inbox/inbox-stream.ts";
import { createLiveList, type LiveList } from "../../../../src/subscriptions/live/inbox/live-list.ts";
import { LiveResult } from "../../../../src/subscriptions/live/live-result.ts";
import { until } from "../../../kit/until.ts";
import { listOf, row } from "./rows.ts";

interface Shown {
  readonly list: LiveList;
  readonly stream: InboxStream;
  readonly deliveries: InboxDelivery[];
  readonly errors: unknown[];
  /** Whether the stream is over, and with what. */
  readonly ended: Promise<void>;
  /** Lets the client take what it was given; from then on it takes everything at once. */
  readAll(): void;
}

interface ShowOptions {
  readonly first?: number;
  readonly matches?: (unread: number) => boolean;
  /** The client does not take anything before `readAll`. */
  readonly isSlow?: boolean;
  readonly cannotExecute?: () => boolean;
}

function show({ first = 10, matches = () => true, isSlow = false, cannotExecute }: ShowOptions = {}): Shown {
  const list = createLiveList();
  const deliveries: InboxDelivery[] = [];
  const errors: unknown[] = [];
  let taking: Promise<void> | undefined;
  let readAll = (): void => {};
  if (isSlow) taking = new Promise((resolve) => (readAll = resolve));
  const stream = openInboxStream({
    request: new InboxRequest({ first, matches: ({ record }) => matches(record.unreadCount ?? 0) }),
    list,
    async execute(delivery) {
      if (cannotExecute?.() === true) throw new Error("no context");
      deliveries.push(delivery);
      return new LiveResult({});
    },
    failed(error) {
      errors.push(error);
      return new LiveResult({});
    },
    closed: () => {},
  });
  return { list, stream, deliveries, errors, ended: stream.run(() => taking), readAll };
}

function take({ list, stream }: Shown, items: Parameters<typeof listOf>[0], askedAt: number, hasMore = false): void {
  list.take(listOf(items, hasMore), askedAt);
  stream.moved();
}

const ids = (delivery: InboxDelivery | undefined): unknown => [
  delivery?.isWholeList,
  delivery?.order,
  delivery?.changed.map(({ id }) => id),
  delivery?.removedIds,
];

describe("a window on a list", () => {
  it("tells all of it, then rows that came, differ and went, and nothing when nothing differs", async () => {
    const shown = show();
    take(shown, [row(1), row(2), row(3)], 1);
    await until(() => shown.deliveries.length === 1);
    take(shown, [row(1), row(2), row(3)], 2);
    take(shown, [row(4), row(1), row(3, { unread: 1 })], 3);
    await until(() => shown.deliveries.length === 2);
    expect(shown.deliveries.map(ids)).toEqual([
      [true, ["1", "2", "3"], ["1", "2", "3"], []],
      [false, ["4", "1", "3"], ["4", "3"], ["2"]],
    ]);
  });

  it("tells an order that differs alone, and that the list goes on below it or no longer", async () => {
    const shown = show({ first: 2 });
    take(shown, [row(1), row(2), row(3)], 1);
    await until(() => shown.deliveries.length === 1);
    take(shown, [row(2), row(1), row(3)], 2);
    await until(() => shown.deliveries.length === 2);
    take(shown, [row(2), row(1)], 3);
    await until(() => shown.deliveries.length === 3);
    take(shown, [row(2), row(1)], 4, true);
    await until(() => shown.deliveries.length === 4);
    expect(shown.deliveries.map(({ hasMore }) => hasMore)).toEqual([true, true, false, true]);
    expect(ids(shown.deliveries[1])).toEqual([false, ["2", "1"], [], []]);
  });

  it("holds rows that are wanted alone: one that is no longer is removed, one that is pushed out too", async () => {
    const shown = show({ first: 2, matches: (unread) => unread > 0 });
    take(shown, [row(1), row(2, { unread: 1 }), row(3, { unread: 1 }), row(4, { unread: 1 })], 1);
    await until(() => shown.deliveries.length === 1);
    take(shown, [row(1, { unread: 1 }), row(2), row(3, { unread: 1 }), row(4, { unread: 1 })], 2);
    await until(() => shown.deliveries.length === 2);
    expect(shown.deliveries.map(ids)).toEqual([
      [true, ["2", "3"], ["2", "3"], []],
      [false, ["1", "3"], ["1"], ["2"]],
    ]);
  });

  it("gives a client that is slow what differs in the end, not each step, and holds one result for it", async () => {
    const shown = show({ isSlow: true });
    take(shown, [row(1)], 1);
    await until(() => shown.deliveries.length === 1);
    for (let step = 1; step <= 50; step += 1) take(shown, [row(1, { unread: step })], 1 + step);
    expect(shown.deliveries).toHaveLength(1);
    shown.readAll();
    await until(() => shown.deliveries.length === 2);
    expect(shown.deliveries[1]?.changed[0]?.record.unreadCount).toBe(50);
  });

  it("tells all of it again when a result could not be made", async () => {
    let isBroken = false;
    const shown = show({ cannotExecute: () => isBroken });
    take(shown, [row(1), row(2)], 1);
    await until(() => shown.deliveries.length === 1);
    isBroken = true;
    take(shown, [row(1), row(3)], 2);
    await until(() => shown.errors.length === 1);
    isBroken = false;
    take(shown, [row(1), row(3)], 3);
    await until(() => shown.deliveries.length === 2);
    expect(ids(shown.deliveries[1])).toEqual([true, ["1", "3"], ["1", "3"], []]);
    expect(shown.errors).toHaveLength(1);
  });

  it("says that a list cannot be read as long as there is none, and ends only where nothing could be read any more", async () => {
    const shown = show();
    const busy = new PortalRateLimited("busy", 1);
    shown.stream.failed(busy);
    await until(() => shown.errors.length === 1);
    take(shown, [row(1)], 1);
    await until(() => shown.deliveries.length === 1);
    shown.stream.failed(busy);
    const gone = new PortalRefusal("im.recent.get", "INVALID_CREDENTIALS", "", 401);
    shown.stream.failed(gone);
    await shown.ended;
    expect(shown.errors).toEqual([busy, gone]);
    take(shown, [row(2)], 2);
    expect(shown.deliveries).toHaveLength(1);
  });

  it("ends with a client that cannot be written to", async () => {
    const list = createLiveList();
    const stream = openInboxStream({
      request: new InboxRequest({ first: 1, matches: () => true }),
      list,
      execute: async () => new LiveResult({}),
      failed: () => new LiveResult({}),
      closed: () => {},
    });
    const ended = stream.run(() => Promise.reject(new Error("broken pipe")));
    list.take(listOf([row(1)]), 1);
    stream.moved();
    await expect(ended).rejects.toThrow("broken pipe");
  });
});
