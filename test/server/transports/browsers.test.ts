import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";
import { errorsOf, send } from "../../kit/http-client.ts";

let portal: RunningPortal;
let closed: TestGateway;
let open: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  closed = await startGateway({
    portal,
    env: { GATEWAY_INTROSPECTION: "false", GATEWAY_CORS_ORIGINS: "https://inbox.example.com" },
  });
  open = await startGateway({
    portal,
    env: {
      GATEWAY_EXPLORER: "true",
      GATEWAY_CORS_ORIGINS: "loopback",
    },
  });
});

afterAll(async () => {
  await closed.close();
  await open.close();
  await portal.close();
});

function preflight(url: string, origin: string) {
  return send(url, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-api-key,authorization,x-bitrix24-portal",
    },
  });
}

describe("pages of other origins", () => {
  test("a configured origin may call with all headers of identity", async () => {
    const answer = await preflight(closed.url, "https://inbox.example.com");
    expect(answer.status).toBe(204);
    expect(answer.headers["access-control-allow-origin"]).toBe("https://inbox.example.com");
    expect(answer.headers["access-control-allow-headers"]).toBe(
      "content-type,x-api-key,authorization,x-bitrix24-portal",
    );
  });

  test.each(["https://evil.example.com", "https://inbox.example.com.evil.org", "http://localhost:3000", "null"])(
    "%s may not",
    async (origin) => {
      const answer = await preflight(closed.url, origin);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    },
  );

  test.each(["http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:8080"])(
    "`loopback` lets %s call",
    async (origin) => {
      expect((await preflight(open.url, origin)).headers["access-control-allow-origin"]).toBe(origin);
    },
  );

  test.each(["http://localhost.evil.org", "https://127.0.0.1.nip.io", "null"])(
    "`loopback` does not let %s call",
    async (origin) => {
      expect((await preflight(open.url, origin)).headers["access-control-allow-origin"]).toBeUndefined();
    },
  );

  test("a page can read the error of a wrong key", async () => {
    const answer = await send(closed.url, {
      headers: { origin: "https://inbox.example.com", "content-type": "application/json", "x-api-key": "wrong" },
      body: '{"query": "{ __typename }"}',
    });
    expect(answer.status).toBe(401);
    expect(answer.headers["access-control-allow-origin"]).toBe("https://inbox.example.com");
  });
});

describe("GET", () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    send(`${closed.url}${path}`, {
      method: "GET",
      headers: { "x-api-key": closed.keyOf("helena-1"), ...headers },
    });

  test("a query works with a header that pages cannot send without asking", async () => {
    const answer = await get("?query=%7B__typename%7D", { "apollo-require-preflight": "yes" });
    expect(JSON.parse(answer.text)).toMatchObject({ data: { __typename: "Query" } });
  });

  test("without such a header it is refused as a possible forgery", async () => {
    const answer = await get("?query=%7B__typename%7D");
    expect([answer.status, errorsOf(answer)[0]?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
  });

  test("a mutation is never carried out", async () => {
    const query = encodeURIComponent("mutation { chatTyping(chatId: 1) { userErrors { code } } }");
    portal.resetStats();
    const answer = await get(`?query=${query}`, { "apollo-require-preflight": "yes" });
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
    expect(portal.stats().requests).toBe(0);
  });
});

describe("the explorer", () => {
  const page = (url: string) => send(url, { method: "GET", headers: { accept: "text/html,*/*;q=0.8" } });

  test("it is there when switched on, and `/` leads to it", async () => {
    const answer = await page(open.url);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toContain("text/html");
    const start = await page(open.url.replace("/graphql", "/"));
    expect(start.text).toContain('href="/explorer"');
  });

  test("it is not there when switched off", async () => {
    expect((await page(closed.url)).status).toBe(401);
    const start = await page(closed.url.replace("/graphql", "/"));
    expect(start.status).toBe(200);
    expect(start.text).not.toContain("/explorer");
  });
});

describe("what is refused", () => {
  const addresses = [
    ["/graphql", 401, "UNAUTHENTICATED", "Send an API key"],
    ["/anything", 404, "NOT_FOUND", "the API is at /graphql"],
  ] as const;

  test.each(addresses)("is a page for a browser that opens %s", async (path, status, code, words) => {
    const answer = await send(closed.url.replace("/graphql", path), {
      method: "GET",
      headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    for (const text of [code, words, 'href="/docs/errors"']) expect(answer.text).toContain(text);
  });

  test.each(addresses)("is JSON for a program that asks for %s", async (path, status, code) => {
    const headers = { accept: "*/*", "apollo-require-preflight": "yes" };
    const answer = await send(closed.url.replace("/graphql", path), { method: "GET", headers });
    expect([answer.status, errorsOf(answer)[0]?.extensions.code]).toEqual([status, code]);
  });

  test("repeats nothing of an address as markup", async () => {
    const answer = await send(closed.url.replace("/graphql", "/%3Cscript%3Ealert(1)%3C/script%3E"), {
      method: "GET",
      headers: { accept: "text/html" },
    });
    expect(answer.text).not.toContain("<script");
  });
});

describe("introspection", () => {
  test.each(["{ __schema { queryType { name } } }", '{ __type(name: "Chat") { name } }'])(
    "%s is refused when switched off and answered when on",
    async (query) => {
      const refused = await closed.graphql(query);
      expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([400, "GRAPHQL_VALIDATION_FAILED"]);
      expect((await open.graphql(query)).errors).toBeUndefined();
    },
  );
});

test("health answers without a key", async () => {
  const answer = await send(closed.url.replace("/graphql", "/health"), { method: "GET" });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { status: "ok" }]);
});

test("an unknown path says where the API is", async () => {
  const answer = await send(closed.url.replace("/graphql", "/api"), { body: "" });
  expect(answer.status).toBe(404);
  expect(errorsOf(answer)[0]?.message).toContain("/graphql");
});
