import { expect, test } from "vitest";
import { errorsOf, send } from "../../kit/http-client.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";

const EVERYWHERE = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };
const DATA = { ...EVERYWHERE, "cache-control": expect.stringContaining("no-store"), "x-request-id": "mine" };
const QUERY = JSON.stringify({ query: "{ __typename }" });

test.each([
  ["an answer", "/graphql", { method: "POST", body: QUERY }, 200],
  ["a refusal", "/graphql", { method: "POST", body: "{" }, 400],
  [
    "an event stream",
    "/graphql/stream",
    { method: "POST", body: QUERY, headers: { accept: "text/event-stream" } },
    200,
  ],
  ["health", "/health", { method: "GET" }, 200],
  ["nothing", "/nowhere", { method: "GET" }, 404],
])(
  "%s is not kept, not sniffed and shown in no frame, and carries the request's id",
  async (_what, path, options, status) => {
    const { origin } = await startScriptedGateway();
    const given = "headers" in options ? options.headers : {};
    const headers = { "content-type": "application/json", "x-request-id": "mine", ...given };
    const answer = await send(`${origin}${path}`, { ...options, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(DATA);
    expect(answer.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  },
);

test("a GET that a page of another site could send is refused on both addresses", async () => {
  const { origin } = await startScriptedGateway();
  const query = `?query=${encodeURIComponent("{ __typename }")}`;
  for (const [path, accept] of [
    ["/graphql", "application/json"],
    ["/graphql/stream", "text/event-stream"],
  ]) {
    const url = `${origin}${path}${query}`;
    const forged = await send(url, { method: "GET", headers: { accept: accept ?? "" } });
    expect([forged.status, errorsOf(forged)[0]?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
    const typed = await send(url, { method: "GET", headers: { accept: accept ?? "", "content-type": "text/plain" } });
    expect(typed.status).toBe(400);
    const asked = await send(url, {
      method: "GET",
      headers: { accept: accept ?? "", "apollo-require-preflight": "1" },
    });
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining('"__typename":"Query"')]);
  }
});

test("the page of an installation stands in frames of the allowed portals only", async () => {
  const { origin } = await startScriptedGateway({
    BITRIX24_CLIENT_ID: "local.1",
    BITRIX24_CLIENT_SECRET: "secret",
    BITRIX24_PORTALS: "company.bitrix24.com",
  });
  const answer = await send(`${origin}/bitrix24/install?DOMAIN=elsewhere.example.com&PROTOCOL=1&LANG=en&APP_SID=x`, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "AUTH_ID=a&AUTH_EXPIRES=3600&REFRESH_ID=b&member_id=c&status=L&PLACEMENT=DEFAULT",
  });
  expect(answer.headers["content-type"]).toContain("text/html");
  expect(answer.headers["content-security-policy"]).toMatch(/^frame-ancestors \S* ?company\.bitrix24\.com$/);
  expect(answer.headers["x-frame-options"]).toBeUndefined();
});

test("a mutation is never carried out by GET", async () => {
  const { origin, portal } = await startScriptedGateway();
  const before = portal.requests.length;
  const query = `?query=${encodeURIComponent("mutation { chatSkip(chatId: 1) { userErrors { code } } }")}`;
  for (const path of ["/graphql", "/graphql/stream"]) {
    const headers = { accept: "text/event-stream, application/json", "apollo-require-preflight": "1" };
    const answer = await send(`${origin}${path}${query}`, { method: "GET", headers });
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  }
  expect(portal.requests).toHaveLength(before);
});
