import type { Logger } from "pino";
import { onTestFinished } from "vitest";
import { type ScriptedPortal, startScriptedPortal } from "../datasources/bitrix24/scripted-portal.ts";
import { runGateway, type Settings } from "./gateway-here.ts";

/** A gateway without keys over a portal as scripted, of which settings may tell the host; both end with the test. */
export async function startScriptedGateway(
  env: Settings | ((portal: ScriptedPortal) => Settings) = {},
  log?: Logger,
): Promise<{ origin: string; portal: ScriptedPortal; close: () => Promise<void> }> {
  const portal = await startScriptedPortal();
  const webhook = `${portal.origin}/rest/1/secret1234567890/`;
  const { origin, probed, close } = await runGateway(
    { BITRIX24_WEBHOOK_URL: webhook, ...(typeof env === "function" ? env(portal) : env) },
    log,
  );
  await probed;
  onTestFinished(async () => {
    await close();
    await portal.close();
  });
  return { origin, portal, close };
}
