import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Lets a measured program watch its own event loop. */
export interface LoopMonitor {
  /** What the program is started with. */
  readonly nodeFlags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The longest time since the last call for which the loop of the process did not go on. */
  takeLongest(pid: number): Promise<LongestBlock>;
  remove(): void;
}

/** In milliseconds: as Node's monitor saw it, and what of such a time the process worked itself. */
export type LongestBlock = z.infer<typeof told>;

const PROGRAM = fileURLToPath(new URL("./loop-monitor-program.js", import.meta.url));
const told = z.object({ longestMs: z.number(), ownMs: z.number() });

export function createLoopMonitor(): LoopMonitor {
  const directory = mkdtempSync(join(tmpdir(), "loop-monitor-"));
  const file = join(directory, "told.json");
  return {
    nodeFlags: ["--import", PROGRAM],
    environment: { LOOP_MONITOR_FILE: file },
    async takeLongest(pid) {
      rmSync(file, { force: true });
      process.kill(pid, "SIGUSR2");
      while (!existsSync(file)) await delay(5);
      return told.parse(JSON.parse(readFileSync(file, "utf8")));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
