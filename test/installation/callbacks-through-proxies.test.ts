import { expect, test } from "vitest";
import { Refused } from "../datasources/bitrix24/scripted-portal.ts";
import { send } from "../kit/http-client.ts";
import { startScriptedGateway } from "../kit/scripted-gateway.ts";

test("forged callbacks through a trusted proxy count for whoever sent them, not for the proxy", async () => {
  const { origin, portal } = await startScriptedGateway({
    GATEWAY_TRUSTED_PROXIES: "127.0.0.1",
    BITRIX24_CLIENT_ID: "local.0123456789.01234567",
    BITRIX24_CLIENT_SECRET: "secret",
  });
  portal.answer = () => {
    throw new Refused("invalid_token", 401);
  };
  const { host } = new URL(portal.origin);

  async function offer(from: string, token: string, path: "install" | "events"): Promise<number> {
    const fields =
      path === "install"
        ? { AUTH_ID: token, REFRESH_ID: "r", AUTH_EXPIRES: "3600", member_id: "m".repeat(32), PLACEMENT: "DEFAULT" }
        : {
            event: "ONAPPINSTALL",
            "auth[access_token]": token,
            "auth[refresh_token]": "r",
            "auth[member_id]": "m".repeat(32),
            "auth[application_token]": "t".repeat(32),
            "auth[domain]": host,
          };
    const { status } = await send(`${origin}/bitrix24/${path}${path === "install" ? `?DOMAIN=${host}` : ""}`, {
      headers: { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": from },
      body: new URLSearchParams(fields).toString(),
    });
    return status;
  }

  const forged: number[] = [];
  for (let round = 0; round < 15; round += 1) forged.push(await offer("198.51.100.7", `made-up-${round}`, "install"));
  expect(forged.slice(-3)).toEqual([429, 429, 429]);
  expect(await offer("203.0.113.9", "another", "install")).not.toBe(429);
  expect(await offer("198.51.100.7", "made-up", "events")).toBe(429);
  expect(await offer("203.0.113.10", "another", "events")).not.toBe(429);
});
