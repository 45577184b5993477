import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { type Plugin, rolldown } from "rolldown";
import { compileScript, parse } from "vue/compiler-sfc";
import { type Block, ROOT } from "./read-blocks.ts";
import type { Scene } from "./scene.ts";

const CLIENT = join(ROOT, "client", "src");
const ENTRIES = ["apollo", "desk", "messages", "react", "vue"];
const PACKAGE = "bitrix24-open-channels-client";
/** What a package's name stands for, for the compiler and for the bundler. */
const PACKAGES = Object.fromEntries([
  [PACKAGE, join(CLIENT, "main.ts")],
  ...ENTRIES.map((entry) => [`${PACKAGE}/${entry}`, join(CLIENT, entry, "main.ts")]),
]);
/** What `surroundings.ts` has. */
const GIVEN = readFileSync(join(ROOT, "test", "client", "snippets", "surroundings.ts"), "utf8");
const NAMES = [...GIVEN.matchAll(/^export (?:const|class|(?:async )?function) (\w+)/gm)].map(([, name = ""]) => name);
/** Outside of `node_modules`, where Playwright compiles nothing. */
const CACHE = join(ROOT, "dist");

/** All programs of the documents in one folder: snippets, and the files of applications under the names that they are given. */
export interface Programs {
  /** Why the compiler refuses them; empty when it does not. */
  typeProblems(): Promise<string>;
  /** Address of a page that runs the program. */
  pageOf(block: Block): string;
  /** Folder of a document's files. */
  folderOf(document: string): string;
  /** Where the page of the first ten minutes is, as it would be in its reader's browser. */
  readonly origin: string;
  close(): void;
}

export async function preparePrograms(blocks: readonly Block[], scene: Scene): Promise<Programs> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "blocks-"));
  const folderOf = (document: string) => join(folder, document.replaceAll(/[/.]/g, "-"));
  const fileOf = (block: Block): string => {
    const name = isFile(block) ? block.role : `line-${block.line}.${block.language}`;
    return join(folderOf(block.document), name);
  };
  for (const block of blocks) {
    const path = fileOf(block);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, isFile(block) ? scene.placed(block.text) : snippet(block, scene));
    // Beside it, for the compiler of types, which knows no components.
    if (path.endsWith(".vue")) writeFileSync(`${path}.compiled.ts`, compiledComponent(path, block.text));
  }
  const entries = new Map<Block, string>();
  for (const block of blocks) if (runsInBrowser(block)) entries.set(block, entryOf(block, fileOf(block)));
  const scripts = await bundle([...entries.values()]);
  const first = blocks.find(({ role, document }) => role === "src/App.tsx" && document === "docs/first-ten-minutes.md");
  const server = await serve(scripts, scene, scriptName(first === undefined ? "" : (entries.get(first) ?? "")));
  return {
    folderOf,
    origin: server.origin,
    typeProblems: () => checkTypes(folder),
    pageOf: (block) => `${server.origin}/${scriptName(entries.get(block) ?? "")}`,
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A file of an application that the reader makes, such as `src/App.tsx`. */
export function isFile({ role }: Block): boolean {
  return /^\S+\.(tsx?|vue)$/.test(role);
}

export function runsInBrowser({ role, language }: Block): boolean {
  if (role === "src/App.tsx" || role === "src/main.ts") return true;
  return role === "frame" || (role === "" && /^(ts|tsx|js)$/.test(language));
}

/** A component becomes a page of its own. */
function entryOf({ role }: Block, path: string): string {
  if (role !== "src/App.tsx") return path;
  const entry = join(dirname(path), "main.tsx");
  writeFileSync(
    entry,
    `import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import App from "./App.tsx";
const app = document.getElementById("app");
if (app !== null) createRoot(app).render(<StrictMode><App /></StrictMode>);`,
  );
  return entry;
}

/** With an import of whatever it takes for given and does not declare itself. */
function snippet({ text }: Block, scene: Scene): string {
  const needed = NAMES.filter(
    (name) =>
      new RegExp(`(?<![.\\w"])${name}\\b(?!["\\w:])`).test(text) &&
      !new RegExp(
        `(const|let|function|class) ${name}\\b|const \\{[^}]*\\b${name}\\b[^}]*\\} =|import \\{[^}]*\\b${name}\\b`,
      ).test(text),
  );
  const imports =
    needed.length === 0
      ? ""
      : `import { ${needed.join(", ")} } from "../../../test/client/snippets/surroundings.ts";\n`;
  return `${imports}${scene.placed(text).replaceAll('"KEY"', '"demo-api-key-of-anna"')}\nexport {};\n`;
}

/** A component as the program that Vue makes of it: its script, with the expressions of its template. */
function compiledComponent(path: string, text: string): string {
  const { descriptor, errors } = parse(text, { filename: path });
  if (errors.length > 0) throw errors[0];
  return compileScript(descriptor, { id: path, inlineTemplate: true }).content;
}

const vueFiles: Plugin = {
  name: "vue-files",
  transform(code, id) {
    if (!id.endsWith(".vue")) return undefined;
    return { code: compiledComponent(id, code), moduleType: "ts" };
  },
};

async function bundle(entries: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const bundled = await rolldown({
    input: Object.fromEntries(entries.map((path) => [scriptName(path), path])),
    platform: "browser",
    resolve: { alias: PACKAGES },
    plugins: [vueFiles],
    moduleTypes: { ".vue": "ts" },
    transform: {
      define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
    },
  });
  const { output } = await bundled.generate({
    format: "es",
    entryFileNames: "[name].js",
    chunkFileNames: "chunk-[hash].js",
  });
  await bundled.close();
  return new Map(output.flatMap((each) => (each.type === "chunk" ? [[`/${each.fileName}`, each.code] as const] : [])));
}

function scriptName(path: string): string {
  return path
    .slice(CACHE.length)
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .slice(1);
}

/** Pages for the programs, one of them at the root; the address of event streams is the gateway's, with a key, as a proxy would have it. */
async function serve(scripts: ReadonlyMap<string, string>, { origin }: Scene, first: string) {
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/graphql/stream") {
      const headers = {
        accept: "text/event-stream",
        "x-api-key": "demo-api-key-of-helena",
        "apollo-require-preflight": "true",
      };
      const answer = await fetch(`${origin}${pathname}${search}`, { headers });
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
      const end = () => void response.end();
      if (answer.body === null) return end();
      // It ends when the page is closed, or the gateway.
      return void answer.body.pipeTo(Writable.toWeb(response)).catch(end);
    }
    const script = scripts.get(pathname);
    if (script !== undefined) return void response.setHeader("content-type", "text/javascript").end(script);
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><div id="app"></div><script type="module">
import("${pathname === "/" ? `/${first}` : pathname}.js").then(() => { document.documentElement.dataset.ran = "yes"; });
</script>`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** As an application of a front end would be compiled. */
function checkTypes(folder: string): Promise<string> {
  const project = join(folder, "tsconfig.json");
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(ROOT, "test", "client", "tsconfig.json"),
      compilerOptions: {
        noEmit: true,
        types: ["node"],
        noUnusedLocals: false,
        // Of what Vue makes of a template.
        noUnusedParameters: false,
        paths: Object.fromEntries(Object.entries(PACKAGES).map(([name, path]) => [name, [path]])),
      },
      include: ["**/*.ts", "**/*.tsx", join(ROOT, "test", "client", "snippets", "vue-files.d.ts")],
      exclude: [],
    }),
  );
  const child = spawn(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", project]);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve) => child.once("close", () => resolve(output)));
}

/** Runs a document's Playwright tests against a page that is there already. Resolves to what is printed; rejects when one fails. */
export async function runPlaywright(folder: string, page: string): Promise<string> {
  writeFileSync(
    join(folder, "here.config.ts"),
    `import documented from "./playwright.config.ts";
export default {
  ...documented,
  webServer: [],
  reporter: "line",
  outputDir: "results",
  use: { ...documented.use, baseURL: "${page}", launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] } },
};`,
  );
  const cli = join(ROOT, "node_modules", "@playwright", "test", "cli.js");
  const child = spawn(process.execPath, [cli, "test", "--config", "here.config.ts"], {
    cwd: folder,
    env: { ...process.env, CI: "" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(output);
  return output;
}

/** Runs a snippet for Node as part of a file beside `simulator/`. */
export async function runInNode({ text }: Block): Promise<string> {
  const folder = mkdtempSync(join(CACHE, "node-block-"));
  try {
    const path = join(folder, "program.ts");
    writeFileSync(path, text.replaceAll('"../simulator/', `"${join(ROOT, "simulator")}/`));
    const bundled = await rolldown({ input: path, platform: "node" });
    await bundled.write({ file: join(folder, "program.mjs"), format: "es" });
    await bundled.close();
    const child = spawn(process.execPath, [join(folder, "program.mjs")]);
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    if (code !== 0) throw new Error(output);
    return output;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
