import "reflect-metadata";
import { pino } from "pino";
import { ConfigError } from "./config/config.ts";
import { loadEnvFile } from "./config/environment.ts";
import { readConfig } from "./config/read-config.ts";
import { boundHeapGrowth } from "./process/heap-growth.ts";
import { endInOrder } from "./process/orderly-end.ts";
import { type RunningGateway, startGateway } from "./server/gateway.ts";

/** Resolves once the gateway listens; undefined when it could not start, in which case the reasons were printed. */
export const gateway: Promise<RunningGateway | undefined> = main();

async function main(): Promise<RunningGateway | undefined> {
  boundHeapGrowth();
  try {
    loadEnvFile();
    const config = readConfig(process.env);
    const log = pino({ level: config.logLevel });
    const running = await startGateway(config, log);
    const { close, underWay } = running;
    endInOrder({ process, log, close, underWay, limitMs: config.limits.shutdownMs });
    process.send?.({ url: running.url });
    return running;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`Cannot start: ${problem}\n`);
    process.exitCode = 1;
    return undefined;
  }
}
