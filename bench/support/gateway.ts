import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type GraphqlClient, openGraphqlClient } from "./graphql-client.ts";
import type { PortalSpec } from "./portal.ts";
import { startProgram } from "./program.ts";

export interface BenchGateway {
  readonly pid: number;
  readonly url: string;
  readonly client: GraphqlClient;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  readonly plan: PortalSpec["plan"];
  /** The webhooks it acts with; the key of each is `keyOf` its index. */
  readonly webhooks: readonly string[];
  readonly connections?: number;
  readonly profileDirectory?: string | undefined;
  /** Folder of another build of the gateway; this one without it. */
  readonly directory?: string;
  /** Flags for Node beside those of `npm start`. */
  readonly nodeFlags?: readonly string[];
  /** Further settings, and others in place of those made from the options. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The project's folder, and where its programs were compiled to for the benchmarks. */
const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../src/main.js", import.meta.url));

const packageFile = z.object({ scripts: z.object({ start: z.string() }) });

/** The flags for Node with which `npm start` runs the gateway. */
function startFlags(project: string): string[] {
  const text = readFileSync(join(project, "package.json"), "utf8");
  return packageFile
    .parse(JSON.parse(text))
    .scripts.start.split(" ")
    .filter((word) => word.startsWith("--"));
}

export function keyOf(index: number): string {
  return `key-of-a-benchmark-${index}`;
}

/** The address in a line of the gateway's log; undefined for other lines. */
function listeningAt(line: string): string | undefined {
  const entry: unknown = line.startsWith("{") ? JSON.parse(line) : undefined;
  if (typeof entry !== "object" || entry === null || !("url" in entry)) return undefined;
  return typeof entry.url === "string" ? entry.url : undefined;
}

/** Starts the gateway as a process of its own, as `npm start` would run it, without the demo. */
export async function startGateway(options: GatewayOptions): Promise<BenchGateway> {
  const directory = await mkdtemp(join(tmpdir(), "gateway-bench-"));
  const credentialsFile = join(directory, "credentials.json");
  const credentials = options.webhooks.map((webhook, index) => [`w${index}`, { webhook }]);
  await writeFile(credentialsFile, JSON.stringify(Object.fromEntries(credentials)), { mode: 0o600 });
  const program = await startProgram({
    file: options.directory === undefined ? PROGRAM : join(options.directory, "dist", "src", "main.js"),
    nodeFlags: [...startFlags(options.directory ?? PROJECT), ...(options.nodeFlags ?? [])],
    cwd: directory,
    profileDirectory: options.profileDirectory,
    environment: {
      GATEWAY_PORT: "0",
      GATEWAY_DATA_DIR: directory,
      GATEWAY_LOG_LEVEL: "info",
      GATEWAY_API_KEYS: options.webhooks.map((_, index) => `k${index}:${keyOf(index)}:w${index}`).join(","),
      BITRIX24_CREDENTIALS_FILE: credentialsFile,
      BITRIX24_PLAN: options.plan,
      ...options.environment,
    },
    readReady: listeningAt,
  });
  const client = openGraphqlClient(program.ready, options.connections ?? 16);
  return {
    pid: program.pid,
    url: program.ready,
    client,
    async stop() {
      await client.close();
      await program.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
