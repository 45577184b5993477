import { expect, test } from "vitest";
import type { ChatRecord } from "../../../src/datasources/domain/chat.ts";
import { participantsOf } from "../../../src/subscriptions/live/chat-participants.ts";

function chat(participantCount: number | null, more: Partial<ChatRecord> = {}): ChatRecord {
  const readMarks = [{ userId: "587", userName: null, messageId: null, readAt: null }];
  return { id: "5", source: "full", operatorId: "27", readMarks, participantCount, ...more };
}

test.each([
  [2, true],
  [3, false],
  // A count that no chat has says nothing about who is in it.
  [0, false],
  [null, false],
])("where the portal counts %j of whom two are known, nobody else takes part: %j", (count, areAll) => {
  const found = participantsOf(chat(count), null);
  expect([...found.ids].sort()).toEqual(["27", "587"]);
  expect(found.areAll).toBe(areAll);
});

test("who read the record takes part by his role, which the marks leave out", () => {
  expect(participantsOf(chat(3, { viewerRole: "MEMBER" }), "31").areAll).toBe(true);
  expect(participantsOf(chat(3, { viewerRole: "GUEST" }), "31").ids.has("31")).toBe(false);
});
