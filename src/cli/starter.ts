import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const LOOK_MS = 500;
const SHELLS = new Set(["sh", "dash", "bash", "zsh", "ash", "ksh", "fish", "cmd.exe"]);

interface ProcessEntry {
  readonly parent: number;
  /** File name of the program. */
  readonly program: string;
}

/**
 * Calls `onEnd` once, soon after npm is gone when npm started this program. A signal to npm alone ends the shell between the two at the most:
 * without this the program would stay, with nobody to stop it. Started otherwise, a program may outlive its starter, as services do.
 */
export function whenNpmEnds(environment: NodeJS.ProcessEnv, onEnd: () => void): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const npm = npmAbove(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(parent) && (npm === undefined || isChildOf(parent, npm))) return;
    clearInterval(timer);
    onEnd();
  }, LOOK_MS);
  timer.unref();
}

/** npm runs a script in a shell, which does not end when npm is killed. Undefined where npm is the parent itself. */
function npmAbove(parent: number): number | undefined {
  const entry = lookUp(parent);
  return entry !== undefined && SHELLS.has(entry.program) && entry.parent > 1 ? entry.parent : undefined;
}

/** A process whose parent is gone gets another one, where `/proc` tells; a parent that is gone and not buried yet counts as gone. */
function isChildOf(pid: number, parent: number): boolean {
  const entry = fromProc(pid);
  return entry === undefined ? isAlive(parent) : entry.parent === parent;
}

function lookUp(pid: number): ProcessEntry | undefined {
  return fromProc(pid) ?? fromPs(pid);
}

/** Linux: `PID (program) STATE PPID …`; the program's name may hold blanks and brackets. */
function fromProc(pid: number): ProcessEntry | undefined {
  try {
    const [, program, parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return program === undefined ? undefined : { program, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Other systems of the kind. Where there is no `ps` either, only the parent is watched. */
function fromPs(pid: number): ProcessEntry | undefined {
  const { stdout, status } = spawnSync("ps", ["-o", "ppid=,comm=", "-p", String(pid)], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const [, parent, program = ""] = /^\s*(\d+)\s+(.*\S)/.exec(stdout) ?? [];
  return parent === undefined ? undefined : { program: basename(program).replace(/^-/, ""), parent: Number(parent) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
