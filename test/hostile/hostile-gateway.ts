import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPortal } from "../../simulator/portal.ts";
import { freePort } from "../kit/free-port.ts";
import { type GatewayProcess, startGatewayProcess } from "../kit/gateway-process.ts";
import { testProgram } from "../kit/programs.ts";

export const KEY = "key-of-a-hostile-client";
/** Of somebody who shares the gateway with him. */
export const OTHER_KEY = "key-of-another-client";
export const LONGEST_BLOCK_MS = 200;
export const LONGEST_REFUSAL_BYTES = 64 * 1024;

export interface HostileGateway {
  readonly process: GatewayProcess;
  /** Milliseconds for which its event loop stood still at the most since the last question. */
  longestBlock(): Promise<number>;
  close(): Promise<void>;
}

/** The gateway as a process of its own, before a simulated portal without limits. */
export async function startHostileGateway(): Promise<HostileGateway> {
  const portal = await startPortal({ size: 0.1, plan: "on-premise" });
  const directory = mkdtempSync(join(tmpdir(), "hostile-"));
  const gateway = await startGatewayProcess(
    {
      GATEWAY_PORT: String(await freePort()),
      GATEWAY_DATA_DIR: directory,
      GATEWAY_LOG_LEVEL: "error",
      GATEWAY_INTROSPECTION: "true",
      GATEWAY_API_KEYS: `hostile:${KEY},other:${OTHER_KEY}`,
      BITRIX24_WEBHOOK_URL: portal.users[0]?.webhookUrl ?? "",
      BITRIX24_PORTALS: new URL(portal.url).host,
      BITRIX24_PLAN: "on-premise",
    },
    { program: testProgram("hostile/monitored-gateway.ts") },
  );
  const longestBlock = async (): Promise<number> => (await gateway.ask("how long?", isBlock)).longestBlockMs;
  // What it does when it starts is not what clients make it do.
  await longestBlock();
  return {
    process: gateway,
    longestBlock,
    async close() {
      await gateway.stop();
      await portal.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isBlock(message: unknown): message is { longestBlockMs: number } {
  return typeof message === "object" && message !== null && "longestBlockMs" in message;
}
