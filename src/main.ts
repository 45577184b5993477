import "reflect-metadata";
import { pino } from "pino";
import { ConfigError, loadEnvFile, readConfig } from "./config.ts";
import { type RunningGateway, startGateway } from "./server/gateway.ts";

/** Resolves once the gateway listens; undefined when it could not start, in which case the reasons were printed. */
export const gateway: Promise<RunningGateway | undefined> = main();

async function main(): Promise<RunningGateway | undefined> {
  try {
    loadEnvFile();
    const config = readConfig(process.env);
    const running = await startGateway(config, pino({ level: config.logLevel }));
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(running));
    return running;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`Cannot start: ${problem}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

async function stop(running: RunningGateway): Promise<void> {
  await running.close();
  process.exit(0);
}
