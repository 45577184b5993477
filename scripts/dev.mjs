// npm run dev: compiles on every change and starts again once that succeeded.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildPages, install, root } from "./prepare.mjs";

install();
buildPages();

let server;
let ended = Promise.resolve();

async function restart() {
  server?.kill("SIGTERM");
  await ended;
  server = spawn(process.execPath, [join(root, "scripts", "start.mjs"), "--built"], { stdio: "inherit" });
  ended = new Promise((resolve) => server.once("exit", resolve));
}

const compiler = spawn(
  process.execPath,
  [
    join(root, "node_modules", "typescript", "bin", "tsc"),
    "-p",
    "tsconfig.build.json",
    "--watch",
    "--preserveWatchOutput",
  ],
  { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
);

let turn = Promise.resolve();
let isWatching = false;

/** What watches npm is compiled, too. */
async function watchNpm() {
  if (isWatching) return;
  isWatching = true;
  const { whenNpmEnds } = await import("../dist/src/cli/starter.js");
  whenNpmEnds(process.env, end);
}

createInterface({ input: compiler.stdout }).on("line", (line) => {
  process.stdout.write(`${line}\n`);
  if (line.includes("Found 0 errors")) turn = turn.then(restart).then(watchNpm);
});

async function end() {
  compiler.kill("SIGTERM");
  server?.kill("SIGTERM");
  await ended;
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, end);
