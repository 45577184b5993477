import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { ConfigError, readConfig } from "../../src/config/config.ts";
import { startGateway } from "../../src/server/gateway.ts";
import { send } from "../kit/http-client.ts";

let portal: RunningPortal;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
});

afterAll(() => portal.close());

function applicationConfig(directory: string) {
  const { clientId, clientSecret, tokenUrl } = portal.application;
  const tokens = portal.issueTokens(portal.users[1]?.id ?? 0);
  const application = { portal: new URL(portal.url).host, clientId, clientSecret, tokenUrl, ...tokens };
  const file = join(directory, "credentials.json");
  writeFileSync(file, JSON.stringify({ app: { application } }));
  return readConfig({ BITRIX24_CREDENTIALS_FILE: file, GATEWAY_PORT: "0", GATEWAY_DATA_DIR: directory });
}

async function whoAmI(config: ReturnType<typeof readConfig>): Promise<unknown> {
  const gateway = await startGateway(config, pino({ level: "silent" }));
  try {
    const body = JSON.stringify({ query: "{ viewer { user { id } } }" });
    const answer = await send(gateway.url, { headers: { "content-type": "application/json" }, body });
    return JSON.parse(answer.text).data?.viewer?.user?.id;
  } finally {
    await gateway.close();
  }
}

test("an application goes on after a restart although its configured tokens are void by then", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tokens-"));
  const config = applicationConfig(directory);
  const user = String(portal.users[1]?.id);
  portal.expireTokens();
  expect(await whoAmI(config)).toBe(user);
  const kept = join(directory, "tokens.json");
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  portal.expireTokens();
  expect(await whoAmI(config)).toBe(user);
});

test("a damaged file of tokens is a start error that names it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tokens-"));
  const config = applicationConfig(directory);
  writeFileSync(join(directory, "tokens.json"), "{ damaged");
  const start = startGateway(config, pino({ level: "silent" }));
  await expect(start).rejects.toThrow(ConfigError);
  await expect(start).rejects.toThrow(/tokens\.json is damaged/);
  expect(readFileSync(join(directory, "tokens.json"), "utf8")).toBe("{ damaged");
});
