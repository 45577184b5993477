import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** One statement that names another file. */
export interface Import {
  /** Paths from the root of the repository, with forward slashes. */
  readonly from: string;
  readonly to: string;
}

const STATEMENT =
  /^(?:import|export)\b[^;"]*?\bfrom\s*"(?<from>[^"]+)"|^import\s*"(?<bare>[^"]+)"|\bimport\(\s*"(?<dynamic>[^"]+)"/gm;

/** The relative addresses that a program's text imports, of types too. */
export function addressesIn(text: string): string[] {
  return [...text.matchAll(STATEMENT)].map(addressOf).filter((address) => address.startsWith("."));
}

/** What a program's text loads when it runs: files as it addresses them, and packages. */
export function loadedBy(text: string): string[] {
  return [...text.matchAll(STATEMENT)]
    .filter(([statement]) => !/^(?:import|export) type\b/.test(statement))
    .map(addressOf);
}

function addressOf({ groups }: RegExpMatchArray): string {
  return groups?.from ?? groups?.bare ?? groups?.dynamic ?? "";
}

export function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .sort();
}

/** All imports of one file by another of the repository below a folder. */
export function importsIn(folder: string): Import[] {
  return sourceFiles(folder).flatMap((from) =>
    addressesIn(readFileSync(join(ROOT, from), "utf8")).map((address) => ({
      from,
      to: normalize(join(dirname(from), address)).replaceAll("\\", "/"),
    })),
  );
}

/** Groups of files that lead back to each other. */
export function circlesIn(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const reach = (start: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const open = [...(targets.get(start) ?? [])];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (found.has(file)) continue;
      found.add(file);
      open.push(...(targets.get(file) ?? []));
    }
    return found;
  };
  const reached = new Map([...targets.keys()].map((file) => [file, reach(file)]));
  const circles = new Map<string, string[]>();
  for (const [file, found] of reached) {
    if (!found.has(file)) continue;
    const circle = [...found].filter((other) => reached.get(other)?.has(file)).sort();
    circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}
