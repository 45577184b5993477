import "reflect-metadata";
import { pino } from "pino";
import { type Config, ConfigError } from "../config/config.ts";
import { credentialHost } from "../config/credentials.ts";
import type { Environment } from "../config/environment.ts";
import { readConfig } from "../config/read-config.ts";
import { createPortals } from "../datasources/bitrix24/portals.ts";
import { formatExportCursor } from "../export/export-cursor.ts";
import { type ExportRequest, exportSecret, requestExport, runExport } from "../export/export-endpoint.ts";
import { openLiveStore } from "../server/live-store.ts";
import { parseOptions, SESSIONS_USAGE } from "./export-options.ts";
import { type OpenRows, type SessionsIo, writeExport } from "./export-output.ts";
import { reachableUrl } from "./gateway-address.ts";

/** Runs `npm run sessions`; answers the exit code. */
export async function runSessionsProgram(
  args: readonly string[],
  environment: Environment,
  io: SessionsIo,
): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === undefined) {
      io.err.write(`${SESSIONS_USAGE}\n`);
      return 1;
    }
    const config = readConfig(environment);
    return await writeExport(io, options, (request, signal) => openRows(config, request, signal));
  } catch (error) {
    const lines =
      error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : "It failed."];
    io.err.write(`${lines.join("\n")}\n`);
    return 1;
  }
}

/** Through the running gateway, which alone spends the portal's allowance; where none runs, with its store locked against one. */
async function openRows(config: Config, request: ExportRequest, signal: AbortSignal): Promise<OpenRows> {
  const configured = config.portal.credentials.get(request.credential);
  if (configured === undefined) {
    const known = [...config.portal.credentials.keys()].join(", ") || "none";
    throw new Error(`There is no credential ${JSON.stringify(request.credential)}. Configured are: ${known}.`);
  }
  const after = request.after === undefined ? undefined : formatExportCursor(request.after);
  const answer = await requestExport(
    reachableUrl(config.server),
    exportSecret(configured),
    { ...request, after },
    signal,
  );
  switch (answer.kind) {
    case "rows":
      return { rows: answer.rows, close: () => Promise.resolve() };
    case "refused":
      throw new Error(answer.reason);
    case "foreign":
    case "absent": {
      const store = await openLiveStore(config, pino({ level: "silent" }));
      const { plan, allowHttp, proxyUrl, certificateAuthority, userTokenHosts } = config.portal;
      const portals = createPortals({
        plan,
        allowHttp,
        proxyUrl,
        certificateAuthority,
        allowedHosts: [...[...store.credentials.values()].map(credentialHost), ...userTokenHosts],
        createAllowance: store.createAllowance,
        renewTokens: store.renewTokens,
      });
      return {
        rows: runExport(portals, store.credentials.get(request.credential) ?? configured, request, signal),
        async close() {
          await portals.close();
          await store.close();
        },
      };
    }
  }
}
