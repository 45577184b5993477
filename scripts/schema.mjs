// npm run schema: writes schema.graphql. With --check it only says whether the file still is what the code builds.
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

prepare();
const { printPublicSchema } = await import("../dist/src/schema/print-schema.js");
const built = printPublicSchema();
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, built);
} else if (committed() !== built) {
  showDifference(built);
  fail("schema.graphql is not what the code builds. Run npm run schema and commit the file.");
}
