import { readFileSync, readlinkSync } from "node:fs";

/** Names a process so that whoever can see it may ask whether it still runs. */
export interface ProcessName {
  /** Where its id means something: this boot of a machine and this space of process ids. Empty where the system does not tell. */
  readonly machine: string;
  readonly pid: number;
  /** Start in clock ticks since boot; empty where the system does not tell. Ids are used again, in containers nearly always the same one. */
  readonly started: string;
}

/** The boot of this machine, empty where the system does not tell. Times since boot can be compared only within one. */
export const BOOT = textOf(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());

export const THIS_PROCESS: ProcessName = {
  machine: machineName(),
  pid: process.pid,
  started: processStart(process.pid) ?? "",
};

/** True only when it is certain: a process of another machine or container may live or not. */
export function isSurelyDead({ machine, pid, started }: ProcessName): boolean {
  return machine !== "" && machine === THIS_PROCESS.machine && !isRunning(pid, started);
}

/** Whether a process of this id and start runs. Where no start can be read the id alone decides. */
export function isRunning(pid: number, started: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives but belongs to somebody else.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const now = processStart(pid);
  return now === null || now === started;
}

/** Start of a process in clock ticks since boot (Linux), null elsewhere. */
export function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may contain spaces; the start is the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.at(19) ?? null;
  } catch {
    return null;
  }
}

function machineName(): string {
  const space = textOf(() => readlinkSync("/proc/self/ns/pid"));
  return BOOT === "" || space === "" ? "" : `${BOOT} ${space}`;
}

function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
