// npm run schema: writes schema.graphql. With --check it only says whether the file still is what the code builds, and which changes since
// another revision (SCHEMA_BASE, by default the commit before) break clients.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, prepare, root } from "./prepare.mjs";

const FILE = join(root, "schema.graphql");

function committed() {
  try {
    return readFileSync(FILE, "utf8");
  } catch {
    return "";
  }
}

function showDifference(built) {
  const directory = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    const path = join(directory, "built.graphql");
    writeFileSync(path, built);
    spawnSync("git", ["--no-pager", "diff", "--no-index", "--", FILE, path], { stdio: "inherit" });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Lists what clients may depend on and no longer find. Says nothing where there is no earlier file to compare with. */
async function reportBreakingChanges(built) {
  const base = process.env.SCHEMA_BASE || "HEAD^";
  const earlier = spawnSync("git", ["show", `${base}:schema.graphql`], { cwd: root, encoding: "utf8" });
  if (earlier.status !== 0 || earlier.stdout === "") return;
  const { buildSchema, findBreakingChanges } = await import("graphql");
  const changes = findBreakingChanges(buildSchema(earlier.stdout), buildSchema(built));
  if (changes.length === 0) return;
  process.stdout.write(`Breaking changes since ${base}:\n`);
  for (const { type, description } of changes) process.stdout.write(`  ${type}: ${description}\n`);
}

prepare();
const { printPublicSchema } = await import("../dist/src/resolvers/print-schema.js");
const built = printPublicSchema();
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, built);
} else if (committed() !== built) {
  await reportBreakingChanges(built);
  showDifference(built);
  fail("schema.graphql is not what the code builds. Run npm run schema and commit the file.");
}
if (process.argv.includes("--check")) await reportBreakingChanges(built);
