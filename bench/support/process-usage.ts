import { readFileSync } from "node:fs";

/** Kernel clock ticks per second: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system CPU time that a process has used so far, in milliseconds (steps of 10). Linux only. */
export function cpuTimeMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The program's name stands in brackets and may hold spaces; the fields after it are numbers.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Resident memory of a process in bytes. Linux only. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, "VmRSS");
}

/** What of it is no mapped file, such as the one of the event log. Linux only. */
export function anonymousBytes(pid: number): number {
  return statusBytes(pid, "RssAnon");
}

function statusBytes(pid: number, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1] ?? Number.NaN) * 1024;
}
