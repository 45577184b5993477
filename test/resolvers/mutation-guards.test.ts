import { describe, expect, test } from "vitest";
import { Refused } from "../datasources/bitrix24/scripted-portal.ts";
import { type Gateway, startGatewayCore } from "./operation.ts";

/** A gateway before a portal at which nothing may arrive. */
function startGuarded(): Promise<Gateway> {
  return startGatewayCore((method) => {
    throw new Error(`${method} must not leave the gateway`);
  });
}

const LEAD = '{ type: LEAD, entityId: "5" }';
const CODE = "ab515f5d85a8b844d484f6ea75a2e494";

test("who is offered a chat takes it although the look at it is refused", async () => {
  const gateway = await startGatewayCore((method) => {
    if (method === "imopenlines.dialog.get") throw new Refused("ACCESS_ERROR");
    return true;
  });
  const data = await gateway.data(`mutation { chatAnswer(chatId: 5) { userErrors { code } } }`);
  expect(data).toEqual({ chatAnswer: { userErrors: [] } });
  expect(gateway.seen().commands).toContain("imopenlines.operator.answer");
});

describe("what the portal would misread never leaves the gateway", () => {
  test.each([
    ["a rating of 0", "sessionRate(sessionId: 7, rating: 0)", "RATING_OUT_OF_RANGE"],
    ["a rating of 6", 'sessionRate(sessionId: 7, rating: 6, comment: "x")', "RATING_OUT_OF_RANGE"],
    ["a negative rating", "sessionRate(sessionId: 7, rating: -1)", "RATING_OUT_OF_RANGE"],
    ["neither rating nor comment", "sessionRate(sessionId: 7)", "RATING_OR_COMMENT_REQUIRED"],
    ["a comment of blanks alone", 'sessionRate(sessionId: 7, comment: " ")', "RATING_OR_COMMENT_REQUIRED"],
    ["a comment of just 0 alone", 'sessionRate(sessionId: 7, comment: "0")', "RATING_OR_COMMENT_REQUIRED"],
    ["erasing a comment alone", "sessionRate(sessionId: 7, comment: null)", "RATING_OR_COMMENT_REQUIRED"],
    ["an empty message", 'chatMessageSend(chatId: 5, text: "  ")', "TEXT_EMPTY"],
    ["an empty edit, which would delete", 'messageEdit(messageId: 5, text: "")', "TEXT_EMPTY"],
    ["an automatic message without text", "botMessageSend(chatId: 5, kind: DEFAULT)", "TEXT_EMPTY"],
    ["an empty CRM message", `crmMessageSend(entity: ${LEAD}, chatId: 5, authorId: 1, text: "")`, "TEXT_EMPTY"],
    ["a CRM message of just 0", `crmMessageSend(entity: ${LEAD}, chatId: 5, authorId: 1, text: "0")`, "TEXT_EMPTY"],
    ["a network code of 31 characters", `networkLineJoin(code: "${CODE.slice(1)}")`, "INVALID_NETWORK_CODE"],
    [
      "a network message with a long code",
      `networkMessageSend(input: { code: "${CODE}0", recipientId: 5, text: "Hello" })`,
      "INVALID_NETWORK_CODE",
    ],
    [
      "a network message without text",
      `networkMessageSend(input: { code: "${CODE}", recipientId: 5, text: "\\n" })`,
      "TEXT_EMPTY",
    ],
  ])("%s", async (_, mutation, code) => {
    const gateway = await startGuarded();
    const { [mutation.split("(")[0] ?? ""]: payload } = await gateway.data(
      `mutation { ${mutation} { userErrors { code message bitrixCode } } }`,
    );
    expect(payload).toMatchObject({ userErrors: [{ code, bitrixCode: null }] });
    expect(gateway.seen()).toEqual({ requests: 0, commands: [] });
  });

  test.each([
    ["attachments", "ATTACHMENT_TOO_LARGE"],
    ["keyboard", "KEYBOARD_INVALID"],
  ])("%s above 30 KB", async (field, code) => {
    const gateway = await startGuarded();
    const input = {
      code: CODE,
      recipientId: "5",
      text: "Hello",
      [field]: { BLOCKS: [{ MESSAGE: "é".repeat(16_000) }] },
    };
    const data = await gateway.data(
      "mutation ($input: NetworkMessageSendInput!) { networkMessageSend(input: $input) { userErrors { code field } recipient { id } } }",
      { input },
    );
    expect(data.networkMessageSend).toEqual({ userErrors: [{ code, field: ["input", field] }], recipient: null });
    expect(gateway.seen().requests).toBe(0);
  });

  test.each([
    ["a chat id that is not one", 'chatFinish(chatId: "abc")', /chatId must be an id/],
    ["a negative id", 'chatFinish(chatId: "-5")', /chatId must be an id/],
    ["two transfer targets", "chatTransfer(chatId: 5, to: { userId: 1, lineId: 2 })", /exactly one|Exactly one/],
    ["no transfer target", "chatTransfer(chatId: 5, to: {})", /exactly one|Exactly one/],
    ["a transfer target that is null", "chatTransfer(chatId: 5, to: { userId: null })", /null/],
    ["a target that is no id", 'chatTransfer(chatId: 5, to: { lineId: "queue2" })', /to\.lineId must be an id/],
    [
      "a CRM item that is no id",
      'crmMessageSend(entity: { type: LEAD, entityId: "L_5" }, chatId: 5, authorId: 1, text: "x")',
      /entity\.entityId/,
    ],
    ["a flag that is a word", 'chatSetSilentMode(chatId: 5, enabled: "Y")', /Boolean/],
  ])("%s is a GraphQL error", async (_, mutation, message) => {
    const gateway = await startGuarded();
    const { errors } = await gateway.run(`mutation { ${mutation} { userErrors { code } } }`);
    expect(errors?.map((error) => error.message).join()).toMatch(message);
    expect(gateway.seen().requests).toBe(0);
  });
});

test("flags leave as Y and N, the target as one of the two parameters", async () => {
  const gateway = await startGatewayCore(() => true);
  await gateway.data(`mutation {
    a: chatSetSilentMode(chatId: "chat5", enabled: true) { userErrors { code } }
    b: chatSetSilentMode(chatId: 5, enabled: false) { userErrors { code } }
    c: chatPin(chatId: 5) { userErrors { code } }
    d: chatUnpin(chatId: 5) { userErrors { code } }
    e: chatTransfer(chatId: 5, to: { userId: 7 }) { userErrors { code } }
    f: chatTransfer(chatId: 5, to: { lineId: "9007199254740993" }) { userErrors { code } }
    g: botChatTransfer(chatId: 5, to: { lineId: 3 }, leave: true) { userErrors { code } }
  }`);
  expect(gateway.portal.requests.map(({ body }) => body)).toEqual([
    { CHAT_ID: 5, ACTIVATE: "Y" },
    { CHAT_ID: 5, ACTIVATE: "N" },
    { CHAT_ID: 5, ACTIVATE: "Y" },
    { CHAT_ID: 5, ACTIVATE: "N" },
    { CHAT_ID: 5, USER_ID: 7 },
    { CHAT_ID: 5, QUEUE_ID: "9007199254740993" },
    { CHAT_ID: 5, QUEUE_ID: 3, LEAVE: "Y" },
  ]);
});

test("a stored comment that cannot be read is never erased", async () => {
  const gateway = await startGatewayCore((method) => {
    if (method === "imopenlines.session.history.get") throw new Refused("ACCESS_DENIED");
    throw new Error(`${method} must not be called`);
  });
  const data = await gateway.data(
    "mutation { sessionRate(sessionId: 7, rating: 5) { userErrors { code field bitrixCode } session { id } } }",
  );
  expect(data.sessionRate).toEqual({
    userErrors: [{ code: "COMMENT_UNREADABLE", field: ["comment"], bitrixCode: "ACCESS_DENIED" }],
    session: { id: "7" },
  });
  expect(gateway.seen().commands).toEqual(["imopenlines.session.history.get"]);
});

describe("result: false with HTTP 200 is a failure", () => {
  test.each([
    ["chatFinish(chatId: 5)", "NOT_DONE"],
    ['chatMessageSend(chatId: 5, text: "x")', "MESSAGE_NOT_SENT"],
    ["messageDelete(messageId: 5)", "NOT_DONE"],
    ["chatMarkAsRead(chatId: 5)", "ACCESS_DENIED"],
    ['sessionRate(sessionId: 5, comment: "x")', "NOT_DONE"],
    [`networkLineJoin(code: "${CODE}")`, "NETWORK_LINE_NOT_FOUND"],
    [`crmMessageSend(entity: ${LEAD}, chatId: 5, authorId: 1, text: "x")`, "MESSAGE_NOT_SENT"],
  ])("%s", async (mutation, code) => {
    const gateway = await startGatewayCore(() => false);
    const [payload] = Object.values(await gateway.data(`mutation { ${mutation} { userErrors { code } } }`));
    expect(payload).toEqual({ userErrors: [{ code }] });
  });

  test.each(["crmChatParticipantAdd", "crmChatParticipantRemove"])(
    "%s: 0 means that there is no chat",
    async (name) => {
      const gateway = await startGatewayCore(() => 0);
      const data = await gateway.data(
        `mutation { ${name}(entity: ${LEAD}, userId: 7) { userErrors { code } chat { id } } }`,
      );
      expect(data[name]).toEqual({ userErrors: [{ code: "NO_CHAT" }], chat: null });
    },
  );
});

test("a refusal about the caller is a GraphQL error, and only that field is null", async () => {
  const gateway = await startGatewayCore((method) => {
    if (method === "imopenlines.operator.finish") throw new Refused("insufficient_scope", 403);
    return true;
  });
  const { data, errors } = await gateway.run(
    "mutation { chatJoin(chatId: 5) { userErrors { code } } chatFinish(chatId: 5) { userErrors { code } } }",
  );
  expect(data).toMatchObject({ chatJoin: { userErrors: [] }, chatFinish: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.path).toEqual(["chatFinish"]);
});

test("a chat that cannot be read again after the write nulls that field alone, with an error at its path", async () => {
  const gateway = await startGatewayCore((method) => {
    if (method === "imopenlines.dialog.get") throw new Refused("ACCESS_ERROR");
    return true;
  });
  const { data, errors } = await gateway.run(
    "mutation { chatLeave(chatId: 5) { userErrors { code } chat { id title } } }",
  );
  expect(data).toMatchObject({ chatLeave: { userErrors: [], chat: null } });
  expect(errors?.map(({ path }) => path)).toEqual([["chatLeave", "chat"]]);
});

test("a refused write whose chat cannot be read either is told once", async () => {
  const gateway = await startGatewayCore((method) => {
    throw new Refused(method === "imopenlines.dialog.get" ? "ACCESS_ERROR" : "ACCESS_DENIED");
  });
  const data = await gateway.data("mutation { chatJoin(chatId: 5) { userErrors { code } chat { id title } } }");
  expect(data.chatJoin).toEqual({ userErrors: [{ code: "ACCESS_DENIED" }], chat: null });
});
