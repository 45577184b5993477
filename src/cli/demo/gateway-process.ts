import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Environment } from "../../config/environment.ts";

const PROGRAM = fileURLToPath(new URL("../../main.js", import.meta.url));
const listening = z.object({ url: z.string() });

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GatewayProcess {
  readonly pid: number | undefined;
  /** Address of its GraphQL endpoint; undefined when it could not start, and said why. */
  readonly url: string | undefined;
  readonly ended: Promise<Ending>;
}

/**
 * Starts the gateway as a process of its own, with the flags for Node that this one was given. Resolves once it listens or has ended.
 * It is told to end when `ending` is aborted, and ends by itself when this process is gone.
 */
export async function startGatewayProcess(environment: Environment, ending: AbortSignal): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [...process.execArgv, PROGRAM], {
    env: environment,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const end = () => void child.kill("SIGTERM");
  ending.addEventListener("abort", end, { once: true });
  if (ending.aborted) end();
  const ended = new Promise<Ending>((resolve) => {
    child.once("exit", (code, signal) => {
      ending.removeEventListener("abort", end);
      resolve({ code, signal });
    });
  });
  const said = once(child, "message").then(([message]) => listening.parse(message).url);
  const url = await Promise.race([said, ended.then(() => undefined)]);
  return { pid: child.pid, url, ended };
}
