import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Fault } from "../../simulator/protocol/faults.ts";
import { keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";

let portal: RunningPortal;
let gateway: TestGateway;
let operator: string;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1, plan: "enterprise" });
  const person = portal.users.find((user) => user.role === "operator");
  if (person === undefined) throw new Error("the seed has no operator");
  operator = keyFor(person);
});

/** A new gateway for each failure, because its circuit breaker remembers. */
async function ask(faults: Fault[], query = "{ chat(by: {id: 1}) { title } }", webhook?: string) {
  portal.setFaults(faults);
  gateway = await startGateway({
    isDisturbed: true,
    portal,
    keys: webhook === undefined ? {} : { limited: webhook },
    env: { GATEWAY_OPERATION_TIMEOUT_MS: "1500" },
  });
  return gateway.graphql(query, {}, { key: webhook === undefined ? operator : "limited" });
}

afterEach(async () => {
  portal.setFaults([]);
  await gateway.close();
});

afterAll(() => portal.close());

test.each<[string, Fault[], string, RegExp]>([
  ["an HTML page", [{ kind: "http", status: 200, body: "<html>maintenance</html>" }], "UPSTREAM_PROTOCOL", /not/],
  ...[500, 502, 503, 504, 522].map((status): [string, Fault[], string, RegExp] => [
    `the page of a ${status}`,
    [{ kind: "http", status, body: "<html>maintenance</html>" }],
    "UPSTREAM_UNAVAILABLE",
    /not available/,
  ]),
  [
    "a failure as JSON without a code",
    [{ kind: "http", status: 503, body: '{"message":"maintenance"}' }],
    "UPSTREAM_UNAVAILABLE",
    /not available/,
  ],
  [
    "the page of too many requests",
    [{ kind: "http", status: 429, body: "<html>slow</html>" }],
    "UPSTREAM_RATE_LIMITED",
    /allowance/,
  ],
  [
    "a code that nobody knows with 401",
    [{ kind: "error", error: "NEW_REASON", status: 401 }],
    "UNAUTHENTICATED",
    /credential/,
  ],
  ["that somebody has to pay", [{ kind: "error", error: "ACCESS_DENIED", status: 402 }], "FORBIDDEN", /plan/],
  [
    "that it was deleted, as a failure",
    [{ kind: "error", error: "PORTAL_DELETED", status: 500 }],
    "UPSTREAM_UNAVAILABLE",
    /PORTAL_DELETED/,
  ],
  ["half a body", [{ kind: "cutBody" }], "UPSTREAM_UNAVAILABLE", /./],
  ["nothing at all", [{ kind: "hang" }], "UPSTREAM_TIMEOUT", /./],
  [
    "an empty error code",
    [{ method: "imopenlines.dialog.get", kind: "error", error: "", status: 400 }],
    "NOT_FOUND_OR_FORBIDDEN",
    /without a reason/,
  ],
  [
    "an unknown method",
    [{ method: "imopenlines.dialog.get", kind: "error", error: "ERROR_METHOD_NOT_FOUND", status: 404 }],
    "FORBIDDEN",
    /does not know the method.*imopenlines\.dialog\.get/,
  ],
  ["an expired credential", [{ kind: "error", error: "NO_AUTH_FOUND", status: 401 }], "UNAUTHENTICATED", /credential/],
  ["a plan without REST", [{ kind: "error", error: "ACCESS_DENIED", status: 401 }], "FORBIDDEN", /plan/],
  [
    "a result of another shape",
    [{ method: "imopenlines.dialog.get", kind: "result", result: "surprise" }],
    "UPSTREAM_PROTOCOL",
    /imopenlines\.dialog\.get is not understood/,
  ],
])("a portal that answers %s", async (_name, faults, code, words) => {
  const answer = await ask(faults);
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({ chat: null });
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors?.[0]).toMatchObject({ path: ["chat"], extensions: { code } });
  expect(answer.errors?.[0]?.message).toMatch(words);
  const shown = JSON.stringify(answer.errors);
  expect(shown).not.toMatch(/stack|node_modules|\/rest\/|127\.0\.0\.1|maintenance|surprise/);
});

test("the portal's own code is told where its program failed", async () => {
  const answer = await ask([{ kind: "error", error: "INTERNAL_SERVER_ERROR", status: 500 }]);
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: "UPSTREAM_UNAVAILABLE",
    bitrix24: { method: "imopenlines.dialog.get", error: "INTERNAL_SERVER_ERROR" },
  });
});

test("and where nobody knows what became of a write", async () => {
  const answer = await ask(
    [{ kind: "error", error: "ERROR_CORE", status: 500 }],
    "mutation { chatSkip(chatId: 1) { userErrors { code } } }",
  );
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: "OUTCOME_UNKNOWN",
    bitrix24: { method: "imopenlines.operator.skip", error: "ERROR_CORE" },
  });
});

test("`result: false` of a line that does not exist is null without an error", async () => {
  const answer = await ask(
    [{ method: "imopenlines.config.get", kind: "result", result: false }],
    "{ openLine(id: 1) { name } }",
  );
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toEqual({ openLine: null });
});

test("`result: false` of a write is a failure that is said", async () => {
  const answer = await ask(
    [{ method: "imopenlines.config.delete", kind: "result", result: false }],
    "mutation { openLineDelete(openLineId: 1) { userErrors { code message } } }",
  );
  expect(answer.errors).toBeUndefined();
  expect(answer.data.openLineDelete.userErrors).toHaveLength(1);
});

test("a scope that was not granted is named", async () => {
  const id = portal.users.find((user) => user.role === "operator")?.id ?? 0;
  const answer = await ask([], "{ inbox { nodes { id } } }", portal.createWebhook(id, ["imopenlines", "user"]));
  expect(answer.errors?.[0]).toMatchObject({
    extensions: { code: "FORBIDDEN", requiredScope: "im", bitrix24: { error: "insufficient_scope" } },
  });
  expect(answer.errors?.[0]?.message).toContain('the scope "im"');
});

test("a portal that cannot be reached", async () => {
  const answer = await ask([], "{ chat(by: {id: 1}) { title } }", "http://127.0.0.1:1/rest/1/abcdef/");
  expect(answer.errors?.[0]?.extensions.code).toBe("UPSTREAM_UNAVAILABLE");
  expect(JSON.stringify(answer.errors)).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|abcdef/);
});
