// Makes sure that packages are installed and the build is current. Runs before anything is installed: Node's own modules only.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

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

/** The tests set what they need themselves; a developer's environment must not change their outcome. */
export function forgetSettings() {
  for (const name of Object.keys(process.env)) {
    if (/^(GATEWAY|BITRIX24|PORTAL|REDIS)_/.test(name)) delete process.env[name];
  }
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

/** What the pages that browsers load are made of. */
const PAGE_SOURCES = [
  "pages",
  "docs",
  "examples",
  join("client", "src"),
  "README.md",
  "schema.graphql",
  "package-lock.json",
  join("simulator", "README.md"),
];
const PAGES = join(root, "dist", "pages");
const PAGES_MARK = join(PAGES, ".built");
const COMPRESSED = join(root, "dist", ".compressed");

/** Bundles and compresses the pages when what they are made of has changed; returns whether that succeeded. */
export function buildPages() {
  const made = createHash("sha256");
  for (const source of PAGE_SOURCES) addContent(made, join(root, source));
  const wanted = made.digest("hex");
  if (existsSync(PAGES_MARK) && readFileSync(PAGES_MARK, "utf8") === wanted) return true;
  process.stdout.write("Building the pages …\n");
  // Whatever the environment says: a page for developers of React is slower, and three times as large.
  const env = { ...process.env, NODE_ENV: "production" };
  const inbox = ["--outDir", join(PAGES, "inbox"), "--emptyOutDir"];
  if (runTool("vite", ["build", "--config", join("pages", "vite.config.ts")], { env }) !== 0) return false;
  if (runTool("vite", ["build", "--config", join("examples", "inbox", "vite.config.ts"), ...inbox], { env }) !== 0)
    return false;
  compress(PAGES);
  writeFileSync(PAGES_MARK, wanted);
  return true;
}

function addContent(hash, path) {
  if (!statSync(path).isDirectory()) return void hash.update(`${relative(root, path)}\n`).update(readFileSync(path));
  for (const name of readdirSync(path).sort()) addContent(hash, join(path, name));
}

/**
 * Puts a compressed file beside each one that gains by it, so that the gateway only has to send it. What people wait for is worth more work:
 * so much that what was compressed before is kept by its content.
 */
function compress(folder) {
  mkdirSync(COMPRESSED, { recursive: true });
  const used = new Set();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (!/\.(js|css|html|svg|ttf|json|graphql)$/.test(name) || statSync(path).size < 1024) continue;
    const content = readFileSync(path);
    const quality = /^assets[\\/]/.test(name) ? 10 : 9;
    const hash = createHash("sha256").update(content).digest("hex");
    const once = (suffix, make) => {
      const kept = join(COMPRESSED, `${hash}-${quality}${suffix}`);
      used.add(basename(kept));
      if (!existsSync(kept)) {
        // Under its own name only when it is whole.
        writeFileSync(`${kept}.part`, make());
        renameSync(`${kept}.part`, kept);
      }
      copyFileSync(kept, path + suffix);
    };
    once(".gz", () => gzipSync(content, { level: 9 }));
    once(".br", () => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
  }
  for (const name of readdirSync(COMPRESSED)) if (!used.has(name)) rmSync(join(COMPRESSED, name), { force: true });
}

/** Installs and builds, or ends the program. */
export function prepare() {
  install();
  if (!build()) fail("The build failed; the compiler's messages are above.");
  if (!buildPages()) fail("The pages could not be built; the messages are above.");
}
