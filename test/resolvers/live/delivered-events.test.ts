import { expect, test } from "vitest";
import { liveEventOf } from "../../../src/resolvers/live/delivered-events.ts";

const address = { connectorId: null, lineId: null, chatId: "5", externalChatId: null, userId: null };

test.each([
  ["TRANSFER", "TRANSFER"],
  ["AN_ACTION_OF_ANOTHER_VERSION", "OTHER"],
  ["constructor", "OTHER"],
])("a change that was stored as %s is told as %s", (source, told) => {
  const event = { kind: "chatChanged", address, dispatchedAt: null, source } as const;
  const delivery = { cursor: "c", receivedAt: new Date(), content: { kind: "event", event, chatId: "5" } } as const;
  expect(liveEventOf(delivery)).toMatchObject({ source: told });
});
