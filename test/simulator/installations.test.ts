import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { authOf, dataOf, type EventReceiver, startReceiver } from "./event-receiver.ts";
import { objectAt, post, readAnswer, valueAt, webhookOf } from "./rest-client.ts";

const added = "ONOPENLINEMESSAGEADD";
let portal: RunningPortal;
let receiver: EventReceiver;

beforeEach(async () => {
  receiver = await startReceiver();
  portal = await startPortal({ size: 0.1, plan: "on-premise", events: { jitterMs: 0 } });
});
afterEach(async () => {
  await portal.close();
  await receiver.close();
});

/** Calls a method with the token of an application. */
async function call(token: unknown, method: string, params: Record<string, unknown> = {}) {
  const response = await fetch(`${portal.url}/rest/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...params, auth: token }),
  });
  return readAnswer(response);
}

async function refreshed(refreshToken: unknown, application = portal.application) {
  const { clientId, clientSecret, tokenUrl } = application;
  const params = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: String(refreshToken),
  });
  return readAnswer(await fetch(`${tokenUrl}?${params}`));
}

describe("installing an application", () => {
  test("a script-only application is installed at once and called with tokens that work", async () => {
    const application = await portal.installApplication({
      kind: "script-only",
      installUrl: `${receiver.url}/install`,
      scopes: ["imopenlines", "im"],
    });
    expect(application).toMatchObject({ installed: true, callback: { kind: "answered", status: 200 } });
    const [callback] = receiver.received;
    if (!callback) throw new Error("No callback");
    expect(callback).toMatchObject({ path: "/install", contentType: "application/x-www-form-urlencoded" });
    expect(callback.form).toMatchObject({ event: "ONAPPINSTALL", data: { VERSION: "1", INSTALLED: "Y" } });
    const auth = authOf(callback);
    expect(auth).toMatchObject({
      application_token: application.applicationToken,
      member_id: portal.memberId,
      domain: new URL(portal.url).host,
      scope: "imopenlines,im",
      user_id: "1",
    });
    expect(objectAt((await call(auth.access_token, "app.info")).body, "result")).toMatchObject({
      CODE: application.clientId,
      INSTALLED: true,
      STATUS: "L",
    });
    expect((await refreshed(auth.refresh_token)).body).toMatchObject({
      member_id: portal.memberId,
      client_endpoint: `${portal.url}/rest/`,
      domain: new URL(portal.url).host,
      expires_in: 3600,
      scope: "imopenlines,im",
      status: "L",
      user_id: 1,
    });
  });

  test("a UI application is opened with its tokens and gets events only when its installation is finished", async () => {
    const application = await portal.installApplication({
      kind: "ui",
      installUrl: `${receiver.url}/install?from=card`,
    });
    expect(application.installed).toBe(false);
    const [opened] = receiver.received;
    if (!opened) throw new Error("The application was not opened");
    const query = new URL(opened.path, receiver.url).searchParams;
    expect(query.get("DOMAIN")).toBe(new URL(portal.url).host);
    expect(query.get("from")).toBe("card");
    expect(opened.form).toMatchObject({
      member_id: portal.memberId,
      APPLICATION_TOKEN: application.applicationToken,
      AUTH_EXPIRES: "3600",
      status: "L",
      PLACEMENT: "DEFAULT",
    });
    const token = opened.form.AUTH_ID;
    expect(valueAt((await call(token, "app.info")).body, "result", "INSTALLED")).toBe(false);
    const handler = `${receiver.url}/events`;
    for (const event of ["ONAPPINSTALL", added]) {
      expect((await call(token, "event.bind", { event, handler })).body.result).toBe(true);
    }
    await portal.emitMessages(3, { text: "too early" });
    expect(portal.deliveries().byEvent).toEqual({ ONAPPUSERREADY: 1 });
    expect(portal.finishInstallation(application).installed).toBe(true);
    const [installed] = await receiver.waitFor("ONAPPINSTALL");
    if (!installed) throw new Error("No ONAPPINSTALL");
    expect(authOf(installed)).toMatchObject({ application_token: application.applicationToken });
    expect((await refreshed(authOf(installed).refresh_token)).status).toBe(200);
    expect(valueAt((await call(token, "app.info")).body, "result", "INSTALLED")).toBe(true);
    await portal.emitMessages(1, { text: "in time" });
    const messages = await receiver.waitFor(added);
    expect(messages.map((event) => valueAt(dataOf(event), "message", "text"))).toEqual(["in time"]);
  });

  test("installed again it has another token and no handlers", async () => {
    const handlerUrl = `${receiver.url}/events`;
    const first = await portal.installApplication({ kind: "script-only", handlerUrl });
    const second = await portal.installApplication({ kind: "script-only" });
    expect(second.applicationToken).not.toBe(first.applicationToken);
    await portal.emitMessages(1);
    expect(portal.deliveries()).toMatchObject({ events: 1, posts: 0 });
  });

  test("an update tells the new version, and drops the handlers", async () => {
    const before = await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
    const after = portal.updateApplication({ renewToken: true });
    const [event] = await receiver.waitFor("ONAPPUPDATE");
    if (!event) throw new Error("No ONAPPUPDATE");
    expect(event.form.data).toEqual({ VERSION: "2", PREVIOUS_VERSION: "1", LANGUAGE_ID: "en" });
    expect(authOf(event).application_token).toBe(after.applicationToken);
    expect(after.applicationToken).not.toBe(before.applicationToken);
    expect(authOf(event)).toHaveProperty("refresh_token");
    const posts = portal.deliveries().posts;
    await portal.emitMessages(2);
    expect(portal.deliveries().posts).toBe(posts);
  });

  test("removed, it is told without tokens, and everything of it ends", async () => {
    const installed = await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
    const tokens = portal.issueTokens(1);
    expect(portal.uninstallApplication({ clean: true }).installed).toBe(false);
    const [event] = await receiver.waitFor("ONAPPUNINSTALL");
    if (!event) throw new Error("No ONAPPUNINSTALL");
    expect(event.form.data).toEqual({ LANGUAGE_ID: "en", CLEAN: "1" });
    expect(authOf(event)).toEqual({
      domain: new URL(portal.url).host,
      server_endpoint: `${portal.url}/rest/`,
      client_endpoint: `${portal.url}/rest/`,
      member_id: portal.memberId,
      application_token: installed.applicationToken,
    });
    expect((await call(tokens.accessToken, "profile")).status).toBe(401);
    expect((await refreshed(tokens.refreshToken)).body.error).toBe("invalid_grant");
    const posts = portal.deliveries().posts;
    await portal.emitMessages(2);
    expect(portal.deliveries()).toMatchObject({ posts, events: 3 });
  });

  test("applications do not share tokens, handlers or events", async () => {
    const other = portal.registerApplication();
    const pages = await startReceiver();
    const { clientId } = other;
    await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
    await portal.installApplication({ kind: "script-only", installUrl: `${pages.url}/install`, clientId });
    const [callback] = pages.received;
    if (!callback) throw new Error("No callback");
    const auth = authOf(callback);
    expect((await refreshed(auth.refresh_token)).body.error).toBe("invalid_grant");
    const pair = await refreshed(auth.refresh_token, other);
    expect(pair.status).toBe(200);
    expect((await call(pair.body.access_token, "event.get")).body.result).toEqual([]);
    portal.uninstallApplication({ clientId });
    await portal.emitMessages(1);
    const [event] = await receiver.waitFor(added);
    if (!event) throw new Error("No message");
    expect(authOf(event).application_token).not.toBe(auth.application_token);
    await pages.close();
  });
});

describe("event.bind", () => {
  test("takes hosts with a dot and addresses, refuses others, duplicates and webhooks", async () => {
    const { accessToken } = portal.issueTokens(1);
    const bind = (handler: string) => call(accessToken, "event.bind", { event: added, handler });
    expect((await bind("http://127.0.0.1:9/events")).body.result).toBe(true);
    expect((await bind("http://[::1]:9/events")).body.result).toBe(true);
    expect((await bind("https://gateway.example/events")).body.result).toBe(true);
    expect((await bind("http://localhost:9/events")).body.error).toBe("ERROR_WRONG_HANDLER_URL");
    expect((await bind("ftp://gateway.example/")).body.error).toBe("ERROR_UNSUPPORTED_PROTOCOL");
    expect((await bind("http://127.0.0.1:9/events")).body).toMatchObject({
      error: "ERROR_CORE",
      error_description: "Unable to set event handler: Handler already binded",
    });
    expect(
      (await call(accessToken, "event.bind", { event: "ONNOTHING", handler: "https://a.example/" })).body.error,
    ).toBe("ERROR_EVENT_NOT_FOUND");
    const byWebhook = await post(webhookOf(portal, 1), "event.bind", { event: added, handler: "https://a.example/" });
    expect(byWebhook).toMatchObject({ status: 403, body: { error: "WRONG_AUTH_TYPE" } });
  });

  test("delivers from the moment it is bound until it is unbound, with the tokens of the user it names", async () => {
    const { accessToken } = portal.issueTokens(1);
    const binding = { event: added, handler: `${receiver.url}/mine`, auth_type: 27 };
    await portal.emitMessages(1, { text: "before" });
    await call(accessToken, "event.bind", binding);
    await portal.emitMessages(1, { text: "bound" });
    const [event] = await receiver.waitFor(added);
    if (!event) throw new Error("No message");
    expect(authOf(event).user_id).toBe("27");
    expect((await call(accessToken, "event.unbind", binding)).body.result).toEqual({ count: 1 });
    await portal.emitMessages(1, { text: "after" });
    expect(portal.deliveries()).toMatchObject({ events: 3, posts: 1 });
  });
});
