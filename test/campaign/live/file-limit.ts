import { spawnSync } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Size in bytes of the largest file below a directory. */
export async function largestFile(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return Math.max(...sizes);
}

/** A limit in bytes on the size of files is a real failing write, for every user and without a disk of its own. */
export function limitFiles(pid: number, limit: number | "unlimited"): void {
  const { status, stderr } = spawnSync("prlimit", ["--pid", String(pid), `--fsize=${limit}:unlimited`]);
  if (status !== 0) throw new Error(String(stderr));
}
