import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { guides } from "./guides/guides-plugin.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages that browsers load from the gateway. What is in `assets/` has its content's hash in its name and never changes. */
export default defineConfig({
  root: here("."),
  base: "/pages/",
  // Not the repository's .env, which may hold secrets.
  envDir: here("."),
  logLevel: "warn",
  plugins: [guides(here(".."))],
  resolve: {
    dedupe: ["react", "react-dom", "graphql"],
    alias: [
      { find: "monaco-editor/esm/vs/editor/edcore.main.js", replacement: here("explorer/editor-parts.ts") },
      {
        find: /^.*\/widget\/(?:d|multiD)iffEditor\/(?:d|multiD)iffEditorWidget\.js$/,
        replacement: here("explorer/no-comparing.ts"),
      },
    ],
  },
  worker: { format: "es" },
  build: {
    outDir: here("../dist/pages"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 8_000,
    rolldownOptions: {
      // Directives for servers that render React; there is none here.
      onLog: (level, log, handler) => log.code === "MODULE_LEVEL_DIRECTIVE" || handler(level, log),
      input: {
        explorer: here("explorer/index.html"),
        sandbox: here("sandbox/index.html"),
        guides: here("guides/main.ts"),
      },
      // The guides are written beside the bundle and name it; it is asked for anew each time, and small.
      output: { entryFileNames: ({ name }) => (name === "guides" ? "guides.js" : "assets/[name]-[hash].js") },
    },
  },
});
