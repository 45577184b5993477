import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { customerWrites } from "../../../simulator/world/conversation.ts";
import type { Chat } from "../../../simulator/world/records.ts";
import { UpstreamError } from "../../../src/datasources/bitrix24/errors.ts";
import type { PortalRef } from "../../../src/datasources/bitrix24/portal-ref.ts";
import type { Credential } from "../../../src/datasources/bitrix24/portals.ts";
import { parseUserCode } from "../../../src/datasources/domain/user-code.ts";
import type {
  EventAddress,
  StoredEvent,
  StoredSessionStarted,
} from "../../../src/subscriptions/events/stored-event.ts";
import {
  type ChatResolutionOptions,
  createChatResolution,
  type LearningChatResolution,
} from "../../../src/subscriptions/live/chat-resolution.ts";
import { createGathering } from "../../../src/subscriptions/live/gathering.ts";
import { until } from "../../kit/until.ts";
import { type Office, openOffice, webhook } from "../office.ts";

let office: Office;
let credential: Credential;
let clock: number;
let portal: PortalRef;
let portalName: string;
let errors: unknown[];
let portals = 0;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());
beforeEach(() => {
  // A portal's name of its own: nothing that another test has learned is known.
  portals += 1;
  portalName = `portal ${portals}`;
  portal = { host: "portal.example", memberId: portalName };
  clock = 0;
  errors = [];
  credential = webhook(office.supervisor);
  office.portal.setFaults([]);
  office.portal.resetStats();
});

const unresolvedMs = 60_000;

function resolution(options: Partial<ChatResolutionOptions> = {}): LearningChatResolution {
  return createChatResolution({
    keyValues: office.storage().keyValues,
    sessionOf: () => office.session(credential),
    onError: (error) => errors.push(error),
    unresolvedMs,
    gathering: createGathering({ idleMs: 0, loadMs: 0 }),
    graceMs: 0,
    now: () => clock,
    ...options,
  });
}

/** Where a customer's message comes from, as portals tell it: the channel's chat and the portal's user. */
function incoming(chat: Chat, more: Partial<EventAddress> = {}): EventAddress {
  const [connectorId = "", lineId = "", ...external] = chat.userCode.split("|");
  const externalChatId = external.slice(0, Math.ceil(external.length / 2)).join("|");
  return {
    connectorId,
    lineId,
    chatId: null,
    externalChatId,
    namedChatId: null,
    userId: String(chat.customerId),
    ...more,
  };
}

function sessionStarted(chat: Chat): StoredSessionStarted {
  const { connectorId, lineId, userId } = incoming(chat);
  return {
    kind: "sessionStarted",
    sessionId: null,
    dispatchedAt: null,
    address: { connectorId, lineId, chatId: String(chat.id), externalChatId: null, namedChatId: null, userId },
  };
}

function sentOut(chat: Chat): StoredEvent {
  return {
    kind: "messageDeleted",
    dispatchedAt: null,
    direction: "OUTGOING",
    messageId: "1",
    externalIds: [],
    address: incoming(chat, { chatId: String(chat.id), userId: "the channel's own id" }),
  };
}

const onChannel =
  (connector: string) =>
  (chat: Chat): boolean =>
    chat.connectorId === connector;

/** Another customer's chat at a place of the test's choice. */
function addChat(userCode: string): Chat {
  const model = office.chat(onChannel("myconnector"));
  const id = Math.max(...office.portal.world.chats.keys()) + 2;
  const chat: Chat = { ...model, id, userCode, members: new Map(), recents: new Set(), messages: [] };
  office.portal.world.addChat(chat);
  return chat;
}

describe("which chat an event belongs to", () => {
  it("takes the chat that the event names", () => {
    expect(
      resolution().resolve(
        portal,
        incoming(
          office.chat(() => true),
          { chatId: "17" },
        ),
      ),
    ).toBe("17");
  });

  it("rebuilds the user code of live chat, by one request", async () => {
    const chats = resolution();
    const chat = office.chat(onChannel("livechat"));
    expect(await chats.resolve(portal, incoming(chat))).toBe(String(chat.id));
    expect(office.portal.stats().requests).toBe(1);
    expect(chats.resolve(portal, incoming(chat))).toBe(String(chat.id));
    expect(office.portal.stats().requests).toBe(1);
  });

  it("asks nothing where any answer told the user code, and takes no chat whose code is another customer's", async () => {
    const chats = resolution();
    const own = office.chat(onChannel("livechat"));
    chats.note(portal, { id: String(own.id), userCode: parseUserCode(own.userCode) });
    chats.note(portal, { id: "501", userCode: parseUserCode("myconnector|3|a group of many|0") });
    chats.note(portal, { id: "502", userCode: parseUserCode("myconnector|3|a place|5003") });
    const at = (externalChatId: string, userId: string): EventAddress =>
      incoming(own, { connectorId: "myconnector", lineId: "3", externalChatId, userId });
    expect(chats.resolve(portal, incoming(own))).toBe(String(own.id));
    expect(chats.resolve(portal, at("a group of many", "77"))).toBe("501");
    expect(chats.resolve(portal, at("a place", "5003"))).toBe("502");
    expect(office.portal.stats().requests).toBe(0);
    expect(await chats.resolve(portal, at("a place", "5004"))).toBeNull();
    expect(await chats.resolve({ ...portal, memberId: "other" }, incoming(own))).toBe(String(own.id));
    expect(office.portal.stats().requests).toBe(2);
    await chats.forget(portalName);
    await chats.resolve(portal, incoming(own));
    expect(office.portal.stats().requests).toBe(3);
  });

  it("finds the chat that many customers share", async () => {
    const chat = addChat("myconnector|3|the group|0");
    expect(await resolution().resolve(portal, incoming(chat, { externalChatId: "the group" }))).toBe(String(chat.id));
  });

  it("finds the chat of a private messenger, whose chats are called like their customers, if the customer is in it", async () => {
    const chat = office.chat((each) => each.connectorId === "telegrambot");
    customerWrites(office.portal.world, chat, "hello");
    chat.members.set(office.supervisor.id, {
      userId: office.supervisor.id,
      manager: false,
      muted: false,
      lastReadId: 0,
      lastReadAt: null,
    });
    expect(await resolution().resolve(portal, incoming(chat))).toBe(String(chat.id));
    const stranger = incoming(chat, { userId: "999999" });
    expect(await resolution().resolve(portal, stranger)).toBeNull();
  });

  it("proves the chat that the event itself names: the customer's, of the same line and channel", async () => {
    const chat = addChat("myconnector|3|the portal calls it otherwise|5003");
    const named = incoming(chat, { externalChatId: "elsewhere", userId: "5003", namedChatId: String(chat.id) });
    expect(await resolution().resolve(portal, named)).toBe(String(chat.id));
    const other = { ...named, userId: "5004" };
    expect(await resolution().resolve(portal, other)).toBeNull();
    expect(await resolution().resolve(portal, { ...named, lineId: "4" })).toBeNull();
    const alone = { ...named, externalChatId: null };
    expect(await resolution().resolve(portal, alone)).toBe(String(chat.id));
    expect(await resolution().resolve(portal, { ...alone, userId: "5004" })).toBeNull();
    const swapped = { ...named, externalChatId: String(chat.id), namedChatId: "777777" };
    expect(await resolution().resolve(portal, swapped)).toBe(String(chat.id));
    expect(await resolution().resolve(portal, { ...swapped, userId: "5004" })).toBeNull();
  });

  it("asks nothing where a session event and an outgoing message have told both halves", async () => {
    const chats = resolution();
    const chat = office.chat(onChannel("myconnector"));
    await chats.learn(portalName, sessionStarted(chat));
    await chats.learn(portalName, sentOut(chat));
    expect(await chats.resolve(portal, incoming(chat))).toBe(String(chat.id));
    expect(office.portal.stats().requests).toBe(0);
    expect(chats.counts()).toEqual({ searches: 1, deduced: 1, unresolved: 0 });
  });

  it("finds any channel's chat once its session event told whose it is, pipes in its names or not", async () => {
    for (const chat of [
      office.chat(onChannel("myconnector")),
      office.chat((each) => each.userCode.includes("room|")),
    ]) {
      const chats = resolution();
      expect(await chats.resolve(portal, incoming(chat))).toBeNull();
      await chats.learn(portalName, sessionStarted(chat));
      expect(await chats.resolve(portal, incoming(chat))).toBe(String(chat.id));
    }
    expect(errors).toEqual([]);
  });

  it("never takes one customer's chat for another's in the same chat of the channel", async () => {
    const first = addChat("myconnector|3|1|1");
    const second = addChat("myconnector|3|1|2");
    const chats = resolution();
    const bySecond = incoming(second, { externalChatId: "1", namedChatId: null, userId: "5002" });
    expect(await chats.resolve(portal, bySecond)).toBeNull();
    await chats.learn(portalName, sentOut(first));
    expect(await chats.resolve(portal, bySecond)).toBeNull();
    await chats.learn(portalName, { ...sessionStarted(second), address: { ...bySecond, chatId: String(second.id) } });
    expect(await chats.resolve(portal, bySecond)).toBe(String(second.id));
  });

  it("keeps what it found and learned beyond the process, for its portal only", async () => {
    const found = office.chat(onChannel("livechat"));
    const learned = office.chat(onChannel("myconnector"));
    const before = resolution();
    await before.resolve(portal, incoming(found));
    await before.learn(portalName, sessionStarted(learned));
    await before.learn(portalName, sentOut(learned));
    await office.reopenStorage();
    office.portal.resetStats();
    const after = resolution();
    expect(await after.resolve(portal, incoming(found))).toBe(String(found.id));
    expect(await after.resolve(portal, incoming(learned))).toBe(String(learned.id));
    expect(office.portal.stats().requests).toBe(0);
    await after.resolve({ host: "another.example", memberId: undefined }, incoming(found));
    expect(office.portal.stats().requests).toBe(1);
    await after.forget(portalName);
    expect(await after.resolve(portal, incoming(learned))).toBeNull();
  });
});

describe("an event whose chat cannot be told", () => {
  it("is looked for once in a while, and counted", async () => {
    const chats = resolution();
    const chat = office.chat(onChannel("myconnector"));
    expect(await chats.resolve(portal, incoming(chat))).toBeNull();
    const { requests } = office.portal.stats();
    expect(chats.resolve(portal, incoming(chat))).toBeNull();
    expect(office.portal.stats().requests).toBe(requests);
    expect(chats.counts()).toEqual({ searches: 1, deduced: 0, unresolved: 1 });
    clock = unresolvedMs;
    expect(await chats.resolve(portal, incoming(chat))).toBeNull();
    expect(chats.counts().searches).toBe(2);
  });

  it("is null at once when the event tells too little", () => {
    const chats = resolution();
    const chat = office.chat(() => true);
    for (const missing of ["connectorId", "lineId", "externalChatId", "userId"] as const) {
      expect(chats.resolve(portal, incoming(chat, { [missing]: null }))).toBeNull();
    }
    expect(chats.counts().unresolved).toBe(4);
    expect(office.portal.stats().requests).toBe(0);
  });

  it("waits a moment for the session event of a new chat that the message overtook", async () => {
    const chats = resolution({ graceMs: 20_000 });
    const chat = office.chat(onChannel("myconnector"));
    const found = chats.resolve(portal, incoming(chat));
    await until(() => office.portal.stats().commands > 0);
    await chats.learn(portalName, sessionStarted(chat));
    expect(await found).toBe(String(chat.id));
    // The next unknown one does not wait: streams must not stand still for chats that cannot be told.
    expect(await chats.resolve(portal, incoming(office.chat(onChannel("myconnector"))))).toBeNull();
  });

  it("is told to be open while the portal fails, and is found when it works again", async () => {
    const chats = resolution({ patienceMs: 0 });
    const chat = office.chat(onChannel("livechat"));
    office.portal.setFaults([{ kind: "error", error: "INTERNAL_SERVER_ERROR", status: 500 }]);
    await expect(chats.resolve(portal, incoming(chat))).rejects.toBeInstanceOf(UpstreamError);
    expect(chats.counts().unresolved).toBe(1);
    office.portal.setFaults([]);
    // The client gives a failing portal a rest before it asks again.
    await until(async () => {
      const found = await Promise.resolve(chats.resolve(portal, incoming(chat))).catch(() => null);
      return found === String(chat.id);
    });
  });

  it("is null where the gateway has no credential of the portal, and where its token is no longer accepted", async () => {
    const chat = office.chat(onChannel("livechat"));
    expect(await resolution({ sessionOf: () => undefined }).resolve(portal, incoming(chat))).toBeNull();
    const { accessToken } = office.portal.issueTokens(office.supervisor.id);
    credential = { kind: "user-token", portal: new URL(office.portal.url).host, accessToken };
    office.portal.expireTokens();
    expect(await resolution().resolve(portal, incoming(chat))).toBeNull();
    expect(errors).toHaveLength(1);
  });

  it("does not hold anybody up after the gateway closes", async () => {
    const chats = resolution({ graceMs: 3_600_000 });
    const found = chats.resolve(portal, incoming(office.chat(onChannel("myconnector"))));
    chats.close();
    expect(await found).toBeNull();
  });
});
