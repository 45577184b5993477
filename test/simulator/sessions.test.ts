import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Happening } from "../../simulator/world/happenings.ts";
import { passTime } from "../../simulator/world/passing-time.ts";
import type { Chat, Session } from "../../simulator/world/records.ts";
import { actAs, objectAt } from "./rest-client.ts";

let portal: RunningPortal;
const supervisor = 1;

/** Lines of the seed: 22 asks for a rating and closes after it, 23 ends at once, 24 deals evenly, 27 only sends a text. */
const ratingLine = 22;
const plainLine = 23;
const evenLine = 24;
const textLine = 27;

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise" });
});
afterAll(() => portal.close());

const used = new Set<number>();

function chatWhere(wanted: (chat: Chat, session: Session | undefined) => boolean): Chat {
  for (const chat of portal.world.chats.values()) {
    if (chat.kind !== "lines" || used.has(chat.id)) continue;
    if (!wanted(chat, portal.world.openSession(chat.id))) continue;
    used.add(chat.id);
    return chat;
  }
  throw new Error("The seed has no such chat left");
}

const unansweredOf = (lineId: number) =>
  chatWhere((chat, session) => chat.data.lineId === lineId && session?.status === 0 && chat.ownerId === 0);
const ownedOf = (lineId: number) =>
  chatWhere(
    (chat, session) => chat.data.lineId === lineId && session?.status === 40 && !session.pause && chat.silent !== "Y",
  );
const closedOf = (lineId: number) =>
  chatWhere((chat, session) => chat.data.lineId === lineId && session === undefined && chat.messages.length > 0);

function open(chat: Chat): Session {
  const session = portal.world.openSession(chat.id);
  if (!session) throw new Error(`Chat ${chat.id} has no open session`);
  return session;
}

async function entityData1(userId: number, chat: Chat): Promise<string[]> {
  const record = objectAt(await actAs(portal, userId).result("imopenlines.dialog.get", { CHAT_ID: chat.id }));
  return String(record.entity_data_1).split("|");
}

function heardDuring(chat: Chat): { kinds: string[]; stop: () => void } {
  const kinds: string[] = [];
  const stop = portal.world.onHappening((happening: Happening) => {
    if (happening.chatId === chat.id) kinds.push(happening.kind);
  });
  return { kinds, stop };
}

describe("taking a dialog", () => {
  test("answer makes the caller responsible, takes it from the others' lists and posts a message", async () => {
    const chat = unansweredOf(ratingLine);
    expect(chat.recents.has(103)).toBe(true);
    expect(await actAs(portal, 27).result("imopenlines.operator.answer", { CHAT_ID: chat.id })).toBe(true);
    expect(chat.ownerId).toBe(27);
    expect(open(chat)).toMatchObject({ status: 10, operatorId: 27, waitAnswer: false });
    expect(chat.recents.has(103)).toBe(false);
    expect(chat.messages.at(-1)).toMatchObject({ authorId: 0, text: expect.stringContaining("picked conversation") });
    expect(await actAs(portal, 27).error("imopenlines.operator.answer", { CHAT_ID: chat.id })).toEqual({
      status: 400,
      code: "",
    });
  });

  test("a closed dialog cannot be answered, with a blank error", async () => {
    const chat = closedOf(ratingLine);
    expect((await actAs(portal, 27).error("imopenlines.operator.answer", { CHAT_ID: chat.id })).code).toBe("");
  });

  test("intercept takes over from another operator, and is true also when there is nothing to do", async () => {
    const chat = ownedOf(ratingLine);
    const before = chat.ownerId;
    const other = before === 27 ? 103 : 27;
    expect(await actAs(portal, other).result("imopenlines.session.intercept", { CHAT_ID: chat.id })).toBe(true);
    expect(chat.ownerId).toBe(other);
    expect(chat.members.has(before)).toBe(false);
    const unowned = unansweredOf(ratingLine);
    expect(await actAs(portal, 27).result("imopenlines.session.intercept", { CHAT_ID: unowned.id })).toBe(true);
    expect(unowned.ownerId).toBe(0);
  });

  test("join adds a second operator and is true again for one who is in", async () => {
    const chat = ownedOf(ratingLine);
    const other = chat.ownerId === 27 ? 103 : 27;
    const join = () => actAs(portal, other).result("imopenlines.session.join", { CHAT_ID: chat.id });
    expect(await join()).toBe(true);
    const count = chat.messages.length;
    expect(await join()).toBe(true);
    expect(chat.messages).toHaveLength(count);
    expect(chat.members.has(other)).toBe(true);
    expect(chat.ownerId).not.toBe(other);
  });
});

describe("messages move the status", () => {
  test("customer, operator and customer again", async () => {
    const chat = unansweredOf(ratingLine);
    portal.world.customerWrites(chat.id, "Hello?");
    expect(open(chat).status).toBe(0);
    await actAs(portal, 27).result("imopenlines.operator.answer", { CHAT_ID: chat.id });
    portal.world.customerWrites(chat.id, "Are you there?");
    expect(open(chat).status).toBe(20);
    await actAs(portal, 27).result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "Yes" });
    expect(open(chat).status).toBe(40);
    expect(open(chat).firstReplyAt).not.toBeNull();
    portal.world.customerWrites(chat.id, "Fine");
    expect(open(chat).status).toBe(25);
    portal.world.customerWrites(chat.id, "One more thing");
    expect(open(chat).status).toBe(25);
  });

  test("a customer who writes into a closed dialog opens a new session that is offered to the queue", () => {
    const chat = closedOf(ratingLine);
    const heard = heardDuring(chat);
    portal.world.customerWrites(chat.id, "Me again");
    heard.stop();
    const session = open(chat);
    expect(session).toMatchObject({ status: 0, mode: "input", endId: 0 });
    expect(chat.data.sessionId).toBe(session.id);
    expect(chat.recents.has(27)).toBe(true);
    expect(heard.kinds).toContain("sessionStarted");
    expect(heard.kinds.filter((kind) => kind === "messageAdded")).toHaveLength(2);
  });
});

describe("finishing", () => {
  test("happens in two phases where the line sends a closing text or asks for a rating", async () => {
    const chat = ownedOf(ratingLine);
    const owner = chat.ownerId;
    const session = open(chat);
    const heard = heardDuring(chat);
    const finish = () => actAs(portal, owner).result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    expect(await finish()).toBe(true);
    expect(session).toMatchObject({ status: 50, closed: false, waitAction: true, waitVote: true });
    expect((await entityData1(owner, chat)).slice(4, 6)).toEqual(["Y", String(session.id)]);
    expect(chat.recents.has(owner)).toBe(false);
    expect(heard.kinds).not.toContain("sessionFinished");
    expect(await finish()).toBe(true);
    heard.stop();
    expect(session).toMatchObject({ status: 60, closed: true, endId: chat.messages.at(-1)?.id });
    expect(heard.kinds).toContain("sessionFinished");
    expect((await entityData1(supervisor, chat))[5]).toBe("0");
    expect(chat.ownerId).toBe(0);
    expect(chat.members.has(owner)).toBe(false);
    expect(chat.silent).toBe("N");
  });

  test("is over at once where the line asks for nothing", async () => {
    const chat = ownedOf(plainLine);
    const session = open(chat);
    await actAs(portal, chat.ownerId).result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    expect(session).toMatchObject({ status: 60, closed: true });
  });

  test("a customer's rating closes the waiting session; any other text brings it back", async () => {
    const rated = ownedOf(ratingLine);
    const ratedSession = open(rated);
    await actAs(portal, rated.ownerId).result("imopenlines.operator.finish", { CHAT_ID: rated.id });
    portal.world.customerWrites(rated.id, "1 thanks");
    expect(ratedSession).toMatchObject({ vote: 5, status: 60, closed: true });
    const continued = ownedOf(ratingLine);
    const owner = continued.ownerId;
    await actAs(portal, owner).result("imopenlines.operator.finish", { CHAT_ID: continued.id });
    portal.world.customerWrites(continued.id, "Wait, one more question");
    expect(open(continued)).toMatchObject({ status: 25, waitAction: false });
    expect(continued.recents.has(owner)).toBe(true);
  });

  test("is for the operator alone, and refused without a session", async () => {
    const chat = ownedOf(ratingLine);
    const other = chat.ownerId === 27 ? 103 : 27;
    expect((await actAs(portal, other).error("imopenlines.operator.finish", { CHAT_ID: chat.id })).code).toBe(
      "ERROR_USER_NOT_OPERATOR",
    );
    const closed = closedOf(ratingLine);
    expect((await actAs(portal, 27).error("imopenlines.operator.finish", { CHAT_ID: closed.id })).code).toBe(
      "NOT_LOAD_SESSION_OR_CHAT",
    );
    expect(await actAs(portal, other).result("imopenlines.operator.another.finish", { CHAT_ID: chat.id })).toBe(true);
    expect(open(chat).status).toBe(50);
  });

  test("spam ends the session without a rating, and is true without one", async () => {
    const chat = unansweredOf(ratingLine);
    const session = open(chat);
    const spam = () => actAs(portal, 27).result("imopenlines.operator.spam", { CHAT_ID: chat.id });
    expect(await spam()).toBe(true);
    expect(session).toMatchObject({ status: 65, spam: true, closed: true });
    expect(await spam()).toBe(true);
  });

  test("what waits too long ends by itself", () => {
    const chat = ownedOf(plainLine);
    const session = open(chat);
    session.autoCloseAt = portal.world.now() - 1;
    passTime(portal.world);
    expect(session.closed).toBe(true);
  });
});

describe("passing a dialog on", () => {
  test("skip offers it to the next operator on a line that deals evenly, and fails where all see it", async () => {
    const even = ownedOf(evenLine);
    const owner = even.ownerId;
    expect(await actAs(portal, owner).result("imopenlines.operator.skip", { CHAT_ID: even.id })).toBe(true);
    expect(open(even)).toMatchObject({ status: 5, operatorId: 0 });
    expect([...even.recents].filter((id) => id !== even.customerId)).toHaveLength(1);
    expect(even.recents.has(owner)).toBe(false);
    const all = ownedOf(ratingLine);
    expect((await actAs(portal, all.ownerId).error("imopenlines.operator.skip", { CHAT_ID: all.id })).code).toBe("");
  });

  test("transfer to a colleague makes him the operator at once", async () => {
    const chat = ownedOf(ratingLine);
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
    const chat = ownedOf(ratingLine);
    const { result } = actAs(portal, chat.ownerId);
    expect(await result("imopenlines.operator.transfer", { CHAT_ID: chat.id, TRANSFER_ID: "queue27" })).toBe(true);
    expect(open(chat)).toMatchObject({ status: 5, lineId: 27, operatorId: 0 });
    expect(chat.ownerId).toBe(0);
    expect(chat.recents.has(163)).toBe(true);
    expect((await entityData1(supervisor, chat))[7]).toBe("27");
    expect(chat.userCode.split("|")[1]).toBe(String(ratingLine));
  });

  test("transfer of a closed dialog opens a session first", async () => {
    const chat = closedOf(ratingLine);
    await actAs(portal, 27).result("imopenlines.operator.transfer", { CHAT_ID: chat.id, USER_ID: 103 });
    expect(open(chat)).toMatchObject({ operatorId: 103, status: 10 });
  });

  test("its arguments have their own errors", async () => {
    const { error } = actAs(portal, 27);
    const transfer = async (params: object) => (await error("imopenlines.operator.transfer", params)).code;
    const { id } = ownedOf(ratingLine);
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
    const chat = closedOf(ratingLine);
    const start = (userId: number) => actAs(portal, userId).result("imopenlines.session.start", { CHAT_ID: chat.id });
    expect(await start(27)).toBe(true);
    const session = open(chat);
    expect(session).toMatchObject({ status: 10, mode: "output", operatorId: 27 });
    expect(await start(103)).toBe(true);
    expect(open(chat).id).toBe(session.id);
    expect(chat.members.has(103)).toBe(true);
  });

  test("message.session.start closes the session by force and begins a new one with the message", async () => {
    const chat = ownedOf(ratingLine);
    const before = open(chat);
    const message = chat.messages.findLast((one) => one.authorId === chat.customerId);
    const params = { CHAT_ID: chat.id, MESSAGE_ID: message?.id };
    const caller = actAs(portal, chat.ownerId);
    expect(await caller.result("imopenlines.message.session.start", params)).toBe(true);
    expect(before).toMatchObject({ status: 60, closed: true });
    const session = open(chat);
    expect(session.parentId).toBe(before.id);
    expect(chat.data.sessionId).toBe(session.id);
    expect(chat.messages.at(-1)).toMatchObject({ text: message?.text, authorId: chat.customerId });
    const foreign = { CHAT_ID: chat.id, MESSAGE_ID: 1 };
    expect(await caller.result("imopenlines.message.session.start", foreign)).toBe(true);
    expect(open(chat).id).toBe(session.id);
  });

  test("loading a chat with two open sessions ends the older one as a duplicate", async () => {
    const chat = ownedOf(ratingLine);
    const older = open(chat);
    portal.world.addSession({ ...older, id: portal.world.next.session++ });
    await actAs(portal, chat.ownerId).call("imopenlines.operator.answer", { CHAT_ID: chat.id });
    expect(older).toMatchObject({ status: 69, closed: true });
  });
});

describe("modes", () => {
  test("pin and unpin show in entity data; pinning is for the operator alone", async () => {
    const chat = ownedOf(textLine);
    const { ownerId } = chat;
    const pin = (userId: number, params: object = {}) =>
      actAs(portal, userId).call("imopenlines.session.mode.pin", { CHAT_ID: chat.id, ...params });
    const other = ownerId === 27 ? 103 : 27;
    expect((await pin(other)).body.error).toBe("");
    expect((await pin(ownerId)).body.result).toBe(true);
    expect((await entityData1(ownerId, chat))[3]).toBe("Y");
    expect((await pin(other)).body.result).toBe(true);
    expect((await pin(ownerId, { ACTIVATE: "N" })).body.result).toBe(true);
    expect((await entityData1(ownerId, chat))[3]).toBe("N");
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
    const chat = ownedOf(textLine);
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
    const chat = closedOf(ratingLine);
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
