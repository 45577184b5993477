import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CLIENT = join(ROOT, "client");
const TSC = join(ROOT, "node_modules", "typescript", "bin", "tsc");
const manifest = z
  .object({ name: z.string(), exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })) })
  .parse(JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8")));

/** Bytes of an entry of the package, bundled, made small and compressed, without what it depends on. */
async function compressedBytes(entry: string): Promise<number> {
  const bundle = await rolldown({
    input: join(CLIENT, "src", entry),
    platform: "browser",
    external: [/^graphql/, /^@apollo\/client/, /^react/, /^vue/, /^rxjs/],
  });
  const { output } = await bundle.generate({ format: "es", minify: true });
  await bundle.close();
  return gzipSync(output[0].code, { level: 9 }).length;
}

test("the core is smaller than 8 KB, compressed, without graphql-ws", async () => {
  expect(await compressedBytes("main.ts")).toBeLessThan(8 * 1_024);
});

test("the package is built and packed, and a program can load each entry of what was packed, with its types", async () => {
  const project = mkdtempSync(join(tmpdir(), "packed-"));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  await run(process.execPath, [TSC, "-p", CLIENT]);
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], {
    cwd: CLIENT,
  });
  const [packed] = z
    .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
    .parse(JSON.parse(stdout));
  if (packed === undefined) throw new Error("nothing was packed");
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => !/^(dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(path))).toEqual([]);

  const installed = join(project, "node_modules", manifest.name);
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", join(project, packed.filename), "-C", installed, "--strip-components=1"]);
  // What an application has beside it.
  for (const name of ["graphql-ws", "graphql", "@apollo", "react", "vue", "@vue", "rxjs", "csstype", "@types"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(project, "node_modules", name));
  }
  const entries = Object.keys(manifest.exports).map((entry) => manifest.name + entry.slice(1));
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  const imports = entries.map((entry, index) => `import * as entry${index} from "${entry}";`).join("\n");
  const uses = entries.map((_, index) => `console.log(Object.keys(entry${index}).length);`).join("\n");
  writeFileSync(join(project, "program.js"), `${imports}\n${uses}\n`);
  const { stdout: counts } = await run(process.execPath, ["program.js"], { cwd: project });
  expect(
    counts
      .trim()
      .split("\n")
      .map(Number)
      .every((count) => count > 0),
  ).toBe(true);

  // A package that Apollo Client needs writes its types for bundlers alone.
  const forBundlers = (line: string) => line.includes("/apollo");
  for (const [module, resolution] of [
    ["esnext", "bundler"],
    ["node16", "node16"],
    ["nodenext", "nodenext"],
  ] as const) {
    const isBundled = resolution === "bundler";
    const taken = imports.split("\n").filter((line) => isBundled || !forBundlers(line));
    writeFileSync(join(project, "program.ts"), `${taken.join("\n")}\n`);
    const options = ["--module", module, "--moduleResolution", resolution, "--target", "es2022", "--types", ""];
    const compiled = await run(process.execPath, [TSC, "--strict", "--noEmit", ...options, "program.ts"], {
      cwd: project,
    }).then(
      () => "",
      (error: unknown) => (error instanceof Error && "stdout" in error ? String(error.stdout) : String(error)),
    );
    expect([resolution, compiled]).toEqual([resolution, ""]);
  }
});
