import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { objectAt, readAnswer } from "./rest-client.ts";

let portal: RunningPortal;

beforeAll(async () => {
  portal = await startPortal({ size: 0.05 });
});
afterAll(() => portal.close());

async function profile(token: string) {
  const response = await fetch(`${portal.url}/rest/profile`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth: token }),
  });
  return readAnswer(response);
}

async function token(params: Record<string, string>) {
  return readAnswer(await fetch(`${portal.application.tokenUrl}?${new URLSearchParams(params)}`));
}

function client() {
  return { client_id: portal.application.clientId, client_secret: portal.application.clientSecret };
}

describe("OAuth", () => {
  test("a token acts as its user, in the address and in the body", async () => {
    const { accessToken } = portal.issueTokens(103);
    expect(objectAt((await profile(accessToken)).body, "result").ID).toBe("103");
    const byQuery = await readAnswer(await fetch(`${portal.url}/rest/profile.json?auth=${accessToken}`));
    expect(objectAt(byQuery.body, "result").ID).toBe("103");
  });

  test("no token and an unknown one are NO_AUTH_FOUND with 401", async () => {
    expect(await profile("nonsense")).toMatchObject({ status: 401, body: { error: "NO_AUTH_FOUND" } });
    expect((await readAnswer(await fetch(`${portal.url}/rest/profile`))).body.error).toBe("NO_AUTH_FOUND");
  });

  test("an expired token is refreshed, and the new pair replaces the old one", async () => {
    const pair = portal.issueTokens(103, ["imopenlines"]);
    portal.expireTokens();
    expect(await profile(pair.accessToken)).toMatchObject({ status: 401, body: { error: "expired_token" } });
    const request = { grant_type: "refresh_token", ...client(), refresh_token: pair.refreshToken };
    const refreshed = await token(request);
    expect(refreshed.status).toBe(200);
    expect(refreshed.body).toMatchObject({
      expires_in: 3600,
      member_id: portal.memberId,
      client_endpoint: `${portal.url}/rest/`,
      scope: "imopenlines",
      user_id: 103,
    });
    expect((await profile(String(refreshed.body.access_token))).status).toBe(200);
    expect((await profile(pair.accessToken)).body.error).toBe("NO_AUTH_FOUND");
    expect(await token(request)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  test("wrong requests have the documented codes", async () => {
    expect((await token({})).body.error).toBe("invalid_request");
    const wrongClient = { ...client(), client_secret: "wrong", grant_type: "refresh_token", refresh_token: "x" };
    expect((await token(wrongClient)).body.error).toBe("invalid_client");
    expect((await token({ ...client(), grant_type: "refresh_token" })).body.error).toBe("invalid_request");
    expect((await token({ ...client(), grant_type: "password" })).body.error).toBe("invalid_grant");
  });

  test("tokens live as long as the portal was told", async () => {
    const short = await startPortal({ size: 0.05, accessTokenSeconds: 0 });
    try {
      const { accessToken } = short.issueTokens(27);
      const answer = await readAnswer(await fetch(`${short.url}/rest/profile?auth=${accessToken}`));
      expect(answer.body.error).toBe("expired_token");
    } finally {
      await short.close();
    }
  });
});
