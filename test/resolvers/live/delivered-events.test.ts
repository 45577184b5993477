import { expect, test } from "vitest";
import { liveEventOf } from "../../../src/resolvers/live/delivered-events.ts";
import { splitSignature } from "../../../src/resolvers/live/signature.ts";

const ORIGIN = "https://portal.example";
const address = { connectorId: null, lineId: null, chatId: "5", externalChatId: null, namedChatId: null, userId: null };

test.each([
  ["TRANSFER", "TRANSFER"],
  ["AN_ACTION_OF_ANOTHER_VERSION", "OTHER"],
  ["constructor", "OTHER"],
])("a change that was stored as %s is told as %s", (source, told) => {
  const event = { kind: "chatChanged", address, dispatchedAt: null, source, changed: [], formerUserIds: [] } as const;
  const delivery = { cursor: "c", receivedAt: new Date(), content: { kind: "event", event } } as const;
  expect(liveEventOf(delivery, ORIGIN)).toMatchObject({ source: told });
});

test("a page of the portal that a delivered file leads to is completed with the portal's own host", () => {
  const file = { name: "a.pdf", kind: null, mimeType: null, size: null, width: null, height: null };
  const message = {
    messageId: "9",
    externalIds: [],
    text: "[b]Anna:[/b][br]see [b]this:[/b][br]",
    authorId: "1",
    isSystem: false,
    sentAt: null,
    files: [
      { ...file, url: "/pub/im.file.php?FILE_ID=1", downloadUrl: "https://elsewhere.example/a.pdf" },
      { ...file, url: null, downloadUrl: null },
    ],
  };
  const event = { kind: "messageAdded", address, dispatchedAt: null, direction: "OUTGOING", message } as const;
  const delivery = { cursor: "c", receivedAt: new Date(), content: { kind: "event", event } } as const;
  expect(liveEventOf(delivery, ORIGIN)).toMatchObject({
    content: {
      text: "see [b]this:[/b][br]",
      signature: "Anna",
      files: [
        { url: "https://portal.example/pub/im.file.php?FILE_ID=1", downloadUrl: "https://elsewhere.example/a.pdf" },
        { url: null, downloadUrl: null },
      ],
    },
  });
});

test.each([
  ["[b]Anna:[/b][br]Hello", "Hello", "Anna"],
  ["[B]Анна Иванова:[/B]\nПривет", "Привет", "Анна Иванова"],
  ["[b]Anna:[/b][br]", null, "Anna"],
  ["[b]Anna:[/b] Hello", "[b]Anna:[/b] Hello", null],
  ["Hello [b]Anna:[/b][br]", "Hello [b]Anna:[/b][br]", null],
  ["[b][i]x[/i]:[/b][br]Hello", "[b][i]x[/i]:[/b][br]Hello", null],
  [null, null, null],
])("the signature before %j is told apart from what was written", (given, text, signature) => {
  expect(splitSignature(given)).toEqual({ text, signature });
});
