import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages that browsers load from the gateway. What is in `assets/` has its content's hash in its name and never changes. */
export default defineConfig({
  root: here("."),
  base: "/pages/",
  // Not the repository's .env, which may hold secrets.
  envDir: here("."),
  logLevel: "warn",
  resolve: { dedupe: ["react", "react-dom", "graphql"] },
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
      input: { explorer: here("explorer/index.html"), sandbox: here("sandbox/index.html") },
    },
  },
});
