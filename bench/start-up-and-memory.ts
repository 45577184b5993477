import { spawn, spawnSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { mean } from "./support/distribution.ts";
import { type BenchGateway, keyOf, startGateway } from "./support/gateway.ts";
import { INBOX_PAGE, PAGE_SIZE } from "./support/inbox-operation.ts";
import type { BenchOptions } from "./support/options.ts";
import { NO_LATENCY, startPortal } from "./support/portal.ts";
import { residentBytes } from "./support/process-usage.ts";
import { cleanEnvironment } from "./support/program.ts";
import { type Finding, inMiB, type Report } from "./support/report.ts";

const GOAL_SECOND_START_S = 5;
const START_PATIENCE_MS = 180_000;
const CLIENTS = 8;
const CREDENTIALS = 20;
/** Growth below this between the second and the last quarter of the load is the collector's breathing. */
const GOAL_GROWTH = 0.1;
const IDLE_SECONDS = 3;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": "nobody" },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    await response.text();
    return true;
  } catch {
    return false;
  }
}

/** Seconds from `npm start` to the first answer of the demo. */
async function startOnce(clone: string): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn("npm", ["start"], {
    cwd: clone,
    env: { ...cleanEnvironment(), GATEWAY_PORT: String(port) },
    stdio: "ignore",
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const { pid } = child;
  if (pid === undefined) throw new Error("npm could not be started");
  const end = (): boolean => process.kill(-pid, "SIGINT");
  process.once("exit", end);
  try {
    while (!(await answers(`http://127.0.0.1:${port}/graphql`))) {
      if (child.exitCode !== null) throw new Error(`npm start ended with code ${child.exitCode}`);
      if (performance.now() - begun > START_PATIENCE_MS) throw new Error("npm start takes too long");
      await delay(20);
    }
    return (performance.now() - begun) / 1000;
  } finally {
    process.off("exit", end);
    if (child.exitCode === null) end();
    await ended;
  }
}

/** Starts of a fresh clone of the committed state, with the packages of this one. */
async function startUp(quick: boolean): Promise<Finding[]> {
  const parent = await mkdtemp(join(tmpdir(), "start-bench-"));
  const clone = join(parent, "clone");
  try {
    const { status } = spawnSync("git", ["clone", "--quiet", "--depth", "1", `file://${ROOT}`, clone]);
    if (status !== 0) throw new Error("The repository could not be cloned");
    await cp(join(ROOT, "node_modules"), join(clone, "node_modules"), { recursive: true, verbatimSymlinks: true });
    const first = await startOnce(clone);
    const later: number[] = [];
    for (let start = 0; start < (quick ? 1 : 3); start += 1) later.push(await startOnce(clone));
    const slowest = Math.max(...later);
    return [
      { what: "npm start, packages installed, nothing built", figure: `${first.toFixed(1)} s` },
      {
        what: `npm start again, slowest of ${later.length}`,
        figure: `${slowest.toFixed(1)} s`,
        goal: `< ${GOAL_SECOND_START_S} s`,
        reached: slowest < GOAL_SECOND_START_S,
      },
    ];
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

const OPERATIONS = [
  "{ openLines(first: 20) { nodes { id name isActive } } }",
  "{ inbox(first: 20) { nodes { chat { id title state messageCount operator { id name } } } } }",
  "{ viewer { user { id name } } }",
  INBOX_PAGE,
].map((query) => JSON.stringify({ query }));

async function soak(gateway: BenchGateway, seconds: number): Promise<{ samples: number[]; operations: number }> {
  const until = performance.now() + seconds * 1000;
  const samples: number[] = [];
  let operations = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const turn = operations++;
      await gateway.client.post(OPERATIONS[turn % OPERATIONS.length] ?? "", keyOf(turn % CREDENTIALS));
    }
  };
  const sampling = setInterval(() => samples.push(residentBytes(gateway.pid)), 500);
  try {
    await Promise.all(Array.from({ length: CLIENTS }, client));
  } finally {
    clearInterval(sampling);
  }
  return { samples, operations };
}

async function memory({ soakSeconds, profileDirectory }: BenchOptions): Promise<Finding[]> {
  const portal = await startPortal({
    plan: "on-premise",
    ...NO_LATENCY,
    dialogs: PAGE_SIZE,
    messages: 40,
    lines: 20,
    webhooks: CREDENTIALS,
  });
  const gateway = await startGateway({ plan: "on-premise", webhooks: portal.webhooks, profileDirectory });
  await gateway.client.post(OPERATIONS[0] ?? "", keyOf(0));
  await delay(IDLE_SECONDS * 1000);
  const idle = residentBytes(gateway.pid);
  const { samples, operations } = await soak(gateway, soakSeconds);
  await delay(IDLE_SECONDS * 1000);
  const after = residentBytes(gateway.pid);
  await gateway.stop();
  await portal.stop();
  const quarter = Math.floor(samples.length / 4);
  const second = mean(samples.slice(quarter, 2 * quarter));
  const last = mean(samples.slice(-quarter));
  const growth = last / second - 1;
  return [
    { what: "resident memory idle", figure: inMiB(idle) },
    {
      what: `resident memory over ${soakSeconds} s of load (${operations} operations): second quarter`,
      figure: inMiB(second),
    },
    {
      what: "  last quarter",
      figure: `${inMiB(last)} (${growth >= 0 ? "+" : ""}${(growth * 100).toFixed(1)} %)`,
      goal: `growth < ${GOAL_GROWTH * 100} %`,
      reached: growth < GOAL_GROWTH,
    },
    { what: `  idle again for ${IDLE_SECONDS} s`, figure: inMiB(after) },
  ];
}

/** Start-up time of an installed clone, and resident memory idle, under load and after it. */
export async function startUpAndMemory(options: BenchOptions): Promise<Report> {
  return {
    benchmark: "start-up-and-memory",
    findings: [...(await startUp(options.quick)), ...(await memory(options))],
  };
}
