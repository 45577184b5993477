import { expect, it } from "vitest";
import type { Credential } from "../../../src/datasources/bitrix24/credentials.ts";
import { createPortals } from "../../../src/datasources/bitrix24/portals.ts";
import { call, startBench } from "./portal-fixture.ts";
import { Refused, startScriptedPortal } from "./scripted-portal.ts";

function application(host: string, origin: string): Credential {
  return {
    kind: "application",
    portal: host,
    clientId: "local.1",
    clientSecret: "s3cret",
    accessToken: "old",
    refreshToken: "refresh-1",
    tokenUrl: `${origin}/oauth/token/`,
  };
}

it("sends a user's own token in the body, never in the address", async () => {
  const { portal, operation } = await startBench();
  await operation({ credential: { kind: "user-token", portal: portal.host, accessToken: "user-token-1" } }).read(
    call("a.get", { ID: 1 }),
  );
  expect(portal.requests).toMatchObject([{ path: "/rest/a.get", body: { ID: 1, auth: "user-token-1" } }]);
});

it("renews an expired token once for a hundred waiting calls and repeats them", async () => {
  const renewed: string[] = [];
  const { portal, operation } = await startBench({
    plan: "on-premise",
    renewTokens: async (_credential, stale, request) => {
      const pair = await request(stale.refreshToken);
      renewed.push(pair.refreshToken);
      return pair;
    },
  });
  let refreshes = 0;
  const respond = (seen: { path: string; body: Record<string, unknown> }) => {
    if (seen.path.startsWith("/oauth/token/")) {
      refreshes += 1;
      expect(seen.path).toContain("refresh_token=refresh-1");
      return { body: JSON.stringify({ access_token: "new", refresh_token: "refresh-2", expires_in: 3600 }) };
    }
    if (seen.body.auth !== "new") return { status: 401, body: '{"error":"expired_token","error_description":"x"}' };
    return undefined;
  };
  portal.intercept = respond;
  const credential = application(portal.host, portal.origin);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => operation({ credential }).read(call("a.get", { ID: index }))),
  );
  expect(answers).toHaveLength(100);
  expect([refreshes, renewed]).toEqual([1, ["refresh-2"]]);
  expect((await operation({ credential }).write(call("a.update"))).result.kind).toBe("done");
  expect(refreshes).toBe(1);
});

it("repeats a write after the token was renewed, because the portal did not run it", async () => {
  const { portal, operation } = await startBench();
  portal.answer = () => true;
  portal.next.push(
    () => ({ status: 401, body: '{"error":"expired_token"}' }),
    () => ({ body: JSON.stringify({ access_token: "new", refresh_token: "refresh-2" }) }),
  );
  const outcome = await operation({ credential: application(portal.host, portal.origin) }).write(call("a.update"));
  expect(outcome.result).toEqual({ kind: "done", value: true });
  expect(portal.requests.filter((request) => request.method === "a.update")).toHaveLength(2);
});

it("says that the authorization ended when the refresh is refused", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(
    () => ({ status: 401, body: '{"error":"expired_token"}' }),
    () => ({ status: 400, body: '{"error":"invalid_grant"}' }),
  );
  const failure = operation({ credential: application(portal.host, portal.origin) }).read(call("a.get"));
  await expect(failure).rejects.toMatchObject({ name: "PortalRefusal", error: "invalid_grant" });
  await expect(failure).rejects.not.toThrow(/s3cret|refresh-1/);
});

it.each([
  ["the page of a failure", { status: 502, body: "<html></html>" }, { name: "PortalUnavailable" }],
  ["something else", { status: 200, body: "<html></html>" }, { name: "PortalProtocolError" }],
  [
    "that it does not accept the request",
    { status: 400, body: '{"error":"invalid_request"}' },
    { method: "oauth.token" },
  ],
])("tells apart what an authorization server answers: %s", async (_name, reply, expected) => {
  const { portal, operation } = await startBench();
  portal.intercept = ({ path }) =>
    path.startsWith("/oauth/token/") ? reply : { status: 401, body: '{"error":"expired_token"}' };
  const failure = operation({ credential: application(portal.host, portal.origin), timeoutMs: 1_000 }).read(
    call("a.get"),
  );
  await expect(failure).rejects.toMatchObject(expected);
});

it("does not renew a token that is not its own", async () => {
  const { portal, operation } = await startBench();
  portal.answer = () => {
    throw new Refused("expired_token", 401);
  };
  const credential = { kind: "user-token", portal: portal.host, accessToken: "user-token-1" } as const;
  await expect(operation({ credential }).read(call("a.get"))).rejects.toMatchObject({ error: "expired_token" });
  expect(portal.requests).toHaveLength(1);
});

it("follows a renamed portal by posting again, to an allowed host only, and remembers the new name", async () => {
  const renamed = await startScriptedPortal();
  const { portal, operation } = await startBench({ allowedHosts: [renamed.host] });
  portal.next.push((seen) => ({ status: 302, headers: { location: `${renamed.origin}${seen.path}` }, body: "" }));
  renamed.answer = (method, params) => ({ method, ...params });
  expect((await operation().write(call("a.update", { ID: 3 }))).result).toEqual({
    kind: "done",
    value: { method: "a.update", ID: "3" },
  });
  await operation().read(call("b.get"));
  expect(portal.requests).toHaveLength(1);
  expect(renamed.requests.map((request) => [request.method, request.body])).toEqual([
    ["a.update", { ID: 3 }],
    ["b.get", {}],
  ]);
  await renamed.close();
});

it("does not follow a redirect to a host that is not allowed", async () => {
  const elsewhere = await startScriptedPortal();
  const { portal, operation } = await startBench();
  portal.next.push((seen) => ({ status: 302, headers: { location: `${elsewhere.origin}${seen.path}` }, body: "" }));
  const failure = operation().read(call("a.get"));
  await expect(failure).rejects.toThrow(/redirects to an address that is not allowed/);
  await expect(failure).rejects.not.toThrow(new RegExp(elsewhere.host));
  expect(elsewhere.requests).toHaveLength(0);
  await elsewhere.close();
});

it.each(["/auth/?backurl=x", "login"])(
  "does not follow a redirect to %s, a page of the portal itself",
  async (location) => {
    const { portal, operation } = await startBench();
    portal.intercept = () => ({ status: 302, headers: { location }, body: "" });
    await expect(operation().write(call("a.update"))).rejects.toThrow(/page of its own, such as a login/);
    expect(portal.requests).toHaveLength(1);
  },
);

it.each([
  ["http://portal.example.com/rest/1/s3cr3t/", /unencrypted/],
  ["not an address", /not an address/],
  ["https://portal.example.com/", /must end in/],
  ["https://portal.example.com/rest/1/s3cr3t/?x=1", /must end in/],
  ["ftp://portal.example.com/rest/1/s3cr3t/", /https/],
])("refuses the webhook %s and says why without repeating the secret", (url, reason) => {
  const portals = createPortals({ plan: "standard", allowHttp: false, allowedHosts: [] });
  const status = (): unknown => portals.status({ kind: "webhook", url });
  expect(status).toThrow(reason);
  expect(status).not.toThrow(/s3cr3t/);
});
