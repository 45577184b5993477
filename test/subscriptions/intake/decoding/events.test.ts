import { describe, expect, it } from "vitest";
import { OPEN_CHANNEL_EVENTS } from "../../../../src/datasources/imopenlines/portal-events.ts";
import documentedEvents from "../../../fixtures/events.json" with { type: "json" };
import { portalPayloads } from "../../deliveries.ts";
import type { PhpValue } from "../../php-form.ts";
import { decode, decodeData, dispatchedAt, eventsOf } from "./decoding-bodies.ts";

const customerAddress = {
  connectorId: "telegrambot",
  lineId: "107",
  chatId: null,
  externalChatId: "channel-123",
  namedChatId: null,
  userId: "587",
};
const outgoingAddress = { ...customerAddress, chatId: "1807" };
const noMessage = {
  messageId: null,
  externalIds: [],
  text: null,
  authorId: null,
  isSystem: false,
  files: [],
  sentAt: null,
};

describe("what a portal sends", () => {
  it("of a customer's message has the channel's ids and the customer as author", () => {
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEADD", portalPayloads.customerWrites))).toEqual([
      {
        kind: "messageAdded",
        address: customerAddress,
        dispatchedAt,
        direction: "INCOMING",
        message: {
          ...noMessage,
          externalIds: ["ext-9001"],
          text: "Guten Tag, [b]wo[/b] ist mein Paket? 📦",
          authorId: "587",
          sentAt: dispatchedAt,
        },
      },
    ]);
  });

  it("of an operator's message has the portal's ids, the operator and the files", () => {
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEADD", portalPayloads.operatorWrites))).toEqual([
      {
        kind: "messageAdded",
        address: outgoingAddress,
        dispatchedAt,
        direction: "OUTGOING",
        message: {
          ...noMessage,
          messageId: "86497",
          text: "[b]Klaus Weber:[/b] [br]Guten Tag!",
          authorId: "27",
          files: [
            {
              name: "label.png",
              kind: "image",
              mimeType: "image/png",
              size: 20480,
              url: "https://some-domain.bitrix24.com/~abc",
              downloadUrl: "https://some-domain.bitrix24.com/~abc?download",
              width: 640,
              height: 480,
            },
          ],
        },
      },
    ]);
  });

  it("of a system message says so and names no author", () => {
    const [event] = eventsOf(decodeData("ONOPENLINEMESSAGEADD", portalPayloads.systemWrites));
    expect(event).toMatchObject({
      kind: "messageAdded",
      direction: "OUTGOING",
      message: { messageId: "86498", isSystem: true, authorId: null, text: "Please wait." },
    });
  });

  it("of an edit names the message by the channel's ids, and by the portal's when it went out", () => {
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEUPDATE", portalPayloads.customerEdits))).toEqual([
      {
        kind: "messageUpdated",
        address: customerAddress,
        dispatchedAt,
        direction: "INCOMING",
        message: { ...noMessage, externalIds: ["ext-9001"], text: "Guten Morgen", authorId: "587" },
      },
    ]);
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEUPDATE", portalPayloads.operatorEdits))).toEqual([
      {
        kind: "messageUpdated",
        address: { ...outgoingAddress, userId: null },
        dispatchedAt,
        direction: "OUTGOING",
        message: { ...noMessage, messageId: "86497", externalIds: ["ext-1", "ext-2"], text: "Guten Abend!" },
      },
    ]);
  });

  it("of a deletion becomes one event for each message, however many ids it had in the channel", () => {
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEDELETE", portalPayloads.operatorDeletes))).toMatchObject([
      { kind: "messageDeleted", messageId: "86497", externalIds: ["ext-1", "ext-2"], direction: "OUTGOING" },
      { kind: "messageDeleted", messageId: "86500", externalIds: ["ext-3"], address: { chatId: "1807" } },
    ]);
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEDELETE", portalPayloads.customerDeletes))).toEqual([
      {
        kind: "messageDeleted",
        address: customerAddress,
        dispatchedAt,
        direction: "INCOMING",
        messageId: null,
        externalIds: ["ext-9001"],
      },
    ]);
  });

  it("of three hundred deleted messages becomes three hundred events in order", () => {
    const items = Array.from({ length: 300 }, (_, index) => ({
      im: { chat_id: 1807, message_id: 1000 + index },
      message: { id: `ext-${index}` },
      chat: { id: "channel-123" },
    }));
    const events = eventsOf(
      decodeData("ONOPENLINEMESSAGEDELETE", { CONNECTOR: "telegrambot", LINE: 107, DATA: items }),
    );
    expect(events.map((event) => (event.kind === "messageDeleted" ? event.messageId : null))).toEqual(
      items.map(({ im }) => String(im.message_id)),
    );
  });

  it("of a session names the session where the portal does", () => {
    const { DATA } = portalPayloads.sessionChanges;
    const data = { ...portalPayloads.sessionChanges, DATA: { ...DATA, session: { id: "301", closed: "Y" } } };
    expect(eventsOf(decodeData("ONSESSIONFINISH", data))).toMatchObject([{ sessionId: "301" }]);
    const odd = { ...portalPayloads.sessionChanges, DATA: { ...DATA, session: { id: "x" } } };
    expect(eventsOf(decodeData("ONSESSIONFINISH", odd))).toMatchObject([{ sessionId: null }]);
  });

  it("of a session whose chat is called as the channel calls it has the number beside it to be proven", () => {
    const { DATA } = portalPayloads.sessionChanges;
    const connector = { ...DATA.connector, chat_id: "channel-123" };
    const data = { ...portalPayloads.sessionChanges, DATA: { ...DATA, connector, chat: { id: "17" } } };
    expect(eventsOf(decodeData("ONSESSIONSTART", data))).toMatchObject([
      { address: { chatId: null, externalChatId: "channel-123", namedChatId: "17" } },
    ]);
  });

  it("of a customer's message keeps the number that its chat is named by", () => {
    const { DATA } = portalPayloads.customerWrites;
    const data = { ...portalPayloads.customerWrites, DATA: { ...DATA, chat: { id: "17" } } };
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEADD", data))).toMatchObject([{ address: { namedChatId: "17" } }]);
  });

  it.each([
    ["ONSESSIONSTART", "sessionStarted"],
    ["ONSESSIONFINISH", "sessionFinished"],
  ])("of a session (%s) has the portal's chat", (event, kind) => {
    const address = {
      connectorId: "my_connector",
      lineId: "1",
      chatId: "17",
      externalChatId: null,
      namedChatId: null,
      userId: "10",
    };
    expect(eventsOf(decodeData(event, portalPayloads.sessionChanges))).toEqual([
      { kind, address, dispatchedAt, sessionId: null },
    ]);
  });

  it("keeps ids beyond the safe integers exact", () => {
    const data = {
      ...portalPayloads.operatorEdits.DATA,
      im: { chat_id: "9007199254740993", message_id: "18014398509481985" },
    };
    const [event] = eventsOf(decodeData("ONOPENLINEMESSAGEUPDATE", { CONNECTOR: "x", LINE: 1, DATA: data }));
    expect(event).toMatchObject({
      address: { chatId: "9007199254740993" },
      message: { messageId: "18014398509481985" },
    });
  });

  it("in the object shape and in the list shape means the same", () => {
    for (const [event, payload] of [
      ["ONOPENLINEMESSAGEADD", portalPayloads.customerWrites],
      ["ONOPENLINEMESSAGEADD", portalPayloads.operatorWrites],
      ["ONOPENLINEMESSAGEUPDATE", portalPayloads.customerEdits],
      ["ONOPENLINEMESSAGEUPDATE", portalPayloads.operatorEdits],
      ["ONOPENLINEMESSAGEDELETE", portalPayloads.customerDeletes],
      ["ONSESSIONSTART", portalPayloads.sessionChanges],
      ["ONSESSIONFINISH", portalPayloads.sessionChanges],
    ] as const) {
      expect(decodeData(event, { ...payload, DATA: [payload.DATA] })).toEqual(decodeData(event, payload));
    }
  });
});

describe("what else portals may spell", () => {
  const sent = portalPayloads.operatorWrites;
  const message = sent.DATA.message;
  const withMessage = (changes: Readonly<Record<string, PhpValue>>) =>
    eventsOf(
      decodeData("ONOPENLINEMESSAGEADD", { ...sent, DATA: { ...sent.DATA, message: { ...message, ...changes } } }),
    );
  const finished = (changes: Readonly<Record<string, PhpValue>>) =>
    eventsOf(decodeData("ONSESSIONFINISH", { DATA: { ...portalPayloads.sessionChanges.DATA, ...changes } }));

  it.each<[PhpValue]>([[301], [{ id: " 301" }], [[{ id: 301 }]]])("the session %j is the one that ended", (session) => {
    expect(finished({ session })).toMatchObject([{ sessionId: "301", address: { chatId: "17" } }]);
  });

  it.each(["17", " 17 ", "chat17"])("the chat %j of a session event is the portal's", (chat_id) => {
    const connector = { ...portalPayloads.sessionChanges.DATA.connector, chat_id };
    expect(finished({ connector, chat: {} })).toMatchObject([{ address: { chatId: "17", externalChatId: null } }]);
    const elsewhere = { ...connector, chat_id: "channel-123" };
    expect(finished({ connector: elsewhere, chat: { id: chat_id } })).toMatchObject([
      { address: { chatId: null, externalChatId: "channel-123", namedChatId: "17" } },
    ]);
  });

  it.each(["1807", "chat1807"])("the chat %j of a message is the portal's", (chat_id) => {
    expect(withMessage({ chat_id })).toMatchObject([{ address: { chatId: "1807" } }]);
  });

  it.each([
    ["Y", true],
    ["y", true],
    ["1", true],
    ["true", true],
    ["N", false],
    ["0", false],
    ["maybe", false],
  ])("the system's mark %j", (system, isSystem) => {
    expect(withMessage({ system })).toMatchObject([{ message: { isSystem } }]);
  });

  it("one file without the list around it, and files under names", () => {
    const file = { name: "a.png", link: "https://files.example.com/a.png" };
    const told = [{ message: { files: [{ name: "a.png", url: "https://files.example.com/a.png" }] } }];
    expect(withMessage({ files: file })).toMatchObject(told);
    expect(withMessage({ files: { first: file } })).toMatchObject(told);
  });

  it.each([
    ["20480", 20480],
    ["20480.5", 20481],
    ["many", null],
    ["-1", null],
  ])("a file's size of %j", (size, expected) => {
    expect(withMessage({ files: [{ name: "a.png", size }] })).toMatchObject([
      { message: { files: [{ size: expected }] } },
    ]);
  });

  it("a picture of more than 32 bits of pixels", () => {
    const files = [{ name: "a.png", width: "3000000000", height: "480" }];
    expect(withMessage({ files })).toMatchObject([{ message: { files: [{ width: null, height: 480 }] } }]);
  });
});

describe("what the documentation shows", () => {
  const documented = documentedEvents.filter(({ code }) => OPEN_CHANNEL_EVENTS.some((known) => known === code));
  const kinds: Record<string, string> = {
    ONOPENLINEMESSAGEADD: "messageAdded",
    ONOPENLINEMESSAGEUPDATE: "messageUpdated",
    ONOPENLINEMESSAGEDELETE: "messageDeleted",
    ONSESSIONSTART: "sessionStarted",
    ONSESSIONFINISH: "sessionFinished",
  };

  it("covers all five events", () => {
    expect(documented.map(({ code }) => code).sort()).toEqual([...OPEN_CHANNEL_EVENTS].sort());
  });

  it.each(documented.map(({ code, example }) => [code, example] as const))("of %s is decoded", (code, example) => {
    const [event, ...others] = eventsOf(decode(example.formEncoded));
    expect(others).toEqual([]);
    expect(event).toMatchObject({ kind: kinds[code], dispatchedAt: "2024-05-02T11:33:52.000Z" });
  });

  it("of an outgoing change names the portal's chat and message once, not as the channel's", () => {
    const update = documented.find(({ code }) => code === "ONOPENLINEMESSAGEUPDATE");
    expect(eventsOf(decode(update?.example.formEncoded ?? ""))).toMatchObject([
      {
        address: { chatId: "1024", externalChatId: null, lineId: "128" },
        message: { messageId: "2056", externalIds: [] },
      },
    ]);
  });

  it("of the session variant that portals really send is decoded", () => {
    const finish = documented.find(({ code }) => code === "ONSESSIONFINISH");
    const variant = finish?.payloadVariants[0];
    const encoded = variant !== undefined && "formEncoded" in variant ? String(variant.formEncoded) : "";
    expect(eventsOf(decode(`event=ONSESSIONFINISH&ts=1766047124&${encoded}`))).toMatchObject([
      { kind: "sessionFinished", address: { chatId: "17", lineId: "1", userId: "10" } },
    ]);
  });

  it("does not take another's message in the list shape for the customer's", () => {
    const item = { ...portalPayloads.customerWrites.DATA, message: { id: 5, text: "hello", system: "N", user_id: 27 } };
    expect(eventsOf(decodeData("ONOPENLINEMESSAGEADD", { DATA: [item] }))).toMatchObject([
      { direction: "UNKNOWN", message: { authorId: "27" } },
    ]);
  });
});
