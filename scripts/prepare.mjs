// Makes sure that packages are installed and the build is current. Runs before anything is installed: Node's own modules only.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const BUILD_MARK = join(root, "dist", ".built");
const SOURCES = ["src", "simulator", "tsconfig.json", "tsconfig.build.json", "package-lock.json"];

/** Ends the program with one line that says what is wrong. */
export function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** Runs a program of node_modules/.bin, by its JavaScript file where there is one, and returns its exit code. */
export function runTool(name, args, options = {}) {
  const file = join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
  const shell = process.platform === "win32";
  return spawnSync(file, args, { cwd: root, stdio: "inherit", shell, ...options }).status ?? 1;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Whether each package of the lock file is there in its version. Optional ones may be for other systems and do not count. */
function isInstalled() {
  const wanted = readJson(join(root, "package-lock.json"))?.packages ?? {};
  const present = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || entry.devOptional || present[path]?.version === entry.version,
  );
}

/** Installs the packages, those for development too whatever NODE_ENV says, unless they are there. */
export function install() {
  if (isInstalled()) return;
  process.stdout.write("Installing packages …\n");
  // npm itself says where it is; a plain `npm` would need a shell on Windows.
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  const { status } =
    npm === undefined
      ? spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })
      : spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) fail("The packages could not be installed; npm's own messages are above.");
}

function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), stats.mtimeMs);
}

function isBuilt() {
  if (!existsSync(BUILD_MARK)) return false;
  const built = statSync(BUILD_MARK).mtimeMs;
  return SOURCES.every((source) => newestChange(join(root, source)) <= built);
}

/** Compiles what changed; returns whether that succeeded. */
export function build() {
  if (isBuilt()) return true;
  process.stdout.write("Building …\n");
  const begun = new Date();
  // Without the mark the last build is not known to be whole, and an incremental one would not repair it.
  if (!existsSync(BUILD_MARK)) rmSync(join(root, "dist", ".tsbuildinfo"), { force: true });
  rmSync(BUILD_MARK, { force: true });
  if (runTool("tsc", ["-p", "tsconfig.build.json"]) !== 0) return false;
  mkdirSync(dirname(BUILD_MARK), { recursive: true });
  writeFileSync(BUILD_MARK, `${begun.toISOString()}\n`);
  return true;
}

/** Installs and builds, or ends the program. */
export function prepare() {
  install();
  if (!build()) fail("The build failed; the compiler's messages are above.");
}
