import "reflect-metadata";
import { pino } from "pino";
import { ConfigError, loadEnvFile, readConfig } from "./config/config.ts";
import { type RunningGateway, startGateway } from "./server/gateway.ts";

/** Resolves once the gateway listens; undefined when it could not start, in which case the reasons were printed. */
export const gateway: Promise<RunningGateway | undefined> = main();

async function main(): Promise<RunningGateway | undefined> {
  try {
    loadEnvFile();
    const config = readConfig(process.env);
    const running = await startGateway(config, pino({ level: config.logLevel }));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void stop(running));
    // Started by a program that waits for the address and must not be outlived.
    process.once("disconnect", () => void stop(running));
    process.send?.({ url: running.url });
    return running;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`Cannot start: ${problem}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

let stopping = false;

async function stop(running: RunningGateway): Promise<void> {
  if (stopping) return;
  stopping = true;
  await running.close();
  process.exit(0);
}
