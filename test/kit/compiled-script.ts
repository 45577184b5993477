import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface CompiledScript {
  /** The JavaScript to give to `node`. */
  readonly path: string;
  remove(): Promise<void>;
}

/** Compiles a TypeScript file of this repository, with all it imports, so that a test can run it as a process of its own. */
export async function compileScript(source: string): Promise<CompiledScript> {
  const cache = join(root, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, "script-"));
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  const project = join(directory, "tsconfig.json");
  await writeFile(
    project,
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { noEmit: false, rootDir: root, outDir: directory },
      files: [source],
      include: [],
    }),
  );
  const compiler = spawn(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", project], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  compiler.stdout.on("data", (text) => {
    output += text;
  });
  const [code] = await once(compiler, "close");
  if (code !== 0) {
    throw new Error(`${source} does not compile:\n${output}`);
  }
  return {
    path: join(directory, relative(root, source).replace(/\.ts$/, ".js")),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
