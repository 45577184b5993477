import { setTimeout as delay } from "node:timers/promises";
import type { Environment } from "../../config/environment.ts";
import { demoBanner } from "./demo-banner.ts";
import { namePeople } from "./demo-people.ts";
import { choosePort, demoSettings } from "./demo-settings.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";
import { installApplication, startSimulatedPortal } from "./simulated-portal.ts";

const RESTART_MS = 5_000;

/**
 * Runs the simulated portal and the gateway, each as a process of its own, until `ending` is aborted. A gateway that is killed alone is
 * started again a moment later on the same data, so that one can see how live events go on. Resolves with the exit code.
 */
export async function runDemo(environment: Environment, ending: AbortSignal): Promise<number> {
  const portal = await startSimulatedPortal(environment);
  try {
    const people = namePeople(portal.users);
    const port = await choosePort(environment.GATEWAY_PORT);
    const { settings, publicUrl } = demoSettings(portal, people, environment, port);
    const start = () => startGatewayProcess({ ...environment, ...settings }, ending);

    const gateway = await start();
    if (gateway.url === undefined) return ending.aborted ? 0 : ((await gateway.ended).code ?? 1);
    if (!(await installApplication(portal, publicUrl))) {
      process.stderr.write("The application could not be installed in the simulated portal.\n");
    }
    process.stdout.write(demoBanner({ portal, people, url: gateway.url, pid: gateway.pid }));
    return await keepRunning(gateway, start, ending);
  } finally {
    portal.stop();
  }
}

async function keepRunning(
  first: GatewayProcess,
  start: () => Promise<GatewayProcess>,
  ending: AbortSignal,
): Promise<number> {
  for (let gateway = first; ; ) {
    const { code, signal } = await gateway.ended;
    if (ending.aborted) return 0;
    // It could not start again, and has said why.
    if (gateway.url === undefined) return code ?? 1;
    const how = signal ?? `exit code ${code}`;
    process.stdout.write(
      `The gateway ended (${how}); the portal goes on. It is started again in ${RESTART_MS / 1000} seconds.\n`,
    );
    await delay(RESTART_MS, undefined, { signal: ending }).catch(() => undefined);
    if (ending.aborted) return 0;
    gateway = await start();
    if (gateway.url !== undefined) process.stdout.write(`Gateway process:  ${gateway.pid}\n`);
  }
}
