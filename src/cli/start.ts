import { type Environment, loadEnvFile, settingProblems } from "../config/environment.ts";
import { isLoopback } from "../datasources/bitrix24/loopback.ts";
import { runDemo } from "./demo/run-demo.ts";
import { whenNpmEnds } from "./starter.ts";

const PORTAL_SETTINGS = ["BITRIX24_WEBHOOK_URL", "BITRIX24_CREDENTIALS_FILE", "BITRIX24_PORTALS"];

/** `npm start`: the gateway against the configured portal, or without configuration the demo. */
export async function start(): Promise<void> {
  loadEnvFile();
  if (!startsDemo(process.env)) return await startGateway();
  if (!isLoopback(process.env.GATEWAY_HOST?.trim() || "127.0.0.1")) {
    process.stderr.write(
      "Cannot start: the demo listens on loopback only. Unset GATEWAY_HOST, or configure a portal\n",
    );
    process.exitCode = 1;
    return;
  }
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  whenNpmEnds(process.env, end);
  process.exit(await runDemo(process.env, ending.signal));
}

/** A misspelt setting must not lead to the demo; the gateway itself reports it. */
export function startsDemo(environment: Environment): boolean {
  const isConfigured = PORTAL_SETTINGS.some((name) => environment[name]?.trim());
  return !isConfigured && settingProblems(environment).length === 0;
}

async function startGateway(): Promise<void> {
  // The program starts as soon as it is imported.
  const { gateway } = await import("../main.ts");
  const running = await gateway;
  if (running === undefined) return;
  whenNpmEnds(process.env, () => process.kill(process.pid, "SIGTERM"));
  process.stdout.write(`\nGraphQL:         ${running.url}\nGateway process: ${process.pid}\n\n`);
}
