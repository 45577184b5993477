import { execFile } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import { guard } from "../process/guard.ts";

/** Walks over everything, and writes without keeping it, so that the list of free pages is read too. */
const WALK = `
const [library, path] = process.argv.slice(1);
const { open, ABORT } = require(library);
try {
  const root = open({ path, encoding: "binary", keyEncoding: "binary", maxDbs: 32, overlappingSync: false });
  for (const name of root.getKeys()) {
    const table = root.openDB(name.toString(), { encoding: "binary", keyEncoding: "binary", create: false });
    for (const { value } of table.getRange({})) value.byteLength;
  }
  root.transactionSync(() => {
    root.put(Buffer.from("check"), Buffer.alloc(100_000));
    return ABORT;
  });
  process.exit(0);
} catch (error) {
  process.exit(error.code <= -30793 && error.code >= -30797 ? 3 : 4);
}`;

/** The walk's own word for a file that is no longer what LMDB wrote: corrupted, not of its format, a page not found. */
const DAMAGED = 3;
/** Signals that end a process which reads pages that are not there, or follows what stands in wrong ones. */
const CRASHES: ReadonlySet<string | null> = new Set(["SIGBUS", "SIGSEGV", "SIGABRT", "SIGILL", "SIGFPE"]);
/** A walk takes about a second for 400 MB; one that does not end says nothing. */
const WALK_MS = 120_000;

const cleanEnd = z.object({ size: z.number(), modified: z.number() });

/**
 * Looks at the data file of an LMDB directory before this process maps it: whoever reads a damaged one is ended by the system without a
 * word, and so again at each start. A file that is as the last process left it in order is believed; any other is walked over in a process
 * of its own. A damaged one is moved aside. Resolves to where, or undefined.
 */
export async function setDamagedFileAside(directory: string): Promise<string | undefined> {
  const file = join(directory, "data.mdb");
  if (!existsSync(file) || isAsLeft(directory)) return undefined;
  if (!(await isDamaged(directory))) return undefined;
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  renameSync(file, aside);
  rmSync(join(directory, "lock.mdb"), { force: true });
  return aside;
}

/** The file is being written from now on: what was noted of it no longer holds. */
export function forgetCleanEnd(directory: string): void {
  rmSync(notePath(directory), { force: true });
}

/** Notes what the file is like after everything was written and closed. */
export function noteCleanEnd(directory: string): void {
  try {
    writeFileSync(notePath(directory), JSON.stringify(stateOf(directory)), { mode: 0o600 });
  } catch {
    // The next start looks more closely.
  }
}

function isAsLeft(directory: string): boolean {
  try {
    const left = cleanEnd.parse(JSON.parse(readFileSync(notePath(directory), "utf8")));
    const now = stateOf(directory);
    return left.size === now.size && left.modified === now.modified;
  } catch {
    return false;
  }
}

function stateOf(directory: string): z.infer<typeof cleanEnd> {
  const { size, mtimeMs } = statSync(join(directory, "data.mdb"));
  return { size, modified: mtimeMs };
}

function notePath(directory: string): string {
  return join(directory, "data.closed");
}

async function isDamaged(directory: string): Promise<boolean> {
  const library = createRequire(import.meta.url).resolve("lmdb");
  return await new Promise((resolve) => {
    const walk = execFile(process.execPath, ["-e", WALK, library, directory], { timeout: WALK_MS, env: {} }, () => {
      // What it ended with stands in the process.
    });
    walk.once(
      "close",
      guard("the end of a walk through a file", (code: number | null, signal: NodeJS.Signals | null) =>
        resolve(code === DAMAGED || CRASHES.has(signal)),
      ),
    );
    walk.once("error", () => resolve(false));
  });
}
