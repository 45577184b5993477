import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, processStart } from "./processes.ts";

/** Another living process has the data directory. */
export class DirectoryInUse extends Error {
  constructor(directory: string, pid: number) {
    super(
      `The data directory ${directory} is in use by process ${pid}. One process only can use it; set REDIS_URL for several.`,
    );
    this.name = "DirectoryInUse";
  }
}

/**
 * Makes the directory (mode 700) and takes it for this process. A lock left by a killed process is recognised by its id and start time and
 * replaced. Returns the function that gives it back. Throws `DirectoryInUse`.
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "gateway.lock");
  const own = `${process.pid} ${processStart(process.pid) ?? "unknown"}\n`;
  for (;;) {
    try {
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!hasCode(error, "EEXIST")) {
        throw error;
      }
    }
    const holder = livingHolder(path);
    if (holder !== null) {
      throw new DirectoryInUse(directory, holder);
    }
    rmSync(path, { force: true });
  }
}

function livingHolder(path: string): number | null {
  let kept: string;
  try {
    kept = readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return null;
    }
    throw error;
  }
  const [pidText = "", start = ""] = kept.trim().split(" ");
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) {
    return null;
  }
  return isRunning(pid, start) ? pid : null;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
