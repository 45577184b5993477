import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { passTime } from "../../simulator/world/passing-time.ts";
import { actAs } from "./rest-client.ts";
import { seededChats, seededLine } from "./seeded-chats.ts";

let portal: RunningPortal;
let chats: ReturnType<typeof seededChats>;
const supervisor = 1;

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise" });
  chats = seededChats(portal);
});
afterAll(() => portal.close());

describe("taking a dialog", () => {
  test("answer makes the caller responsible, takes it from the others' lists and posts a message", async () => {
    const chat = chats.unanswered(seededLine.rating);
    expect(chat.recents.has(103)).toBe(true);
    expect(await actAs(portal, 27).result("imopenlines.operator.answer", { CHAT_ID: chat.id })).toBe(true);
    expect(chat.ownerId).toBe(27);
    expect(chats.open(chat)).toMatchObject({ status: 10, operatorId: 27, waitAnswer: false });
    expect(chat.recents.has(103)).toBe(false);
    expect(chat.messages.at(-1)).toMatchObject({ authorId: 0, text: expect.stringContaining("picked conversation") });
    expect(await actAs(portal, 27).error("imopenlines.operator.answer", { CHAT_ID: chat.id })).toEqual({
      status: 400,
      code: "",
    });
  });

  test("a closed dialog cannot be answered, with a blank error", async () => {
    const chat = chats.closed(seededLine.rating);
    expect((await actAs(portal, 27).error("imopenlines.operator.answer", { CHAT_ID: chat.id })).code).toBe("");
  });

  test("intercept takes over from another operator, and is true also when there is nothing to do", async () => {
    const chat = chats.owned(seededLine.rating);
    const before = chat.ownerId;
    const other = before === 27 ? 103 : 27;
    expect(await actAs(portal, other).result("imopenlines.session.intercept", { CHAT_ID: chat.id })).toBe(true);
    expect(chat.ownerId).toBe(other);
    expect(chat.members.has(before)).toBe(false);
    const unowned = chats.unanswered(seededLine.rating);
    expect(await actAs(portal, 27).result("imopenlines.session.intercept", { CHAT_ID: unowned.id })).toBe(true);
    expect(unowned.ownerId).toBe(0);
  });

  test("join adds a second operator and is true again for one who is in", async () => {
    const chat = chats.owned(seededLine.rating);
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
    const chat = chats.unanswered(seededLine.rating);
    portal.world.customerWrites(chat.id, "Hello?");
    expect(chats.open(chat).status).toBe(0);
    await actAs(portal, 27).result("imopenlines.operator.answer", { CHAT_ID: chat.id });
    portal.world.customerWrites(chat.id, "Are you there?");
    expect(chats.open(chat).status).toBe(20);
    await actAs(portal, 27).result("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "Yes" });
    expect(chats.open(chat).status).toBe(40);
    expect(chats.open(chat).firstReplyAt).not.toBeNull();
    portal.world.customerWrites(chat.id, "Fine");
    expect(chats.open(chat).status).toBe(25);
    portal.world.customerWrites(chat.id, "One more thing");
    expect(chats.open(chat).status).toBe(20);
  });

  test("a customer who writes into a closed dialog opens a new session that is offered to the queue", () => {
    const chat = chats.closed(seededLine.rating);
    const heard = chats.heardDuring(chat);
    portal.world.customerWrites(chat.id, "Me again");
    heard.stop();
    const session = chats.open(chat);
    expect(session).toMatchObject({ status: 0, mode: "input", endId: 0 });
    expect(chat.data.sessionId).toBe(session.id);
    expect(chat.recents.has(27)).toBe(true);
    expect(heard.kinds).toContain("sessionStarted");
    expect(heard.kinds.filter((kind) => kind === "messageAdded")).toHaveLength(2);
  });
});

describe("finishing", () => {
  test("happens in two phases where the line sends a closing text or asks for a rating", async () => {
    const chat = chats.owned(seededLine.rating);
    const owner = chat.ownerId;
    const session = chats.open(chat);
    const heard = chats.heardDuring(chat);
    const finish = () => actAs(portal, owner).result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    expect(await finish()).toBe(true);
    expect(session).toMatchObject({ status: 50, closed: false, waitAction: true, waitVote: true });
    expect((await chats.entityData1(owner, chat)).slice(4, 6)).toEqual(["Y", String(session.id)]);
    expect(chat.recents.has(owner)).toBe(false);
    expect(heard.kinds).not.toContain("sessionFinished");
    expect(await finish()).toBe(true);
    heard.stop();
    expect(session).toMatchObject({ status: 60, closed: true, endId: chat.messages.at(-1)?.id });
    expect(heard.kinds).toContain("sessionFinished");
    expect((await chats.entityData1(supervisor, chat))[5]).toBe("0");
    expect(chat.ownerId).toBe(0);
    expect(chat.members.has(owner)).toBe(false);
    expect(chat.silent).toBe("N");
  });

  test("is over at once where the line asks for nothing", async () => {
    const chat = chats.owned(seededLine.plain);
    const session = chats.open(chat);
    await actAs(portal, chat.ownerId).result("imopenlines.operator.finish", { CHAT_ID: chat.id });
    expect(session).toMatchObject({ status: 60, closed: true });
  });

  test("a customer's rating closes the waiting session; any other text brings it back", async () => {
    const rated = chats.owned(seededLine.rating);
    const ratedSession = chats.open(rated);
    await actAs(portal, rated.ownerId).result("imopenlines.operator.finish", { CHAT_ID: rated.id });
    portal.world.customerWrites(rated.id, "1 thanks");
    expect(ratedSession).toMatchObject({ vote: 5, status: 60, closed: true });
    const continued = chats.owned(seededLine.rating);
    const owner = continued.ownerId;
    await actAs(portal, owner).result("imopenlines.operator.finish", { CHAT_ID: continued.id });
    portal.world.customerWrites(continued.id, "Wait, one more question");
    expect(chats.open(continued)).toMatchObject({ status: 25, waitAction: false });
    expect(continued.recents.has(owner)).toBe(true);
  });

  test("is for the operator alone, and refused without a session", async () => {
    const chat = chats.owned(seededLine.rating);
    const other = chat.ownerId === 27 ? 103 : 27;
    expect((await actAs(portal, other).error("imopenlines.operator.finish", { CHAT_ID: chat.id })).code).toBe(
      "ERROR_USER_NOT_OPERATOR",
    );
    const closed = chats.closed(seededLine.rating);
    expect((await actAs(portal, 27).error("imopenlines.operator.finish", { CHAT_ID: closed.id })).code).toBe(
      "NOT_LOAD_SESSION_OR_CHAT",
    );
    expect(await actAs(portal, other).result("imopenlines.operator.another.finish", { CHAT_ID: chat.id })).toBe(true);
    expect(chats.open(chat).status).toBe(50);
  });

  test("spam ends the session without a rating, and is true without one", async () => {
    const chat = chats.unanswered(seededLine.rating);
    const session = chats.open(chat);
    const spam = () => actAs(portal, 27).result("imopenlines.operator.spam", { CHAT_ID: chat.id });
    expect(await spam()).toBe(true);
    expect(session).toMatchObject({ status: 65, spam: true, closed: true });
    expect(await spam()).toBe(true);
  });

  test("what waits too long ends by itself", () => {
    const chat = chats.owned(seededLine.plain);
    const session = chats.open(chat);
    session.autoCloseAt = portal.world.now() - 1;
    passTime(portal.world);
    expect(session.closed).toBe(true);
  });
});
