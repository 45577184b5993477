import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { onTestFinished } from "vitest";
import { readConfig } from "../../src/config/read-config.ts";
import { startGateway } from "../../src/server/gateway.ts";
import { type ScriptedPortal, startScriptedPortal } from "../datasources/bitrix24/scripted-portal.ts";

type Settings = Readonly<Record<string, string>>;

/** A gateway without keys over a portal as scripted, of which settings may tell the host; both end with the test. */
export async function startScriptedGateway(
  env: Settings | ((portal: ScriptedPortal) => Settings) = {},
  log: Logger = pino({ level: "silent" }),
): Promise<{ origin: string; portal: ScriptedPortal; close: () => Promise<void> }> {
  const portal = await startScriptedPortal();
  const config = readConfig({
    GATEWAY_PORT: "0",
    GATEWAY_DATA_DIR: mkdtempSync(join(tmpdir(), "streams-")),
    GATEWAY_LOG_LEVEL: "silent",
    BITRIX24_WEBHOOK_URL: `${portal.origin}/rest/1/secret1234567890/`,
    ...(typeof env === "function" ? env(portal) : env),
  });
  const gateway = await startGateway(config, log);
  await gateway.probed;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= gateway.close();
    return closing;
  };
  onTestFinished(async () => {
    await close();
    await portal.close();
  });
  return { origin: new URL(gateway.url).origin, portal, close };
}
