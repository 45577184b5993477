import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InboxItemRecord } from "../../src/datasources/domain/inbox-item.ts";
import { createListDigests, type ListDigests } from "../../src/server/list-digests.ts";
import { type EventStorage, openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import type { DialogList } from "../../src/subscriptions/live/dialog-lists.ts";
import type { LiveViewer } from "../../src/subscriptions/live/live-viewer.ts";
import { eventually } from "../kit/until.ts";
import { adapters, type Place } from "../storage/adapters.ts";

const viewerOf = (credentialKey: string): LiveViewer => ({
  portal: { host: "portal.example", memberId: "portal" },
  credentialKey,
  rightsKey: credentialKey,
  scope: "own",
  grantedLines: new Set(),
});

function listOf(...texts: readonly string[]): DialogList {
  const items = texts.map((text, index): InboxItemRecord => {
    const id = String(index + 1);
    const preview = { messageId: null, text, sentAt: null, authorId: null, hasFile: null, hasAttachment: null };
    return {
      id,
      record: { id, source: "partial" },
      preview,
      status: null,
      statusCode: null,
      isPinned: null,
      isMarkedAsUnread: null,
      changedAt: new Date(0),
    };
  });
  return {
    chats: new Map(items.map(({ id, record }) => [id, record])),
    items,
    users: [],
    hasMore: false,
    isTold: true,
  };
}

describe.each(adapters)("a list that two processes read, with $name between them", ({ makePlace }) => {
  let place: Place;
  let storage: EventStorage;
  let one: ListDigests;
  let other: ListDigests;
  beforeAll(async () => {
    place = await makePlace();
    storage = await openEventStorage(place.config);
    one = createListDigests(storage.keyValues, (error) => expect.fail(String(error)));
    other = createListDigests(storage.keyValues, (error) => expect.fail(String(error)));
  });
  afterAll(async () => {
    await storage.close();
    await place.remove();
  });

  test("is the same to both until one reads another, and is nobody else's", async () => {
    const own = viewerOf("27");
    expect(await other.isSameElsewhere(own)).toBe(false);
    one.note(own, listOf("Hello", "Bye"));
    await eventually(async () => expect(await one.isSameElsewhere(own)).toBe(true));
    expect(await other.isSameElsewhere(own)).toBe(false);
    other.note(own, listOf("Hello", "Bye"));
    expect(await other.isSameElsewhere(own)).toBe(true);
    one.note(own, listOf("Hello", "Bye now"));
    await eventually(async () => expect(await other.isSameElsewhere(own)).toBe(false));
    expect(await other.isSameElsewhere(viewerOf("31"))).toBe(false);
  });

  test("leaves nothing of itself in the store", async () => {
    const own = viewerOf("44");
    one.note(own, listOf("a customer's secret"));
    await eventually(async () => expect(await one.isSameElsewhere(own)).toBe(true));
    const kept = await storage.keyValues.list("list-digests");
    expect(JSON.stringify(kept)).not.toContain("secret");
    for (const { value } of kept) expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
