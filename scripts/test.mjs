// npm test: everything that must hold before a change is merged. Each step is named; one that fails does not hide the next.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build, buildPages, forgetSettings, install, root, runTool } from "./prepare.mjs";
import { ensureSystemPackage } from "./system-packages.mjs";

forgetSettings();

const steps = [
  { name: "lint", run: () => runTool("biome", ["check", "."]) },
  { name: "types", run: () => runTool("tsc", ["-p", "tsconfig.json"]) },
  { name: "types of the pages", run: () => runTool("tsc", ["-p", join("pages", "tsconfig.json")]) },
  { name: "types of the client", run: () => runTool("tsc", ["-p", join("test", "client", "tsconfig.json")]) },
  { name: "build", run: () => (build() ? 0 : 1) },
  { name: "pages", run: () => (buildPages() ? 0 : 1) },
  {
    name: "schema drift",
    run: () =>
      spawnSync(process.execPath, [join(root, "scripts", "schema.mjs"), "--check"], { cwd: root, stdio: "inherit" })
        .status,
  },
  { name: "Redis server for the tests", run: () => ensured("redis-server", "redis-server") },
  { name: "Chromium for the tests", run: () => ensured("chromium", "chromium") },
  { name: "tests", run: () => runTool("vitest", ["run", ...process.argv.slice(2)]) },
];

function ensured(binary, debianPackage) {
  try {
    ensureSystemPackage(binary, debianPackage);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

install();
const failed = [];
for (const { name, run } of steps) {
  process.stdout.write(`\n== ${name}\n`);
  const begun = performance.now();
  const succeeded = run() === 0;
  process.stdout.write(
    `== ${name}: ${succeeded ? "ok" : "FAILED"} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`,
  );
  if (!succeeded) failed.push(name);
}
process.stdout.write(failed.length === 0 ? "\nAll steps passed.\n" : `\nFailed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
