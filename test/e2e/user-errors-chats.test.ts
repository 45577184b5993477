import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice } from "../kit/office.ts";
import { ABSENT, answeredChat, errorsMetIn, operatorOf, recordRefusals, strangerTo } from "./refusals.ts";

let office: Office;
const { seen, refusal } = recordRefusals();

beforeAll(async () => {
  office = await openOffice();
});

afterEach(() => {
  office.portal.setFaults([]);
  office.portal.world.rights.restore();
});

afterAll(async () => {
  await office.close();
});

const answered = () => answeredChat(office);

describe("about the chat", () => {
  test("no such chat, on whatever method", async () => {
    for (const mutation of ["chatFinish", "chatJoin", "chatSkip", "crmLeadCreate", "chatMarkAsSpam", "sessionStart"])
      expect(await refusal(office.supervisor, `${mutation}(chatId: ${ABSENT})`)).toMatchObject({
        code: "CHAT_NOT_FOUND",
        field: ["chatId"],
        bitrixCode: "CHAT_ID",
      });
    const payload = await office.supervisor.act(
      `mutation { chatFinish(chatId: ${ABSENT}) { userErrors { code } chat { id title } } }`,
    );
    expect(payload).toEqual({ userErrors: [{ code: "CHAT_NOT_FOUND" }], chat: null });
  });

  test("a chat of no open line", async () => {
    const group = [...office.portal.world.chats.values()].find(({ kind }) => kind === "group");
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${group?.id})`)).toMatchObject({
      code: "NOT_OPEN_LINE_CHAT",
      bitrixCode: "CHAT_TYPE",
    });
  });

  test("no right to the chat; the portal's own words come along", async () => {
    const chat = answered();
    const error = await refusal(strangerTo(office, chat), `chatJoin(chatId: ${chat.id})`);
    expect(error).toMatchObject({ code: "ACCESS_DENIED", bitrixCode: "ACCESS_DENIED" });
    expect(error.portalMessage).toMatch(/permission/);
  });

  test("a chat that there is not, told by the action and not by the look before it", async () => {
    expect(await refusal(office.supervisor, `chatAnswer(chatId: ${ABSENT})`)).toMatchObject({
      code: "CHAT_NOT_FOUND",
      bitrixCode: "CHAT_ID",
    });
  });

  test("no open session", async () => {
    const chat = office.chatWith(undefined);
    expect(await refusal(office.supervisor, `chatFinish(chatId: ${chat.id})`)).toMatchObject({
      code: "NO_OPEN_SESSION",
      bitrixCode: "NOT_LOAD_SESSION_OR_CHAT",
    });
  });

  test("the acting user is no longer active", async () => {
    office.portal.setFaults([{ method: "imopenlines.session.join", kind: "error", error: "USER_ID" }]);
    const chat = answered();
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${chat.id})`)).toMatchObject({
      code: "ACTING_USER_UNKNOWN",
    });
  });
});

test("an idempotency key that came with another text", async () => {
  const chat = answered();
  const owner = office.staff(chat.ownerId);
  const send = (text: string) => `chatMessageSend(chatId: ${chat.id}, text: "${text}", idempotencyKey: "one")`;
  expect(await owner.act(`mutation { ${send("One")} { userErrors { code } } }`)).toEqual({ userErrors: [] });
  expect(await refusal(owner, send("Other"))).toMatchObject({
    code: "IDEMPOTENCY_KEY_REUSED",
    field: ["idempotencyKey"],
  });
});

describe("about who is responsible", () => {
  test("taking a chat that is already one's own is a refusal without a code", async () => {
    const chat = answered();
    expect(await refusal(office.staff(chat.ownerId), `chatAnswer(chatId: ${chat.id})`)).toMatchObject({
      code: "CANNOT_ANSWER",
      bitrixCode: "",
      portalMessage: null,
    });
  });

  test("a colleague is there", async () => {
    expect(await refusal(office.supervisor, `chatAnswer(chatId: ${answered().id})`)).toMatchObject({
      code: "ALREADY_ASSIGNED",
      bitrixCode: null,
    });
  });

  test("finishing and pinning are for the operator", async () => {
    const chat = answered();
    expect(await refusal(office.supervisor, `chatFinish(chatId: ${chat.id})`)).toMatchObject({ code: "NOT_OPERATOR" });
    expect(await refusal(office.supervisor, `chatPin(chatId: ${chat.id})`)).toMatchObject({
      code: "NOT_OPERATOR",
      bitrixCode: "",
    });
  });

  test("a line that offers chats to all at once cannot be skipped", async () => {
    const { world } = office.portal;
    const chat = office.chatWith(
      SessionStatus.new,
      ({ data }) => world.lines.get(data.lineId)?.columns.QUEUE_TYPE === "all",
    );
    expect(await refusal(operatorOf(office, chat.data.lineId), `chatSkip(chatId: ${chat.id})`)).toMatchObject({
      code: "CANNOT_SKIP",
      bitrixCode: "",
    });
  });

  test("transfers: an absent target, oneself, no access", async () => {
    const chat = answered();
    const owner = office.staff(chat.ownerId);
    const refused = { code: "TRANSFER_REFUSED", field: ["to"], bitrixCode: "OPERATOR_WRONG" };
    expect(await refusal(owner, `chatTransfer(chatId: ${chat.id}, to: { lineId: ${ABSENT} })`)).toMatchObject(refused);
    expect(await refusal(owner, `chatTransfer(chatId: ${chat.id}, to: { userId: ${owner.id} })`)).toMatchObject(
      refused,
    );
    expect(
      await refusal(strangerTo(office, chat), `chatTransfer(chatId: ${chat.id}, to: { userId: ${owner.id} })`),
    ).toMatchObject(refused);
    office.portal.setFaults([{ method: "imopenlines.operator.transfer", kind: "error", error: "QUEUE_ID_EMPTY" }]);
    expect(await refusal(owner, `chatTransfer(chatId: ${chat.id}, to: { lineId: 1 })`)).toMatchObject({
      code: "TRANSFER_TARGET_INVALID",
    });
  });

  test("taking over without access", async () => {
    const chat = answered();
    expect(await refusal(strangerTo(office, chat), `chatIntercept(chatId: ${chat.id})`)).toMatchObject({
      code: "CANNOT_INTERCEPT",
      bitrixCode: "OPERATOR_WRONG",
    });
  });

  test("leaving a chat that one is not in", async () => {
    const chat = answered();
    expect(await refusal(strangerTo(office, chat), `chatLeave(chatId: ${chat.id})`)).toMatchObject({
      code: "CANNOT_LEAVE",
    });
  });
});

describe("about messages", () => {
  test("only participants write, and reply within the chat", async () => {
    const [chat, other] = [answered(), answered()];
    expect(await refusal(strangerTo(office, chat), `chatMessageSend(chatId: ${chat.id}, text: "Hello")`)).toMatchObject(
      {
        code: "MESSAGE_NOT_SENT",
      },
    );
    const foreign = other.messages.at(-1)?.id;
    expect(
      await refusal(
        office.staff(chat.ownerId),
        `chatMessageSend(chatId: ${chat.id}, text: "Hello", replyToId: "${foreign}")`,
      ),
    ).toMatchObject({ code: "REPLY_NOT_POSSIBLE", field: ["replyToId"] });
  });

  test("only one's own messages are changed, and they must exist", async () => {
    const message = answered().messages.find(({ authorId }) => authorId !== office.supervisor.id);
    expect(await refusal(office.supervisor, `messageEdit(messageId: "${message?.id}", text: "x")`)).toMatchObject({
      code: "MESSAGE_NOT_EDITABLE",
      field: ["messageId"],
    });
    expect(await refusal(office.supervisor, `messageDelete(messageId: ${ABSENT})`)).toMatchObject({
      code: "MESSAGE_NOT_FOUND",
    });
    expect(await refusal(office.supervisor, `messageEdit(messageId: ${ABSENT}, text: "")`)).toMatchObject({
      code: "TEXT_EMPTY",
    });
  });

  test("reading and muting are for participants", async () => {
    const chat = answered();
    const stranger = strangerTo(office, chat);
    expect(await refusal(stranger, `chatMarkAsRead(chatId: ${chat.id})`)).toMatchObject({ code: "ACCESS_DENIED" });
    expect(await refusal(stranger, `chatMute(chatId: ${chat.id}, muted: true)`)).toMatchObject({
      code: "ACCESS_DENIED",
    });
    expect(await refusal(stranger, `chatTyping(chatId: ${chat.id})`)).toMatchObject({ code: "ACCESS_DENIED" });
  });

  test("a message that does not exist is no canned response", async () => {
    const chat = answered();
    expect(
      await refusal(office.staff(chat.ownerId), `quickReplySave(chatId: ${chat.id}, messageId: ${ABSENT})`),
    ).toMatchObject({ code: "QUICK_REPLY_NOT_SAVED", field: ["messageId"] });
  });
});

describe("about ratings", () => {
  test("out of range, nothing given, no right, unreadable", async () => {
    const chat = answered();
    const sessionId = office.portal.world.openSession(chat.id)?.id;
    expect(await refusal(office.supervisor, `sessionRate(sessionId: ${sessionId}, rating: 9)`)).toMatchObject({
      code: "RATING_OUT_OF_RANGE",
      field: ["rating"],
    });
    expect(await refusal(office.supervisor, `sessionRate(sessionId: ${sessionId})`)).toMatchObject({
      code: "RATING_OR_COMMENT_REQUIRED",
    });
    expect(
      await refusal(office.staff(chat.ownerId), `sessionRate(sessionId: ${sessionId}, comment: "Fine")`),
    ).toMatchObject({ code: "ACCESS_DENIED", field: ["sessionId"] });
    expect(await refusal(office.supervisor, `sessionRate(sessionId: ${ABSENT}, rating: 5)`)).toMatchObject({
      code: "COMMENT_UNREADABLE",
      bitrixCode: "ACCESS_DENIED",
    });
    office.portal.setFaults([{ method: "imopenlines.session.head.vote", kind: "error", error: "EMPTY_SESSION_ID" }]);
    expect(await refusal(office.supervisor, `sessionRate(sessionId: 5, comment: "Fine")`)).toMatchObject({
      code: "SESSION_NOT_FOUND",
    });
  });
});

describe("what has no word", () => {
  test("an unknown code is REFUSED, a false is NOT_DONE", async () => {
    const chat = answered();
    office.portal.setFaults([{ method: "imopenlines.session.join", kind: "error", error: "BRAND_NEW" }]);
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${chat.id})`)).toMatchObject({
      code: "REFUSED",
      bitrixCode: "BRAND_NEW",
    });
    office.portal.setFaults([{ method: "imopenlines.session.join", kind: "result", result: false }]);
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${chat.id})`)).toMatchObject({ code: "NOT_DONE" });
  });
});

test("every user error that belongs here was met", () => {
  expect(errorsMetIn("chats").filter((code) => !seen.has(code))).toEqual([]);
});
