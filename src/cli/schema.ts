import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSchema, findBreakingChanges } from "graphql";
import { systemErrorCode } from "../config/credentials.ts";
import { printPublicSchema } from "../resolvers/print-schema.ts";
import type { Report } from "./report.ts";

export interface SchemaCommand {
  /** Folder of the repository, where `schema.graphql` is. */
  readonly root: string;
  /** Only says whether the file still is what the code builds. */
  readonly check: boolean;
  /** Git revision whose schema clients use. */
  readonly base: string;
}

/** Runs `npm run schema`: writes the public schema, or checks it and tells which changes since another revision break clients. */
export function runSchemaCli({ root, check, base }: SchemaCommand): Report {
  const file = join(root, "schema.graphql");
  const built = printPublicSchema();
  if (!check) {
    writeFileSync(file, built);
    return { ok: true, lines: ["schema.graphql is written."] };
  }
  const changes = breakingChanges(earlierSchema(root, base), built, base);
  if (readIfThere(file) === built) return { ok: true, lines: [...changes, "schema.graphql is what the code builds."] };
  const advice = "schema.graphql is not what the code builds. Run npm run schema and commit the file.";
  return { ok: false, lines: [...changes, difference(file, built), advice] };
}

/** Lists what clients may depend on and no longer find. Nothing where there is no earlier schema to compare with. */
export function breakingChanges(earlier: string | undefined, built: string, base: string): readonly string[] {
  if (earlier === undefined) return [];
  const changes = findBreakingChanges(buildSchema(earlier), buildSchema(built));
  if (changes.length === 0) return [];
  return [`Breaking changes since ${base}:`, ...changes.map(({ type, description }) => `  ${type}: ${description}`)];
}

function earlierSchema(root: string, base: string): string | undefined {
  const { status, stdout } = spawnSync("git", ["show", `${base}:schema.graphql`], { cwd: root, encoding: "utf8" });
  return status === 0 && stdout !== "" ? stdout : undefined;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return "";
    throw error;
  }
}

function difference(file: string, built: string): string {
  const directory = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    const path = join(directory, "built.graphql");
    writeFileSync(path, built);
    return spawnSync("git", ["--no-pager", "diff", "--no-index", "--", file, path], { encoding: "utf8" }).stdout ?? "";
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
