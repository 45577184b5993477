import { randomBytes } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { appInfo } from "../../src/datasources/im/account.ts";
import { startRedisServer } from "../kit/redis-server.ts";
import { type ReceivingGateway, startReceivingGateway } from "../subscriptions/receiving-gateway.ts";
import { type ApplicationPortal, startApplicationPortal } from "./application-portal.ts";

async function openPortal(): Promise<ApplicationPortal> {
  const portal = await startApplicationPortal();
  onTestFinished(() => portal.close());
  return portal;
}

/** A call with the application's credential, as a session of its own makes it. */
async function callOnce(gateway: ReceivingGateway, portal: ApplicationPortal): Promise<unknown> {
  const session = await gateway.installer.session(portal.memberId);
  return session?.read(appInfo(), { fresh: true });
}

describe("expired tokens of an installed application", () => {
  it("are renewed once for a hundred calls of two gateways on one Redis", async () => {
    const portal = await openPortal();
    const redis = await startRedisServer();
    onTestFinished(() => redis.close());
    const options = {
      storage: { kind: "redis", url: redis.url, prefix: "t:" },
      encryptionKey: randomBytes(32),
      client: portal.client,
      tokenUrl: portal.tokenUrl,
      allowedHosts: [portal.host],
    } as const;
    const first = await startReceivingGateway(options);
    const second = await startReceivingGateway(options);
    await first.postInstall(portal.scriptCallback(portal.issue()));
    await Promise.all([callOnce(first, portal), callOnce(second, portal)]);
    for (let round = 1; round <= 3; round += 1) {
      portal.redeemed.length = 0;
      portal.expireAccessTokens();
      const calls = Array.from({ length: 100 }, (_, index) => callOnce(index % 2 === 0 ? first : second, portal));
      for (const answer of await Promise.all(calls)) expect(answer).toMatchObject({ code: portal.client.clientId });
      expect(portal.redeemed).toHaveLength(1);
    }
    const kept = await second.installations.findLatest(portal.memberId);
    expect(kept?.tokens).toEqual((await first.installations.findLatest(portal.memberId))?.tokens);
  });

  it("that are refused for good leave a clear state, which a new installation heals", async () => {
    const portal = await openPortal();
    const gateway = await startReceivingGateway({
      client: portal.client,
      tokenUrl: portal.tokenUrl,
      allowedHosts: [portal.host],
    });
    await gateway.postInstall(portal.scriptCallback(portal.issue()));
    portal.expireAccessTokens();
    portal.revokeAll();
    await expect(callOnce(gateway, portal)).rejects.toMatchObject({ error: "invalid_grant" });
    expect(await gateway.installations.findLatest(portal.memberId)).toMatchObject({ status: "needs-reinstall" });
    expect(await gateway.installer.session(portal.memberId)).toBeUndefined();
    expect((await gateway.postInstall(portal.scriptCallback(portal.issue()))).status).toBe(200);
    expect(await gateway.installations.findLatest(portal.memberId)).toMatchObject({ status: "active" });
    expect(await callOnce(gateway, portal)).toMatchObject({ code: portal.client.clientId });
  });
});
