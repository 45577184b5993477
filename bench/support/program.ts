import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";

export interface Program<Ready> {
  readonly pid: number;
  /** What it said of itself when it was ready. */
  readonly ready: Ready;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

export interface ProgramOptions<Ready> {
  readonly file: string;
  readonly arguments?: readonly string[];
  readonly nodeFlags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly profileDirectory?: string | undefined;
  /** Reads a line of its output; undefined while it is not ready. */
  readonly readReady: (line: string) => Ready | undefined;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

/** The environment without settings of the gateway and the portal that happen to be set where the benchmarks are run. */
export function cleanEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(GATEWAY|BITRIX24|PORTAL)_/.test(name)) kept[name] = value;
  }
  return kept;
}

/** Starts a compiled program as a process of its own; resolves once it says that it is ready. */
export async function startProgram<Ready>(options: ProgramOptions<Ready>): Promise<Program<Ready>> {
  const { profileDirectory } = options;
  if (profileDirectory !== undefined) mkdirSync(profileDirectory, { recursive: true });
  const profiling = profileDirectory === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDirectory}`];
  const child = spawn(
    process.execPath,
    [...(options.nodeFlags ?? []), ...profiling, options.file, ...(options.arguments ?? [])],
    {
      cwd: options.cwd,
      env: { ...cleanEnvironment(), NODE_ENV: "production", ...options.environment },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  running.add(child);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void ended.then(() => running.delete(child));
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${options.file} ended with code ${code} before it was ready`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = options.readReady(line);
      if (found !== undefined) resolve(found);
    });
  });
  if (child.pid === undefined) throw new Error(`${options.file} has no process id`);
  return {
    pid: child.pid,
    ready,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}
