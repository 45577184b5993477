import { expect, test } from "vitest";
import { send } from "../kit/http-client.ts";
import { startScriptedGateway } from "../kit/scripted-gateway.ts";
import { eventually } from "../kit/until.ts";

const KEY = "0123456789abcdef";

test("whether the gateway is ready is told to everybody, what is behind it only on this machine and to who has a key", async () => {
  const { origin, portal } = await startScriptedGateway({ GATEWAY_API_KEYS: `one:${KEY}` });
  const ready = async (headers: Record<string, string> = {}): Promise<unknown> => {
    const { status, text } = await send(`${origin}/ready`, { method: "GET", headers });
    expect(status).toBe(200);
    return JSON.parse(text);
  };
  const details = {
    status: "ready",
    portals: { [portal.host]: "ready" },
    storage: "ready",
    stores: { dataDirectory: "ready" },
  };
  const forwarded = { "x-forwarded-for": "203.0.113.5" };
  expect(await ready()).toMatchObject(details);
  expect(await ready()).not.toHaveProperty("sources.webhook");
  expect(await ready(forwarded)).toEqual({ status: "ready" });
  expect(await ready({ ...forwarded, "x-api-key": "another-key-of-nobody" })).toEqual({ status: "ready" });
  expect(await ready({ ...forwarded, "x-api-key": KEY })).toMatchObject(details);
});

test("a portal that fails again and again is told of, and keeps nobody from being served", async () => {
  const { origin, portal } = await startScriptedGateway();
  portal.intercept = () => ({ status: 502, body: "<html>" });
  const body = JSON.stringify({ query: "{ chat(by: {id: 1}) { title } }" });
  await eventually(async () => {
    await send(`${origin}/graphql`, { headers: { "content-type": "application/json" }, body });
    const { status, text } = await send(`${origin}/ready`, { method: "GET" });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ status: "ready", portals: { [portal.host]: "failing" } });
  });
});
