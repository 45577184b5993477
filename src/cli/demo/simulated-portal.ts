import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Environment } from "../../config/environment.ts";

const PROGRAM = fileURLToPath(new URL("../../../simulator/main.js", import.meta.url));

/** What customers write and operators do a minute on their own, so that a first look at the demo is alive. */
const ACTIVITY_PER_MINUTE = "6";
const OPERATOR_ACTIVITY_PER_MINUTE = "4";

const portalUser = z.object({ id: z.number(), name: z.string(), role: z.string(), webhookUrl: z.string() });
const readiness = z.object({
  url: z.string(),
  users: z.array(portalUser).min(1),
  /** The dialog that simulated people leave alone. */
  quietChat: z.object({ chatId: z.number(), title: z.string(), operatorId: z.number() }).nullable(),
  application: z.object({ clientId: z.string(), clientSecret: z.string(), tokenUrl: z.string() }),
});

export type PortalUser = z.output<typeof portalUser>;
/** What the simulated portal says of itself. */
export type PortalReadiness = z.output<typeof readiness>;

export interface SimulatedPortal extends PortalReadiness {
  stop(): void;
}

/** Starts the simulated portal as a process of its own, and resolves once it answers. It ends with this process, however that ends. */
export async function startSimulatedPortal(environment: Environment): Promise<SimulatedPortal> {
  const child = spawn(process.execPath, [PROGRAM, ...portalArguments(environment)], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the simulated portal ended with code ${code}`)));
  });
  const line = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  const said = readiness.parse(JSON.parse(await Promise.race([line, ended])));
  // Ctrl-C reaches both programs and the portal then ends well, which is no news.
  ended.catch(() => child.exitCode === 0 || process.stderr.write("The simulated portal has ended.\n"));
  return { ...said, stop: () => void child.stdin.end() };
}

/** The activity of the demo, unless the environment asks for another. */
function portalArguments(environment: Environment): string[] {
  return [
    "--ready-json",
    "--exit-with-parent",
    ...(environment.PORTAL_ACTIVITY ? [] : ["--activity", ACTIVITY_PER_MINUTE]),
    ...(environment.PORTAL_OPERATOR_ACTIVITY ? [] : ["--operator-activity", OPERATOR_ACTIVITY_PER_MINUTE]),
  ];
}

/** The portal installs the application: it calls the gateway back, as a real one does. Resolves with whether that went well. */
export async function installApplication(portal: PortalReadiness, gatewayUrl: string): Promise<boolean> {
  const response = await fetch(`${portal.url}/__install`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "script-only", installUrl: `${gatewayUrl}/bitrix24/install` }),
  });
  return response.ok;
}
