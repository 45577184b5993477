import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { GATEWAY_PROGRAM } from "./programs.ts";
import { until } from "./until.ts";

/** The gateway as a program of its own, which a test can kill and start again. */
export interface GatewayProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly pid: number;
  isAlive(): boolean;
  /** What it printed. */
  readonly output: readonly string[];
  /** Resident memory in bytes: now, the most so far, and what of it is not a mapped file. */
  memory(): Promise<{
    readonly resident: number;
    readonly peak: number;
    readonly anonymous: number;
    readonly mapped: number;
  }>;
  /** Asks a program of a test over its channel; resolves to its first message that `isAnswer` takes. */
  ask<T>(question: string, isAnswer: (message: unknown) => message is T): Promise<T>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end, as an operator would. */
  stop(): Promise<void>;
}

export interface ProcessOptions {
  /** JavaScript file of a program that is the gateway and more; by default the gateway as it is shipped. */
  readonly program?: string;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

/** A second on a quiet machine; with ten times the load that it is made for, ten and more. */
const STARTS_WITHIN_MS = 120_000;

/** Starts the program with these settings alone, and waits until it is ready. */
export async function startGatewayProcess(
  env: Readonly<Record<string, string>> & { readonly GATEWAY_PORT: string },
  { program = GATEWAY_PROGRAM, nodeOptions = [] }: ProcessOptions = {},
): Promise<GatewayProcess> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [...nodeOptions, program], {
    env: { PATH, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", (line) => output.push(line));
  }
  // A test that fails before it ends the program must not leave it behind.
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  const origin = `http://127.0.0.1:${env.GATEWAY_PORT}`;
  await until(async () => {
    if (!isAlive(child)) throw new Error(`the gateway ended:\n${output.join("\n")}`);
    return isReady(origin);
  }, STARTS_WITHIN_MS);
  const { pid } = child;
  if (pid === undefined) throw new Error("a program without a process id");

  async function finish(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (!isAlive(child)) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }
  return {
    origin,
    pid,
    output,
    isAlive: () => isAlive(child),
    async memory() {
      const status = await readFile(`/proc/${pid}/status`, "utf8");
      const bytes = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
      return { resident: bytes("VmRSS"), peak: bytes("VmHWM"), anonymous: bytes("RssAnon"), mapped: bytes("RssFile") };
    },
    ask: (question, isAnswer) =>
      new Promise((resolve) => {
        const take = (message: unknown): void => {
          if (!isAnswer(message)) return;
          child.off("message", take);
          resolve(message);
        };
        child.on("message", take);
        child.send(question);
      }),
    kill: () => finish("SIGKILL"),
    stop: () => finish("SIGTERM"),
  };
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

export async function isReady(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/ready`);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
