import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PortalRefusal } from "../../src/datasources/bitrix24/errors.ts";
import { refusalClass } from "../../src/refusals/refusal-table.ts";
import { isBusinessRefusal, ownUserError, userErrorFor } from "../../src/refusals/user-error.ts";
import { UserErrorCode } from "../../src/schema/mutation-payload.ts";
import methodsFixture from "../fixtures/methods.json" with { type: "json" };

const documented = z
  .array(
    z.object({
      name: z.string(),
      kind: z.enum(["read", "write"]),
      errors: z.array(z.object({ code: z.string(), httpStatus: z.number().nullable(), message: z.string() })),
    }),
  )
  .parse(methodsFixture);

const writes = documented.filter(({ kind }) => kind === "write");
const documentedErrors = writes.flatMap(({ name, errors }) =>
  errors.map(({ code, httpStatus, message }) => ({ method: name, code, status: httpStatus ?? 400, message })),
);

describe("the documented errors of every writing method", () => {
  test("are all 29 methods' and not a handful", () => {
    expect(writes).toHaveLength(29);
    expect(documentedErrors.length).toBeGreaterThan(100);
  });

  test.each(documentedErrors)("$method $code has a word of its own", ({ method, code, status, message }) => {
    const refusal = new PortalRefusal(method, code, message, status);
    if (refusalClass(refusal) !== "business") {
      expect(() => userErrorFor(refusal)).toThrow(refusal);
      return;
    }
    const error = userErrorFor(refusal);
    expect(error.code).not.toBe(UserErrorCode.REFUSED);
    expect(error.bitrixCode).toBe(code);
    expect(error.portalMessage).toBe(message);
    // Ours is stable: it must not be the portal's text, which follows the portal's language.
    expect(error.message).not.toBe(message);
  });
});

describe("a refusal without a code", () => {
  test.each([
    ["imopenlines.operator.answer", "CANNOT_ANSWER"],
    ["imopenlines.operator.skip", "CANNOT_SKIP"],
    ["imopenlines.session.mode.pin", "NOT_OPERATOR"],
    ["imopenlines.session.intercept", "CANNOT_INTERCEPT"],
    ["imopenlines.network.join", "NETWORK_LINE_NOT_FOUND"],
    ["imopenlines.crm.lead.create", "LEAD_NOT_CREATED"],
    ["im.message.add", "MESSAGE_NOT_SENT"],
  ])("of %s is %s", (method, code) => {
    const error = userErrorFor(new PortalRefusal(method, "", "", 400));
    expect(error).toMatchObject({ code, bitrixCode: "", portalMessage: null });
  });

  test("of a method without a meaning for it is REFUSED, with a sentence", () => {
    const error = userErrorFor(new PortalRefusal("imopenlines.operator.spam", "", ""));
    expect(error.code).toBe("REFUSED");
    expect(error.message).toMatch(/without a reason/);
  });
});

describe("codes that the documentation does not list", () => {
  test.each([
    ["imopenlines.operator.finish", "ERROR_USER_NOT_OPERATOR", "NOT_OPERATOR"],
    ["imopenlines.operator.finish", "NOT_LOAD_SESSION_OR_CHAT", "NO_OPEN_SESSION"],
    ["imopenlines.operator.another.finish", "IMOL_CHAT_ERROR_NOT_LOAD_DATA", "NO_OPEN_SESSION"],
    ["imopenlines.operator.answer", "ANSWER_ALREADY_TAKEN", "ALREADY_ASSIGNED"],
    ["imopenlines.operator.skip", "EMPTY_USER_OR_CHAT", "CANNOT_SKIP"],
    ["imopenlines.operator.skip", "IM_ERROR_KICK", "CANNOT_SKIP"],
    ["imopenlines.crm.message.add", "CANCELED", "MESSAGE_NOT_SENT"],
    ["imopenlines.crm.message.add", "ERROR_NO_ACCESS", "MESSAGE_NOT_SENT"],
    ["imopenlines.crm.chat.user.delete", "IM_ERROR_KICK", "PARTICIPANT_UNCHANGED"],
    ["imopenlines.session.join", "LEAVE_OWNER_FORBIDDEN", "REFUSED"],
    ["imopenlines.crm.message.add", "USER_NOT_FOUND", "USER_NOT_FOUND"],
    ["imopenlines.crm.chat.user.add", "USER_NOT_FOUND", "USER_NOT_FOUND"],
    ["imopenlines.crm.chat.user.add", "IM_ERROR_KICK", "PARTICIPANT_UNCHANGED"],
    ["imopenlines.session.join", "ERROR_CHAT_NOT_EXISTS", "CHAT_NOT_FOUND"],
    ["im.message.update", "CANT_EDIT_MESSAGE", "MESSAGE_NOT_EDITABLE"],
    ["im.message.delete", "MESSAGE_ID_ERROR", "MESSAGE_NOT_FOUND"],
    ["im.message.add", "REPLY_FROM_OTHER_CHAT_ERROR", "REPLY_NOT_POSSIBLE"],
    ["im.dialog.writing", "ACCESS_ERROR", "ACCESS_DENIED"],
    ["imopenlines.session.join", "INVALID_FORMAT", "INVALID_ARGUMENT"],
  ])("%s %s is %s", (method, bitrixCode, code) => {
    expect(userErrorFor(new PortalRefusal(method, bitrixCode, "text", 400))).toMatchObject({ code, bitrixCode });
  });

  test.each(["SOMETHING_NEW", "constructor", "__proto__", "toString"])("%s is REFUSED and keeps its code", (code) => {
    const error = userErrorFor(new PortalRefusal("imopenlines.operator.answer", code, "text", 400));
    expect(error).toMatchObject({ code: "REFUSED", bitrixCode: code, portalMessage: "text" });
  });

  /** The messenger's own codes, when it would not take somebody out of a chat: they replace the code of the method that wanted it. */
  const ofMessenger = [
    "USER_NOT_FOUND",
    "EMPTY_USER_OR_CHAT",
    "LEAVE_OWNER_FORBIDDEN",
    "ACCESS_DENIED_KICK",
    "IM_ERROR_KICK",
  ];
  const meant = {
    "imopenlines.operator.answer": "CANNOT_ANSWER",
    "imopenlines.operator.skip": "CANNOT_SKIP",
    "imopenlines.operator.transfer": "TRANSFER_REFUSED",
    "imopenlines.bot.session.transfer": "TRANSFER_REFUSED",
    "imopenlines.session.intercept": "CANNOT_INTERCEPT",
    "imopenlines.crm.chat.user.delete": "PARTICIPANT_UNCHANGED",
    "im.chat.leave": "CANNOT_LEAVE",
    "imopenlines.operator.finish": "NO_OPEN_SESSION",
    "imopenlines.operator.spam": "REFUSED",
    "imopenlines.session.mode.pin": "NOT_OPERATOR",
    "imopenlines.message.quick.save": "QUICK_REPLY_NOT_SAVED",
    "imopenlines.crm.lead.create": "LEAD_NOT_CREATED",
  };
  test.each(
    Object.entries(meant).flatMap(([method, code]) => ofMessenger.map((bitrixCode) => ({ method, bitrixCode, code }))),
  )("$bitrixCode on $method is $code", ({ method, bitrixCode, code }) => {
    expect(userErrorFor(new PortalRefusal(method, bitrixCode, "text", 400))).toMatchObject({ code, bitrixCode });
  });

  test("a user whom a network line does not know is still no such user", () => {
    const refusal = new PortalRefusal("imopenlines.network.message.add", "USER_NOT_FOUND", "text", 400);
    expect(userErrorFor(refusal).code).toBe("USER_NOT_FOUND");
  });

  test("one code means another thing on another method", () => {
    const codeOf = (method: string) => userErrorFor(new PortalRefusal(method, "OPERATOR_WRONG", "", 400)).code;
    expect(codeOf("imopenlines.operator.transfer")).toBe("TRANSFER_REFUSED");
    expect(codeOf("imopenlines.session.intercept")).toBe("CANNOT_INTERCEPT");
  });
});

describe("refusals that are not about the object", () => {
  test.each([
    ["expired_token", 401],
    ["insufficient_scope", 403],
    ["QUERY_LIMIT_EXCEEDED", 503],
    ["OPERATION_TIME_LIMIT", 429],
    ["INTERNAL_SERVER_ERROR", 500],
    ["ERROR_METHOD_NOT_FOUND", 404],
    ["ACCESS_DENIED", 401],
    ["ACCESS_DENIED", 403],
    ["INVALID_CREDENTIALS", 403],
    ["user_access_error", 401],
    ["INVALID_REQUEST", 400],
    ["access_denied", 403],
    ["ACCESS_DENIED", 402],
    ["SOME_NEW_CODE", 401],
    ["", 401],
  ])("%s (HTTP %i) is thrown on", (code, status) => {
    const refusal = new PortalRefusal("imopenlines.operator.answer", code, "Text of the portal", status);
    expect(() => userErrorFor(refusal)).toThrow(refusal);
    expect(isBusinessRefusal(refusal)).toBe(false);
  });
});

test.each(["Access denied! You have no access", "Access denied.", "access denied"])(
  "a method's own refusal with 403, which begins with %s, is about the object",
  (text) => {
    const refusal = new PortalRefusal("imopenlines.operator.answer", "ACCESS_DENIED", text, 403);
    expect(userErrorFor(refusal).code).toBe("ACCESS_DENIED");
  },
);

test("codes mean the same in whichever case a portal writes them", () => {
  const refusal = new PortalRefusal("imopenlines.session.intercept", "operator_wrong", "", 400);
  expect(userErrorFor(refusal)).toMatchObject({ code: "CANNOT_INTERCEPT", bitrixCode: "operator_wrong" });
});

test("a request that the authorization server does not accept is no matter of https", () => {
  expect(refusalClass(new PortalRefusal("oauth.token", "invalid_request", "", 400))).toBe("unauthenticated");
  expect(refusalClass(new PortalRefusal("imopenlines.revision.get", "INVALID_REQUEST", "", 400))).toBe("configuration");
});

test("the argument to blame is given outright or by error", () => {
  const refusal = new PortalRefusal("imopenlines.operator.answer", "CHAT_ID", "", 400);
  expect(userErrorFor(refusal).field).toBeNull();
  expect(userErrorFor(refusal, ["chatId"]).field).toEqual(["chatId"]);
  expect(userErrorFor(refusal, { CHAT_NOT_FOUND: ["input", "chat"] }).field).toEqual(["input", "chat"]);
  expect(userErrorFor(refusal, { NOT_OPERATOR: ["chatId"] }).field).toBeNull();
});

test("a refusal by the gateway itself carries nothing of the portal", () => {
  expect(ownUserError(UserErrorCode.TEXT_EMPTY, "Empty.", ["text"])).toEqual({
    code: "TEXT_EMPTY",
    message: "Empty.",
    field: ["text"],
    bitrixCode: null,
    portalMessage: null,
  });
});
