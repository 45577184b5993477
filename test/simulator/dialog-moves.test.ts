import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { actAs, objectAt } from "./rest-client.ts";
import { seededChats, seededLine } from "./seeded-chats.ts";

let portal: RunningPortal;
let chats: ReturnType<typeof seededChats>;
const supervisor = 1;

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise" });
  chats = seededChats(portal);
});
afterAll(() => portal.close());

describe("passing a dialog on", () => {
  test("skip offers it to the next operator on a line that deals evenly, and fails where all see it", async () => {
    const even = chats.owned(seededLine.evenly);
    const owner = even.ownerId;
    expect(await actAs(portal, owner).result("imopenlines.operator.skip", { CHAT_ID: even.id })).toBe(true);
    expect(chats.open(even)).toMatchObject({ status: 5, operatorId: 0 });
    expect([...even.recents].filter((id) => id !== even.customerId)).toHaveLength(1);
    expect(even.recents.has(owner)).toBe(false);
    const all = chats.owned(seededLine.rating);
    expect((await actAs(portal, all.ownerId).error("imopenlines.operator.skip", { CHAT_ID: all.id })).code).toBe("");
  });

  test("transfer to a colleague makes him the operator at once", async () => {
    const chat = chats.owned(seededLine.rating);
    const owner = chat.ownerId;
    const target = owner === 119 ? 125 : 119;
    const { result, error } = actAs(portal, owner);
    expect(await result("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: target })).toBe(true);
    expect(chat.ownerId).toBe(target);
    expect(chat.members.has(owner)).toBe(false);
    const again = { CHAT_ID: chat.id, TRANSFER_ID: String(target) };
    expect((await actAs(portal, target).error("imopenlines.operator.transfer", again)).code).toBe("OPERATOR_WRONG");
    expect((await error("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: 203 })).code).toBe(
      "OPERATOR_WRONG",
    );
  });

  test("transfer to a queue moves the line and lets nobody own it", async () => {
    const chat = chats.owned(seededLine.rating);
    const { result } = actAs(portal, chat.ownerId);
    expect(await result("imopenlines.operator.transfer", { CHAT_ID: chat.id, TRANSFER_ID: "queue27" })).toBe(true);
    expect(chats.open(chat)).toMatchObject({ status: 5, lineId: 27, operatorId: 0 });
    expect(chat.ownerId).toBe(0);
    expect(chat.recents.has(163)).toBe(true);
    expect((await chats.entityData1(supervisor, chat))[7]).toBe("27");
    expect(chat.userCode.split("|")[1]).toBe(String(seededLine.rating));
  });

  test("transfer of a closed dialog opens a session first", async () => {
    const chat = chats.closed(seededLine.rating);
    await actAs(portal, 27).result("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: 103 });
    expect(chats.open(chat)).toMatchObject({ operatorId: 103, status: 10 });
  });

  test("its arguments have their own errors", async () => {
    const { error } = actAs(portal, 27);
    const transfer = async (params: object) => (await error("imopenlines.operator.transfer", params)).code;
    const { id } = chats.owned(seededLine.rating);
    expect(await transfer({ USER_ID: 103 })).toBe("CHAT_ID_EMPTY");
    expect(await transfer({ CHAT_ID: id })).toBe("TRANSFER_ID_EMPTY");
    expect(await transfer({ CHAT_ID: id, USER_ID: "" })).toBe("USER_ID_EMPTY");
    expect(await transfer({ CHAT_ID: id, QUEUE_ID: 0 })).toBe("QUEUE_ID_EMPTY");
    expect(await transfer({ CHAT_ID: id, TRANSFER_ID: "queue" })).toBe("QUEUE_ID_EMPTY");
    expect(await transfer({ CHAT_ID: id, TRANSFER_ID: "queue999" })).toBe("OPERATOR_WRONG");
    expect(await transfer({ CHAT_ID: 999_999, USER_ID: 103 })).toBe("OPERATOR_WRONG");
  });
});

describe("starting sessions", () => {
  test("session.start opens an outgoing session of the caller, and only joins where one is open", async () => {
    const chat = chats.closed(seededLine.rating);
    const start = (userId: number) => actAs(portal, userId).result("imopenlines.session.start", { CHAT_ID: chat.id });
    expect(await start(27)).toBe(true);
    const session = chats.open(chat);
    expect(session).toMatchObject({ status: 10, mode: "output", operatorId: 27 });
    expect(await start(103)).toBe(true);
    expect(chats.open(chat).id).toBe(session.id);
    expect(chat.members.has(103)).toBe(true);
  });

  test("message.session.start closes the session by force and begins a new one with the message", async () => {
    const chat = chats.owned(seededLine.rating);
    const before = chats.open(chat);
    const message = chat.messages.findLast((one) => one.authorId === chat.customerId);
    const params = { CHAT_ID: chat.id, MESSAGE_ID: message?.id };
    const caller = actAs(portal, chat.ownerId);
    expect(await caller.result("imopenlines.message.session.start", params)).toBe(true);
    expect(before).toMatchObject({ status: 60, closed: true });
    const session = chats.open(chat);
    expect(session.parentId).toBe(before.id);
    expect(chat.data.sessionId).toBe(session.id);
    expect(chat.messages.at(-1)).toMatchObject({ text: message?.text, authorId: chat.customerId });
    const foreign = { CHAT_ID: chat.id, MESSAGE_ID: 1 };
    expect(await caller.result("imopenlines.message.session.start", foreign)).toBe(true);
    expect(chats.open(chat).id).toBe(session.id);
  });

  test("loading a chat with two open sessions ends the older one as a duplicate", async () => {
    const chat = chats.owned(seededLine.rating);
    const older = chats.open(chat);
    portal.world.addSession({ ...older, id: portal.world.next.session++ });
    await actAs(portal, chat.ownerId).call("imopenlines.operator.answer", { CHAT_ID: chat.id });
    expect(older).toMatchObject({ status: 69, closed: true });
  });
});

describe("modes", () => {
  test("pin and unpin show in entity data; pinning is for the operator alone", async () => {
    const chat = chats.owned(seededLine.text);
    const { ownerId } = chat;
    const pin = (userId: number, params: object = {}) =>
      actAs(portal, userId).call("imopenlines.session.mode.pin", { CHAT_ID: chat.id, ...params });
    const other = ownerId === 27 ? 103 : 27;
    expect((await pin(other)).body.error).toBe("");
    expect((await pin(ownerId)).body.result).toBe(true);
    expect((await chats.entityData1(ownerId, chat))[3]).toBe("Y");
    expect((await pin(other)).body.result).toBe(true);
    expect((await pin(ownerId, { ACTIVATE: "N" })).body.result).toBe(true);
    expect((await chats.entityData1(ownerId, chat))[3]).toBe("N");
    expect((await pin(ownerId, { CHAT_ID: "" })).body.error).toBe("CHAT_ID_EMPTY");
  });

  test("pinAll and unpinAll answer the sessions they changed", async () => {
    const { result } = actAs(portal, 131);
    const pinned = await result("imopenlines.session.mode.pinAll");
    expect(pinned).toEqual(expect.arrayContaining([expect.any(Number)]));
    expect(await result("imopenlines.session.mode.pinAll")).toEqual([]);
    const unpinned = await result("imopenlines.session.mode.unpinAll");
    expect(unpinned).toEqual(expect.arrayContaining(Array.isArray(pinned) ? pinned : []));
    expect(await result("imopenlines.session.mode.unpinAll")).toEqual([]);
  });

  test("hidden mode keeps messages from the channel; only exactly Y switches it on", async () => {
    const chat = chats.owned(seededLine.text);
    const { result } = actAs(portal, chat.ownerId);
    const silent = (ACTIVATE?: unknown) => result("imopenlines.session.mode.silent", { CHAT_ID: chat.id, ACTIVATE });
    const write = async () => {
      const id = await result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "note" });
      return portal.world.message(Number(id)).params;
    };
    await silent("Y");
    expect(chat.silent).toBe("Y");
    expect(await write()).not.toHaveProperty("CONNECTOR_MID");
    await silent("true");
    expect(chat.silent).toBe("");
    expect(await write()).toHaveProperty("CONNECTOR_MID");
    await silent("Y");
    await silent();
    expect(chat.silent).toBe("");
  });

  test("the supervisor's vote is stored, out of range as 0, and a rating alone erases the comment", async () => {
    const chat = chats.closed(seededLine.rating);
    const session = portal.world.lastSession(chat.id);
    if (!session) throw new Error("No session");
    const vote = (params: object) =>
      actAs(portal, supervisor).result("imopenlines.session.head.vote", { SESSION_ID: session.id, ...params });
    await vote({ RATING: 4, COMMENT: "Good" });
    const history = async () =>
      objectAt(await actAs(portal, supervisor).result("imopenlines.session.history.get", { SESSION_ID: session.id }));
    expect(await history()).toMatchObject({ sessionVoteHead: 4, sessionCommentHead: "Good", canVoteHead: "Y" });
    await vote({ RATING: 5 });
    expect(await history()).toMatchObject({ sessionVoteHead: 5, sessionCommentHead: "" });
    await vote({ COMMENT: "x".repeat(10_050) });
    expect(await history()).toMatchObject({ sessionVoteHead: 5, sessionCommentHead: `${"x".repeat(10_000)}...` });
    await vote({ RATING: 9 });
    expect(await history()).toMatchObject({ sessionVoteHead: 0 });
    const { error } = actAs(portal, supervisor);
    expect((await error("imopenlines.session.head.vote", { RATING: 1 })).code).toBe("EMPTY_SESSION_ID");
    const empty = { SESSION_ID: session.id, RATING: "0", COMMENT: " " };
    expect((await error("imopenlines.session.head.vote", empty)).code).toBe("EMPTY_VOTE_PARAMS");
    const denied = { SESSION_ID: session.id, RATING: 1 };
    expect((await actAs(portal, 27).error("imopenlines.session.head.vote", denied)).code).toBe("ACCESS_DENIED");
  });
});
