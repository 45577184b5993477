import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const SCRIPTS = fileURLToPath(new URL("../../scripts/", import.meta.url));

/** A program of the project that runs beside the test, and ends with it. */
export interface Program {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Resolves with the text that matched; rejects when the program ends before. */
  prints(pattern: RegExp): Promise<string>;
  /** What Ctrl-C in a terminal does: the signal goes to the whole group. */
  interrupt(): void;
}

export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** A new folder of its own by default. */
  readonly folder?: string;
}

/** Runs one of `scripts/`, such as `start`. */
export function runScript(
  name: string,
  { environment = {}, args = [], folder = newFolder() }: ProgramOptions,
): Program {
  return follow(process.execPath, [join(SCRIPTS, `${name}.mjs`), ...args], folder, environment);
}

/** As a person starts it: npm, a shell that npm starts, and only then the program. */
export function runScriptWithNpm(name: string, { environment = {}, folder = newFolder() }: ProgramOptions): Program {
  const scripts = { start: `"${process.execPath}" "${join(SCRIPTS, `${name}.mjs`)}"` };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, scripts }));
  return follow("npm", ["start"], folder, environment);
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "program-"));
}

function follow(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Program {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const program: Program = {
    child,
    output: () => text,
    ended,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(text);
          if (found !== null) resolve(found[1] ?? found[0]);
        };
        child.stdout.on("data", look);
        child.stderr.on("data", look);
        look();
        void ended.then((code) => reject(new Error(`ended with ${code} before printing ${pattern}:\n${text}`)));
      }),
    interrupt: () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    },
  };
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) program.interrupt();
    await ended;
  });
  return program;
}
