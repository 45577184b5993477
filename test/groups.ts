import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { loadedBy, sourceFiles } from "./source-files.ts";

/**
 * What a test file needs. `unit`: it computes. `gateway`: servers in its own process. `campaign`: something beside its process (a program,
 * Redis, a browser), or a process of its own for harm; `campaign-here`: only much of everything.
 */
export type Group = "unit" | "gateway" | "campaign-here" | "campaign";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Floods and harm, whatever they start. */
const CAMPAIGNS = ["test/campaign/", "test/hostile/"];
/** Each place of each documented answer. */
const EXHAUSTIVE = ["test/contract/"];
/** Hundreds of made-up cases, or thousands of records. */
const MANY = /\.(?:property|many|patient)\.test\.ts$/;
const GENERATES = "test/kit/seeds.ts";
const STARTS_PROCESSES = ["node:child_process", "playwright-core"];
const LISTENS = ["node:http", "node:net", "fastify", "simulator/portal.ts", "src/server/gateway.ts"];

/** The test files of each group: of the heaviest thing that a file or its helpers load. */
export function testFilesByGroup(): Readonly<Record<Group, string[]>> {
  const groups: Record<Group, string[]> = { unit: [], gateway: [], "campaign-here": [], campaign: [] };
  for (const file of sourceFiles("test")) if (file.endsWith(".test.ts")) groups[groupOf(file)].push(file);
  return groups;
}

function groupOf(file: string): Group {
  const loaded = loadedWith(file);
  if ([...loaded].some((each) => STARTS_PROCESSES.includes(each))) return "campaign";
  if (CAMPAIGNS.some((folder) => file.startsWith(folder))) return "campaign";
  if (MANY.test(file) || loaded.has(GENERATES) || EXHAUSTIVE.some((folder) => file.startsWith(folder)))
    return "campaign-here";
  return [...loaded].some((each) => LISTENS.includes(each)) ? "gateway" : "unit";
}

/** All that a file and its helpers load by name; what the project's own sources load in turn is not looked at. */
function loadedWith(file: string): ReadonlySet<string> {
  const found = new Set([file]);
  for (const each of found) {
    const path = join(ROOT, each);
    if (!each.startsWith("test/") || !existsSync(path)) continue;
    for (const name of loadedBy(readFileSync(path, "utf8"))) {
      found.add(name.startsWith(".") ? normalize(join(dirname(each), name)).replaceAll("\\", "/") : name);
    }
  }
  return found;
}
