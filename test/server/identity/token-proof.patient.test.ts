import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { errorsOf, type RawAnswer, send } from "../../kit/http-client.ts";
import { startOwnClock } from "../../kit/own-time.ts";
import { eventually } from "../../kit/until.ts";
import { openMessageSocket } from "../transports/message-socket.ts";
import {
  startTokenGateway,
  startTokenPortal,
  type TokenGateway,
  type TokenPortal,
  tokenHeaders,
} from "./token-gateway.ts";

const NOT_ACCEPTED = {
  message: "The portal does not accept this access token: it may have expired, or be another portal's.",
  extensions: { code: "UNAUTHENTICATED" },
};

function scopes(answer: RawAnswer): unknown {
  return JSON.parse(answer.text).data?.viewer?.scopes;
}

test("a token that the portal does not know costs one call, and its document is not read", async () => {
  const portal = await startTokenPortal({ good: "17" });
  const gateway = await startTokenGateway(portal);
  for (const query of ["{ viewer { scopes } }", "{ nothing here", "{ absent }", "{ eventCursor }"]) {
    const answer = await gateway.ask(tokenHeaders(portal, "made-up"), query);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([401, { errors: [NOT_ACCEPTED] }]);
  }
  expect(portal.calls("profile")).toBe(1);
});

test("a socket with such a token is closed without an acknowledgement, a stream is refused", async () => {
  const portal = await startTokenPortal({ good: "17" });
  const gateway = await startTokenGateway(portal);
  const socket = await openMessageSocket(new URL(gateway.url).origin, tokenHeaders(portal, "made-up"));
  expect(await socket.closed).toEqual({ code: 4401, reason: NOT_ACCEPTED.message });
  expect(socket.about("connection_ack")).toEqual([]);
  const stream = await send(`${gateway.url}/stream`, {
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      ...tokenHeaders(portal, "made-up"),
    },
    body: JSON.stringify({ query: "subscription { openLineEvents { cursor } }" }),
  });
  expect([stream.status, errorsOf(stream)]).toEqual([401, [NOT_ACCEPTED]]);
});

test("a token is proven once, also for requests that come at the same time", async () => {
  const portal = await startTokenPortal({ good: "17" });
  const gateway = await startTokenGateway(portal);
  const together = await Promise.all(Array.from({ length: 8 }, () => gateway.ask(tokenHeaders(portal, "good"))));
  const later = await gateway.ask(tokenHeaders(portal, "good"));
  for (const answer of [...together, later]) expect(scopes(answer)).toEqual(["im", "imopenlines"]);
  expect(portal.calls("profile")).toBe(1);
  // What proving cost is not the operation's.
  expect(JSON.parse(later.text).extensions.upstream.requests).toBe(1);
});

test("a proven token is remembered by the next process, which finds nothing in clear", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tokens-"));
  const portal = await startTokenPortal({ "a-token-of-anna": "1798246" });
  const first = await startTokenGateway(portal, { GATEWAY_DATA_DIR: directory });
  expect((await first.ask(tokenHeaders(portal, "a-token-of-anna"))).status).toBe(200);
  await first.close();
  const kept = readdirSync(join(directory, "live")).map((name) =>
    readFileSync(join(directory, "live", name), "latin1"),
  );
  expect(kept.join()).toContain("proven-tokens");
  expect(kept.join()).not.toMatch(/a-token-of-anna|1798246/);

  const second = await startTokenGateway(portal, { GATEWAY_DATA_DIR: directory });
  expect(scopes(await second.ask(tokenHeaders(portal, "a-token-of-anna")))).toEqual(["im", "imopenlines"]);
  expect(portal.calls("profile")).toBe(1);
});

test("a token that the portal refuses later is proven again, once, and refused then", async () => {
  const portal = await startTokenPortal({ good: "17" });
  const gateway = await startTokenGateway(portal);
  expect((await gateway.ask(tokenHeaders(portal, "good"))).status).toBe(200);
  portal.users.delete("good");
  await eventually(async () => expect((await gateway.ask(tokenHeaders(portal, "good"))).status).toBe(401));
  for (let count = 0; count < 3; count += 1) {
    expect(errorsOf(await gateway.ask(tokenHeaders(portal, "good")))).toEqual([NOT_ACCEPTED]);
  }
  expect(portal.calls("profile")).toBe(2);
});

test("while the portal cannot be asked nobody is refused for good", async () => {
  const portal = await startTokenPortal({ good: "17" });
  const gateway = await startTokenGateway(portal);
  const answers = portal.portal.intercept;
  portal.portal.intercept = () => ({ status: 503, body: "<html>busy</html>" });
  const refused = await gateway.ask(tokenHeaders(portal, "good"));
  expect([refused.status, errorsOf(refused)[0]?.extensions.code]).toEqual([503, "UPSTREAM_UNAVAILABLE"]);
  portal.portal.intercept = answers;
  await eventually(async () => expect((await gateway.ask(tokenHeaders(portal, "good"))).status).toBe(200));
});

test("users have the rights that the identity file gives them, by portal and id", async () => {
  const portal = await startTokenPortal({ anna: "17", marek: "18" });
  const directory = mkdtempSync(join(tmpdir(), "tokens-"));
  const file = join(directory, "identity.json");
  const rules = { users: [{ portal: portal.portal.host, userIds: ["17"], rights: ["query"] }] };
  writeFileSync(file, JSON.stringify(rules));
  const gateway = await startTokenGateway(portal, { GATEWAY_IDENTITY_FILE: file });
  const act = (token: string) =>
    gateway.ask(tokenHeaders(portal, token), "mutation { chatPinAll { userErrors { code } } }");
  expect((await act("anna")).text).toMatch(/no right to change anything/);
  expect((await act("marek")).text).not.toMatch(/no right/);
  expect(scopes(await gateway.ask(tokenHeaders(portal, "anna")))).toEqual(["im", "imopenlines"]);
});

/** Sends random tokens, twenty a second, until it is stopped. */
function floodWithTokens(portal: TokenPortal, gateway: TokenGateway, headers: Record<string, string> = {}) {
  const began = performance.now();
  let stopped = false;
  const asked: Promise<unknown>[] = [];
  const flood = (async () => {
    for (let index = 0; !stopped; index += 1) {
      const own = { ...tokenHeaders(portal, `random-${index}`), ...headers };
      asked.push(gateway.ask(own).catch(() => undefined));
      await delay(50);
    }
  })();
  return {
    seconds: () => (performance.now() - began) / 1_000,
    async stop() {
      stopped = true;
      await flood;
      await gateway.close();
      await Promise.all(asked);
    },
  };
}

test("random tokens, twenty a second, use a quarter of what the portal allows and keep no key waiting", async () => {
  const portal = await startTokenPortal({});
  const gateway = await startTokenGateway(portal);
  const flood = floodWithTokens(portal, gateway);
  await eventually(() => expect(portal.calls("profile")).toBeGreaterThanOrEqual(5));
  for (let count = 0; count < 5; count += 1) {
    const since = startOwnClock();
    const answer = await gateway.ask({ "x-api-key": "0123456789abcdef" });
    expect(scopes(answer)).toEqual(["im", "imopenlines"]);
    expect(since()).toBeLessThan(500);
  }
  // Two requests a second drain; a few may go at once after a quiet time.
  expect(portal.calls("profile")).toBeLessThanOrEqual(5 + flood.seconds() * 0.5);
  await flood.stop();
});

test("a user whose address has tried nothing wrong is proven before the hundredth random token of another", async () => {
  const portal = await startTokenPortal({ good: "17" });
  const gateway = await startTokenGateway(portal, { GATEWAY_TRUSTED_PROXIES: "127.0.0.1" });
  const flood = floodWithTokens(portal, gateway, { "x-forwarded-for": "198.51.100.7" });
  await eventually(() => expect(portal.calls("profile")).toBeGreaterThanOrEqual(5));
  const before = portal.calls("profile");
  const answer = await gateway.ask({ ...tokenHeaders(portal, "good"), "x-forwarded-for": "203.0.113.9" });
  expect(scopes(answer)).toEqual(["im", "imopenlines"]);
  // His own, and at most one that was under way.
  expect(portal.calls("profile") - before).toBeLessThanOrEqual(2);
  await flood.stop();
});

test("of one address only so many proofs are asked for at once; the others wait in turn", async () => {
  const tokens = startTokenPortal({ good: "17" });
  const { portal, users } = await tokens;
  const gateway = await startTokenGateway(await tokens, { GATEWAY_MAX_UNIDENTIFIED: "2", BITRIX24_PLAN: "on-premise" });
  const waiting: (() => void)[] = [];
  portal.intercept = undefined;
  const names = Array.from({ length: 5 }, (_, at) => `token-${at}`);
  for (const name of names) {
    users.set(name, "17");
    portal.next.push(async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { body: JSON.stringify({ result: { ID: "17", ADMIN: false } }) };
    });
  }
  const answers = names.map((name) =>
    gateway.ask(tokenHeaders({ portal, users, calls: () => 0 }, name), "{ __typename }"),
  );
  for (let answered = 0; answered < names.length; answered += 1) {
    await eventually(() => expect(waiting).toHaveLength(Math.min(names.length, answered + 2)));
    // Whatever else had been let in would have asked by now.
    await fetch(gateway.url.replace("/graphql", "/health"));
    expect(waiting).toHaveLength(Math.min(names.length, answered + 2));
    waiting[answered]?.();
    await Promise.any(answers.slice(answered));
  }
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(names.map(() => 200));
});

test("of one address only so many proofs wait; one more is told to come again, and the others are answered", async () => {
  const tokens = await startTokenPortal({});
  const { portal, users } = tokens;
  // Without limits of the portal's own: its budget for unknown tokens would refuse most of them first.
  const gateway = await startTokenGateway(tokens, { BITRIX24_PLAN: "on-premise" });
  const answers = portal.intercept;
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  portal.intercept = undefined;
  portal.next.push(
    ...Array.from({ length: 50 }, () => async () => {
      await held;
      return { body: JSON.stringify({ result: { ID: "17", ADMIN: false } }) };
    }),
  );
  const settled: RawAnswer[] = [];
  const asked = Array.from({ length: 51 }, async (_, at) => {
    users.set(`token-${at}`, "17");
    settled.push(await gateway.ask(tokenHeaders(tokens, `token-${at}`), "{ __typename }"));
  });
  await eventually(() => expect(settled).toHaveLength(1));
  const told = { code: "LIMIT_EXCEEDED", limit: "unknownTokensOfAddress", maximum: 50, retryAfterMs: 1_000 };
  expect(settled.map((answer) => [answer.status, errorsOf(answer)[0]?.extensions])).toEqual([[429, told]]);
  release();
  portal.intercept = answers;
  await Promise.all(asked);
  expect(settled.slice(1).map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
});
