import type { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { shapeError } from "../../../src/server/operations/error-shaping.ts";
import { Refused, type Reply } from "../../datasources/bitrix24/scripted-portal.ts";
import { type Gateway, startGatewayCore } from "../operation.ts";
import { dialogOnWire } from "../wire-answers.ts";

/** As a client gets it. */
function formatted(error: GraphQLError): { readonly code: unknown; readonly message: string } {
  const { message, extensions } = shapeError(error, { log: { error: () => {} }, maxLength: 1_000, requestId: "" });
  return { code: extensions?.code, message };
}

const refusal = (status: number, error: string, description = ""): Reply => ({
  status,
  body: JSON.stringify({ error, error_description: description }),
});

/** Two fields that leave as one batch, which the portal's front answers. */
async function batchAnsweredBy(reply: Reply): Promise<{ codes: unknown[]; messages: string[]; gateway: Gateway }> {
  const gateway = await startGatewayCore(() => dialogOnWire());
  gateway.portal.intercept = ({ method }) => (method === "batch" ? reply : undefined);
  const { errors = [] } = await gateway.run('{ chat(by: { id: "1777" }) { title } apiRevision { rest } }');
  expect(gateway.portal.requests.every(({ method }) => method === "batch")).toBe(true);
  const shaped = errors.map(formatted);
  return { codes: shaped.map(({ code }) => code), messages: shaped.map(({ message }) => message), gateway };
}

test.each<[string, Reply, string, RegExp]>([
  ["a removed webhook", refusal(401, "INVALID_CREDENTIALS"), "UNAUTHENTICATED", /removed/],
  ["a dismissed user", refusal(403, "user_access_error"), "UNAUTHENTICATED", /dismissed/],
  ["a plan without REST, without a word", refusal(403, "ACCESS_DENIED"), "FORBIDDEN", /plan/],
  [
    "a plan without REST",
    refusal(403, "ACCESS_DENIED", "REST is available only on commercial plans"),
    "FORBIDDEN",
    /plan/,
  ],
  [
    "a plan without REST, in the words of a method",
    refusal(403, "ACCESS_DENIED", "Access denied! Plan"),
    "FORBIDDEN",
    /plan/,
  ],
  ["a plan without REST, with 401", refusal(401, "ACCESS_DENIED"), "FORBIDDEN", /plan/],
  ["a portal that wants https", refusal(400, "INVALID_REQUEST", "Https required"), "FORBIDDEN", /https:\/\//],
  ["a code that is some method's own", refusal(400, "CHAT_ID"), "UPSTREAM_PROTOCOL", /no word/],
])("%s refuses the whole batch, and each field is told so", async (_what, reply, code, words) => {
  const { codes, messages } = await batchAnsweredBy(reply);
  expect(codes).toEqual([code, code]);
  for (const message of messages) expect(message).toMatch(words);
});

test.each([502, 503, 504])("the page of a %i in the place of a batch is a portal that is away", async (status) => {
  const { codes } = await batchAnsweredBy({ status, body: "<html>maintenance</html>" });
  expect(codes).toEqual(["UPSTREAM_UNAVAILABLE", "UPSTREAM_UNAVAILABLE"]);
});

test.each<[string, string]>([
  ["INVALID_CREDENTIALS", "FORBIDDEN"],
  ["user_access_error", "FORBIDDEN"],
  ["INVALID_REQUEST", "BAD_USER_INPUT"],
  ["ACCESS_DENIED", "NOT_FOUND_OR_FORBIDDEN"],
])("%s of one command is the method's own, and the other field has its answer", async (error, code) => {
  const gateway = await startGatewayCore((method) => {
    if (method === "imopenlines.revision.get") throw new Refused(error, 403);
    return dialogOnWire();
  });
  const result = await gateway.run('{ chat(by: { id: "1777" }) { title } apiRevision { rest } }');
  expect(result.data?.chat).toMatchObject({ title: expect.any(String) });
  expect((result.errors ?? []).map(formatted).map((each) => each.code)).toEqual([code]);
});

test("a write whose batch is refused by the plan is an error of the caller, not of the chat", async () => {
  const gateway = await startGatewayCore(() => dialogOnWire());
  gateway.portal.intercept = ({ method }) => (method === "batch" ? refusal(403, "ACCESS_DENIED") : undefined);
  const { data, errors = [] } = await gateway.run(
    'mutation { chatSkip(chatId: "1777") { userErrors { code } chat { title } } }',
  );
  expect(data).toEqual({ chatSkip: null });
  expect(errors.map(formatted)).toMatchObject([{ code: "FORBIDDEN" }]);
});
