import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type EventsCliSettings, runEventsCli, runEventsProgram } from "../../src/cli/events.ts";
import { OPEN_CHANNEL_EVENTS } from "../../src/datasources/imopenlines/portal-events.ts";
import { commandSecret } from "../../src/installation/command-endpoint.ts";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import {
  EVENTS_ADDRESS,
  type ReceivingGateway,
  startReceivingGateway,
  temporaryDirectory,
} from "../subscriptions/receiving-gateway.ts";
import { type ApplicationPortal, startApplicationPortal } from "./application-portal.ts";

interface Scene {
  readonly portal: ApplicationPortal;
  readonly gateway: ReceivingGateway;
  readonly settings: EventsCliSettings;
  run(...args: string[]): Promise<string>;
}

/** An installed application, and the program with the gateway's configuration. */
async function scene(): Promise<Scene> {
  const portal = await startApplicationPortal();
  onTestFinished(() => portal.close());
  const encryptionKey = randomBytes(32);
  const storage = { kind: "lmdb", directory: await temporaryDirectory() } as const;
  const gateway = await startReceivingGateway({
    storage,
    encryptionKey,
    client: portal.client,
    tokenUrl: portal.tokenUrl,
    allowedHosts: [portal.host],
  });
  await gateway.postInstall(portal.scriptCallback(portal.issue()));
  const settings: EventsCliSettings = {
    gatewayUrl: gateway.url,
    storage,
    encryptionKey: { configured: encryptionKey.toString("hex"), file: "unused" },
    application: { ...portal.client, tokenUrl: portal.tokenUrl },
    eventsAddress: EVENTS_ADDRESS,
    portals: { plan: "on-premise", allowHttp: false, allowedHosts: [] },
  };
  const run = async (...args: string[]): Promise<string> => {
    const { ok, lines } = await runEventsCli(args, settings);
    return [ok ? "ok" : "not ok", ...lines].join("\n");
  };
  return { portal, gateway, settings, run };
}

describe("npm run events", () => {
  it("lets the running gateway list, check, remove and set the handlers", async () => {
    const { portal, run } = await scene();
    expect(await run("check")).toBe(`ok\n${portal.host}\n  All events are delivered to ${EVENTS_ADDRESS}.`);
    for (const event of OPEN_CHANNEL_EVENTS) expect(await run("list")).toContain(`${event}  ${EVENTS_ADDRESS}`);
    expect(await run("unbind")).toContain("removed: ONSESSIONSTART");
    expect(portal.handlers).toEqual([]);
    expect(await run("check")).toMatch(/^not ok[\s\S]*missing: ONSESSIONSTART[\s\S]*npm run events -- bind/);
    expect(await run("list")).toContain("No handlers are set.");
    expect(await run("bind")).toContain("bound: ONSESSIONSTART");
    expect(portal.handlers.map(({ event }) => event)).toEqual(expect.arrayContaining([...OPEN_CHANNEL_EVENTS]));
    expect(await run("bind")).toContain("Everything was bound already.");
  });

  it("does it alone when no gateway is running, and keeps tokens that it had to renew", async () => {
    const { portal, gateway, settings } = await scene();
    await gateway.storage.close();
    portal.expireAccessTokens();
    const renewals = portal.redeemed.length;
    const { ok } = await runEventsCli(["check"], { ...settings, gatewayUrl: "http://127.0.0.1:9" });
    expect(ok).toBe(true);
    portal.expireAccessTokens();
    expect((await runEventsCli(["list"], { ...settings, gatewayUrl: "http://127.0.0.1:9" })).ok).toBe(true);
    expect(portal.redeemed).toHaveLength(renewals + 2);
  });

  it("says that the directory is in use when the gateway listens elsewhere", async () => {
    const { settings } = await scene();
    const { ok, lines } = await runEventsCli(["check"], { ...settings, gatewayUrl: "http://127.0.0.1:9" });
    expect(ok).toBe(false);
    expect(lines.join(" ")).toMatch(/in use by process \d+.*GATEWAY_PORT/);
  });

  it("says what is wrong: an event refused, no public address, nowhere installed, to be installed anew, a portal away", async () => {
    const { portal, gateway, settings, run } = await scene();
    portal.handlers.length = 0;
    portal.unknownEvents.add("ONSESSIONSTART");
    expect(await run("bind")).toMatch(/^not ok[\s\S]*refused: ONSESSIONSTART \(ERROR_EVENT_NOT_FOUND\)/);
    await gateway.installations.update(portal.memberId, { status: "needs-reinstall" });
    expect(await run("check")).toMatch(/^not ok[\s\S]*installed again/);
    await gateway.installations.remove(portal.memberId);
    expect(await run("check")).toBe("not ok\nThe application is not installed in any portal.");
    await gateway.storage.close();
    const alone = { ...settings, gatewayUrl: "http://127.0.0.1:9", eventsAddress: undefined };
    expect((await runEventsCli(["check"], alone)).lines.join()).toContain("GATEWAY_PUBLIC_URL");
  });

  it("explains itself for a word that is no command", async () => {
    const { run } = await scene();
    for (const args of [[], ["bindd"], ["bind", "now"]]) expect(await run(...args)).toMatch(/^not ok\nUsage:/);
  });

  it("names an encryption key that is none", async () => {
    const { settings } = await scene();
    const wrong = { ...settings, encryptionKey: { configured: "short", file: "unused" } };
    expect(await runEventsCli(["check"], wrong)).toMatchObject({
      ok: false,
      lines: [expect.stringContaining("32 bytes")],
    });
  });
});

describe("commands to a running gateway", () => {
  it("are taken only with the secret that its encryption key gives", async () => {
    const { portal, gateway } = await scene();
    const post = (authorization: string, body = "command=unbind") =>
      gateway.post("/bitrix24/command", body, { authorization });
    for (const authorization of ["", "Bearer", "Bearer x", `Bearer ${commandSecret(randomBytes(32))}`]) {
      expect((await post(authorization)).status).toBe(403);
    }
    expect(portal.handlers.length).toBeGreaterThanOrEqual(5);
  });

  it("that do not exist are refused", async () => {
    const encryptionKey = randomBytes(32);
    const gateway = await startReceivingGateway({ encryptionKey });
    const authorization = `Bearer ${commandSecret(encryptionKey)}`;
    for (const body of ["command=drop", "", "command=list&command=unbind"]) {
      expect((await gateway.post("/bitrix24/command", body, { authorization })).status).toBe(400);
    }
  });
});

describe("installations under another encryption key", () => {
  it("are to be installed anew, while their events are still taken", async () => {
    const { portal, gateway, settings } = await scene();
    await gateway.storage.close();
    const other = await startReceivingGateway({ storage: settings.storage, encryptionKey: randomBytes(32) });
    expect(await other.installations.findLatest(portal.memberId)).toMatchObject({
      status: "needs-reinstall",
      tokens: null,
    });
    expect(await other.installations.credential(portal.memberId)).toBeUndefined();
    expect(await other.installations.checkApplicationToken(portal.memberId, portal.applicationToken)).toBe("right");
  });
});

describe("the data directory", () => {
  it("holds no token in clear", async () => {
    const { portal, gateway, settings } = await scene();
    const tokens = (await gateway.installations.findLatest(portal.memberId))?.tokens;
    await gateway.storage.close();
    if (settings.storage.kind !== "lmdb") throw new Error("LMDB expected");
    const { readFile, readdir } = await import("node:fs/promises");
    for (const name of await readdir(settings.storage.directory)) {
      const content = await readFile(join(settings.storage.directory, name));
      for (const secret of [tokens?.accessToken ?? "?", tokens?.refreshToken ?? "?", portal.applicationToken]) {
        expect(content.includes(secret)).toBe(false);
      }
    }
    const again = await openEventStorage(settings.storage);
    expect(await again.keyValues.list("installations")).toHaveLength(1);
    await again.close();
  });
});

describe("with an outgoing webhook alone", () => {
  it("the command says what the portal's form must hold", async () => {
    const { ok, lines } = await runEventsProgram(["check"], {
      BITRIX24_WEBHOOK_URL: "https://portal.example.com/rest/1/secret/",
      BITRIX24_OUTGOING_WEBHOOKS: "portal.example.com=0123456789abcdef",
      GATEWAY_PUBLIC_URL: "https://gateway.example.com",
    });
    expect(ok).toBe(true);
    expect(lines.join("\n")).toMatch(
      /^portal\.example\.com\n.*https:\/\/gateway\.example\.com\/bitrix24\/events .*ONCRMACTIVITYADD/,
    );
    expect(lines.join("\n")).not.toContain("0123456789abcdef");
  });
});
