import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import {
  CallAborted,
  OutcomeUnknown,
  PortalProtocolError,
  PortalRateLimited,
  PortalRefusal,
  PortalResting,
  PortalTimeout,
  PortalUnavailable,
} from "../../../src/datasources/bitrix24/errors.ts";
import { WireError } from "../../../src/datasources/bitrix24/wire.ts";
import { badUserInput } from "../../../src/schema/input-errors.ts";
import { shapeError } from "../../../src/server/operations/error-shaping.ts";
import { StorageUnavailable } from "../../../src/storage/storage-unavailable.ts";

const METHOD = "imopenlines.dialog.get";

function shape(cause: Error, logged: unknown[] = []) {
  const wrapped = new GraphQLError(cause.message, { originalError: cause, path: ["chat"] });
  return shapeError(wrapped, {
    log: { error: (fields) => logged.push(fields) },
    maxLength: 1_024,
    requestId: "of-a-test",
  });
}

test.each<[string, Error, Record<string, unknown>]>([
  [
    "a used-up allowance",
    new PortalRateLimited("Wait.", 1500.2, METHOD),
    { code: "UPSTREAM_RATE_LIMITED", retryAfterMs: 1501 },
  ],
  [
    "a method whose operating time is used up",
    new PortalRateLimited("Wait.", 60_000, METHOD, "OPERATION_TIME_LIMIT"),
    { code: "UPSTREAM_RATE_LIMITED", bitrix24: { method: METHOD, error: "OPERATION_TIME_LIMIT" } },
  ],
  ["an unreachable portal", new PortalUnavailable("Away.", METHOD), { code: "UPSTREAM_UNAVAILABLE" }],
  ["a portal that rests", new PortalResting(1500.2, METHOD), { code: "UPSTREAM_UNAVAILABLE", retryAfterMs: 1501 }],
  ["a silent portal", new PortalTimeout("Silent.", METHOD), { code: "UPSTREAM_TIMEOUT" }],
  ["a deadline that passed", new CallAborted("Over.", METHOD), { code: "UPSTREAM_TIMEOUT" }],
  ["an answer that is no REST JSON", new PortalProtocolError("HTML.", METHOD), { code: "UPSTREAM_PROTOCOL" }],
  ["a write without an answer", new OutcomeUnknown(METHOD), { code: "OUTCOME_UNKNOWN" }],
  ["a value of another shape", new WireError("id", "an id", {}), { code: "UPSTREAM_PROTOCOL" }],
  ["an input of the gateway's own check", badUserInput("Wrong."), { code: "BAD_USER_INPUT" }],
  [
    "a store that is away",
    new StorageUnavailable("Redis cannot be used now: connect ECONNREFUSED 10.0.0.5:6379"),
    { code: "STORAGE_UNAVAILABLE", retryAfterMs: 2_000 },
  ],
])("%s has its code", (_name, cause, extensions) => {
  expect(shape(cause)).toMatchObject({ path: ["chat"], extensions });
});

test("what is wrong with a store is for the operator, not for clients", () => {
  expect(JSON.stringify(shape(new StorageUnavailable("connect ECONNREFUSED 10.0.0.5:6379")))).not.toContain("10.0.0.5");
});

test.each<[string, number | undefined, string]>([
  ["expired_token", 401, "UNAUTHENTICATED"],
  ["NO_AUTH_FOUND", 401, "UNAUTHENTICATED"],
  ["insufficient_scope", 403, "FORBIDDEN"],
  ["ACCESS_DENIED", 401, "FORBIDDEN"],
  // The plan's: its text is none of a method's own, which are tested below.
  ["ACCESS_DENIED", 403, "FORBIDDEN"],
  ["ACCESS_DENIED", 400, "NOT_FOUND_OR_FORBIDDEN"],
  ["ACCESS_DENIED", undefined, "NOT_FOUND_OR_FORBIDDEN"],
  ["INVALID_CREDENTIALS", undefined, "FORBIDDEN"],
  ["INVALID_REQUEST", undefined, "BAD_USER_INPUT"],
  ["INVALID_CREDENTIALS", 401, "UNAUTHENTICATED"],
  ["INVALID_CREDENTIALS", 403, "UNAUTHENTICATED"],
  ["user_access_error", 403, "UNAUTHENTICATED"],
  ["INVALID_REQUEST", 400, "FORBIDDEN"],
  ["WRONG_AUTH_TYPE", 403, "FORBIDDEN"],
  ["ERROR_METHOD_NOT_FOUND", 404, "FORBIDDEN"],
  ["IM_NOT_INSTALLED", 400, "FORBIDDEN"],
  ["QUERY_LIMIT_EXCEEDED", 503, "UPSTREAM_RATE_LIMITED"],
  ["INTERNAL_SERVER_ERROR", 500, "UPSTREAM_UNAVAILABLE"],
  ["ACCESS_ERROR", 400, "NOT_FOUND_OR_FORBIDDEN"],
  ["CHAT_ID", 400, "NOT_FOUND_OR_FORBIDDEN"],
  ["INVALID_SESSION_ID", 400, "NOT_FOUND_OR_FORBIDDEN"],
  ["", 400, "NOT_FOUND_OR_FORBIDDEN"],
  ["CONFIG_ID_EMPTY", 400, "BAD_USER_INPUT"],
  ["INVALID_FORMAT_FILTER", 400, "BAD_USER_INPUT"],
  ["SOMETHING_NEW", 400, "UPSTREAM_PROTOCOL"],
])("the portal's code %j with status %s becomes %s", (error, status, code) => {
  const shaped = shape(new PortalRefusal(METHOD, error, "Текст портала", status));
  expect(shaped.extensions).toMatchObject({ code, bitrix24: { method: METHOD, error } });
  expect(shaped.message).toMatch(/[.)]$/);
  expect(JSON.stringify(shaped)).not.toContain("Текст");
});

test("a plan without REST is told from a method's own refusal with the same code and status", () => {
  const refused = (description: string) => shape(new PortalRefusal(METHOD, "ACCESS_DENIED", description, 403));
  expect(refused("REST is available only on commercial plans").message).toMatch(/plan does not include REST/);
  const own = refused("Access denied! You dont have access to this action");
  expect(own.extensions).toMatchObject({ code: "NOT_FOUND_OR_FORBIDDEN" });
  expect(own.message).not.toMatch(/plan/);
});

test("a portal that is asked without encryption says what to set", () => {
  expect(shape(new PortalRefusal(METHOD, "INVALID_REQUEST", "Https required", 400)).message).toMatch(/https:\/\//);
});

test("a scope that is missing is named after the method", () => {
  const scopes = ["imopenlines.dialog.get", "im.recent.list", "user.search", "crm.lead.get", "imbot.command.add"].map(
    (method) => shape(new PortalRefusal(method, "insufficient_scope", "", 403)).extensions?.requiredScope,
  );
  expect(scopes).toEqual(["imopenlines", "im", "user", "crm", "imbot"]);
});

test("what nobody foresaw is logged whole, and the client gets only the id under which to find it", () => {
  const logged: unknown[] = [];
  const cause = new TypeError("cannot read secret of undefined");
  const shaped = shape(cause, logged);
  expect(shaped.extensions?.code).toBe("INTERNAL_SERVER_ERROR");
  expect(JSON.stringify(shaped)).not.toMatch(/secret|TypeError|stack/);
  expect(logged).toEqual([{ err: cause, path: "chat", requestId: shaped.extensions?.requestId }]);
});

test("a value that a resolver returned and the schema cannot hold is the gateway's fault, not the client's", () => {
  const cause = new GraphQLError('Enum "ChatState" cannot represent value: "odd secret"');
  const logged: unknown[] = [];
  const shaped = shape(cause, logged);
  expect(shaped.extensions?.code).toBe("INTERNAL_SERVER_ERROR");
  expect(shaped.message).not.toContain("secret");
  expect(logged).toHaveLength(1);
});

test("a fault of the gateway's own while it reads an answer is logged with its cause; a value it does not understand is not", () => {
  const logged: unknown[] = [];
  const fault = new TypeError("undefined is not a function");
  const stumbled = new PortalProtocolError("The answer could not be handled.", METHOD, { cause: fault });
  expect(shape(stumbled, logged)).toMatchObject({ extensions: { code: "UPSTREAM_PROTOCOL" } });
  expect(logged).toMatchObject([{ err: fault, method: METHOD, path: "chat" }]);
  shape(new PortalProtocolError("Not understood.", METHOD, { cause: new WireError("id", "an id", {}) }), logged);
  expect(logged).toHaveLength(1);
});
