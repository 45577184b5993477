import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const manifest = z.object({ allowScripts: z.record(z.string(), z.boolean()) });
const lockFile = z.object({
  packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })),
});

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, name), "utf8"));
}

test("no package runs a script when it is installed, and npm need not warn of one that wants to", () => {
  const { allowScripts } = manifest.parse(read("package.json"));
  const { packages } = lockFile.parse(read("package-lock.json"));
  const wanting = Object.entries(packages)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  expect(wanting).toContain("lmdb");
  expect(Object.keys(allowScripts).sort()).toEqual([...new Set(wanting)].sort());
  expect(Object.values(allowScripts)).not.toContain(true);
});
