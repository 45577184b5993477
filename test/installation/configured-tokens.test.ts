import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { ConfigError } from "../../src/config/config.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { fingerprint } from "../../src/datasources/bitrix24/credentials.ts";
import { type GatewayHere, runGateway } from "../kit/gateway-here.ts";
import { type RawAnswer, send } from "../kit/http-client.ts";
import { startRedisServer } from "../kit/redis-server.ts";
import { eventually } from "../kit/until.ts";
import { type ApplicationPortal, startApplicationPortal } from "./application-portal.ts";

const ENCRYPTION_KEY = randomBytes(32).toString("base64");

async function openPortal(): Promise<ApplicationPortal> {
  const portal = await startApplicationPortal();
  onTestFinished(() => portal.close());
  return portal;
}

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), "configured-"));
}

/** Settings with an application in the credentials file; BITRIX24_TOKEN_URL tells where its tokens are renewed, or the file does. */
function settingsOf(portal: ApplicationPortal, directory: string, tokenUrlIn: "setting" | "file" = "setting") {
  const file = join(directory, "credentials.json");
  const own = tokenUrlIn === "file" ? { tokenUrl: portal.tokenUrl } : {};
  const application = { portal: portal.host, ...portal.client, ...portal.issue(7), ...own };
  writeFileSync(file, JSON.stringify({ app: { application } }));
  return {
    BITRIX24_CREDENTIALS_FILE: file,
    BITRIX24_TOKEN_URL: tokenUrlIn === "file" ? "http://127.0.0.1:9/oauth/token/" : portal.tokenUrl,
    GATEWAY_ENCRYPTION_KEY: ENCRYPTION_KEY,
    GATEWAY_PORT: "0",
    GATEWAY_DATA_DIR: directory,
  };
}

async function start(settings: Record<string, string>, log?: Logger): Promise<GatewayHere> {
  const gateway = await runGateway(settings, log);
  await gateway.probed;
  return gateway;
}

function ask(gateway: GatewayHere): Promise<RawAnswer> {
  const body = JSON.stringify({ query: "{ viewer { user { id } } }" });
  return send(gateway.url, { headers: { "content-type": "application/json" }, body });
}

function userOf({ text }: RawAnswer): unknown {
  return JSON.parse(text).data?.viewer?.user?.id;
}

async function askOnce(settings: Record<string, string>): Promise<unknown> {
  const gateway = await start(settings);
  try {
    return userOf(await ask(gateway));
  } finally {
    await gateway.close();
  }
}

test("an application goes on after a restart although its configured tokens are void by then; nothing is kept in clear", async () => {
  const portal = await openPortal();
  const directory = newDirectory();
  const settings = settingsOf(portal, directory);
  portal.expireAccessTokens();
  expect(await askOnce(settings)).toBe("7");
  portal.expireAccessTokens();
  expect(await askOnce(settings)).toBe("7");
  expect(portal.redeemed).toHaveLength(2);
  expect(existsSync(join(directory, "tokens.json"))).toBe(false);
  const kept = readdirSync(join(directory, "live")).map((name) =>
    readFileSync(join(directory, "live", name), "latin1"),
  );
  expect(kept.join()).toContain("configured-tokens");
  for (const refreshToken of portal.redeemed) expect(kept.join()).not.toContain(refreshToken);
});

describe("the authorization server", () => {
  test("of BITRIX24_TOKEN_URL renews the tokens of applications in the credentials file", async () => {
    const portal = await openPortal();
    const settings = settingsOf(portal, newDirectory());
    portal.expireAccessTokens();
    expect(await askOnce(settings)).toBe("7");
  });

  test("of one application goes before it", async () => {
    const portal = await openPortal();
    const settings = settingsOf(portal, newDirectory(), "file");
    portal.expireAccessTokens();
    expect(await askOnce(settings)).toBe("7");
  });

  test("is not told secrets without TLS", () => {
    const settings = {
      BITRIX24_WEBHOOK_URL: "https://example.bitrix24.com/rest/1/abcdef/",
      BITRIX24_CLIENT_ID: "local.1",
    };
    const read = () =>
      readConfig({
        ...settings,
        BITRIX24_CLIENT_SECRET: "s",
        BITRIX24_TOKEN_URL: "http://oauth.example.com/oauth/token/",
      });
    expect(read).toThrow(
      "BITRIX24_TOKEN_URL must use https; BITRIX24_ALLOW_HTTP=true permits http for oauth.example.com",
    );
  });
});

describe("tokens that an earlier version kept in clear", () => {
  /** As that version wrote it, with a pair that is newer than the configured one. */
  function writeEarlierFile(portal: ApplicationPortal, settings: Record<string, string>, directory: string): string {
    const app = readConfig(settings).portal.credentials.get("app");
    if (app === undefined) throw new Error("the application is not configured");
    const file = join(directory, "tokens.json");
    writeFileSync(file, JSON.stringify({ [fingerprint(app)]: portal.issue(8) }));
    return file;
  }

  test("are taken over, sealed and removed", async () => {
    const portal = await openPortal();
    const directory = newDirectory();
    const settings = settingsOf(portal, directory);
    const file = writeEarlierFile(portal, settings, directory);
    expect(await askOnce(settings)).toBe("8");
    expect(existsSync(file)).toBe(false);
    expect(await askOnce(settings)).toBe("8");
  });

  test("stay where they are until they could be sealed", async () => {
    const portal = await openPortal();
    const directory = newDirectory();
    const redis = await startRedisServer();
    onTestFinished(() => redis.close());
    await redis.kill();
    const settings = { ...settingsOf(portal, directory), REDIS_URL: redis.url };
    const file = writeEarlierFile(portal, settings, directory);
    const gateway = await start(settings);
    onTestFinished(() => gateway.close());
    expect(existsSync(file)).toBe(true);
  });

  test("that are damaged are a start error that names the file, and stay", async () => {
    const portal = await openPortal();
    const directory = newDirectory();
    const settings = settingsOf(portal, directory);
    const file = join(directory, "tokens.json");
    writeFileSync(file, "{ damaged");
    const starting = start(settings);
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(/tokens\.json is damaged/);
    expect(readFileSync(file, "utf8")).toBe("{ damaged");
  });
});

test("two gateways on one Redis renew the tokens of an application in both files once", async () => {
  const portal = await openPortal();
  const redis = await startRedisServer();
  onTestFinished(() => redis.close());
  const settings = { ...settingsOf(portal, newDirectory()), REDIS_URL: redis.url };
  const gateways = await Promise.all([start(settings), start(settings)]);
  onTestFinished(async () => {
    for (const gateway of gateways) await gateway.close();
  });
  for (let round = 1; round <= 3; round += 1) {
    portal.redeemed.length = 0;
    portal.expireAccessTokens();
    const answers = await Promise.all([...gateways, ...gateways, ...gateways].map(ask));
    expect(answers.map(userOf)).toEqual(answers.map(() => "7"));
    expect(portal.redeemed).toHaveLength(1);
  }
});

test("renewed tokens that cannot be kept serve on, and are kept once the store is back", async () => {
  const portal = await openPortal();
  const redis = await startRedisServer();
  onTestFinished(() => redis.close());
  const settings = { ...settingsOf(portal, newDirectory()), REDIS_URL: redis.url };
  const lines: string[] = [];
  const gateway = await start(settings, pino({ level: "warn" }, { write: (line) => lines.push(line) }));
  onTestFinished(() => gateway.close());
  const { intercept } = portal.server;
  // The store goes while the authorization server has already voided the old pair.
  portal.server.intercept = (request) => {
    if (request.path.startsWith("/oauth/token/")) redis.pause();
    return intercept?.(request);
  };
  portal.expireAccessTokens();
  const answer = ask(gateway);
  await eventually(() => expect(lines.join()).toContain("Renewed tokens are not kept yet"));
  portal.server.intercept = intercept;
  redis.resume();
  expect(userOf(await answer)).toBe("7");
  await eventually(() => expect(lines.join()).toContain("Renewed tokens are kept again"));
  await gateway.close();
  expect(await askOnce(settings)).toBe("7");
  expect(portal.redeemed).toHaveLength(1);
});
