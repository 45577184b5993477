import { describe, expect, it } from "vitest";
import { createLiveList, type LiveList, type ToldMessage } from "../../../../src/subscriptions/live/inbox/live-list.ts";
import { listOf, row } from "./rows.ts";

function message(text: string, seenAt: number, at = seenAt): ToldMessage {
  return {
    preview: { messageId: `m-${text}`, text, sentAt: null, authorId: null, hasFile: false, hasAttachment: false },
    at: new Date(1_800_000_000_000 + at),
    seenAt,
  };
}

const texts = (list: LiveList): unknown[] => list.rows().map(({ id, preview }) => [id, preview?.text]);

describe("a list with what events told", () => {
  it("moves a row to the head of the pinned or of the others, the newest message first", () => {
    const list = createLiveList();
    list.take(listOf([row(1, { isPinned: true }), row(2, { isPinned: true }), row(3), row(4), row(5)]), 10);
    for (const [id, at] of [
      ["4", 11],
      ["5", 12],
      ["2", 13],
    ] as const)
      expect(list.note(id, message(`to ${id}`, at))).toBe(true);
    expect(texts(list)).toEqual([
      ["2", "to 2"],
      ["1", "Message 1"],
      ["5", "to 5"],
      ["4", "to 4"],
      ["3", "Message 3"],
    ]);
    expect(list.rows()[0]).toMatchObject({ changedAt: message("", 13).at, record: { lastMessageId: "m-to 2" } });
  });

  it("shows pinned ones first where a portal lists them among the others", () => {
    const list = createLiveList();
    list.take(listOf([row(1), row(2), row(3, { isPinned: true }), row(4)]), 1);
    expect(list.rows().map(({ id }) => id)).toEqual(["3", "1", "2", "4"]);
  });

  it("leaves alone what it has no row of, what the list knows already, and what is older than what was told", () => {
    const list = createLiveList();
    expect(list.note("1", message("early", 1))).toBe(false);
    list.take(listOf([row(1)]), 10);
    expect(list.note("2", message("foreign", 11))).toBe(false);
    expect(list.note("1", message("known", 10))).toBe(false);
    expect(list.note("1", message("new", 12, 12))).toBe(true);
    expect(list.note("1", message("late", 13, 5))).toBe(false);
    expect(texts(list)).toEqual([["1", "new"]]);
  });

  it("forgets a message when a list comes that was asked for after it, and keeps it against one asked for before", () => {
    const list = createLiveList();
    list.take(listOf([row(1), row(2)]), 10);
    list.note("2", message("new", 20));
    list.take(listOf([row(1), row(2)]), 15);
    expect(texts(list)).toEqual([
      ["2", "new"],
      ["1", "Message 1"],
    ]);
    list.take(listOf([row(1), row(2)]), 25);
    expect(texts(list)).toEqual([
      ["1", "Message 1"],
      ["2", "Message 2"],
    ]);
    list.take(listOf([row(9)]), 24);
    expect(texts(list)).toHaveLength(2);
  });
});
