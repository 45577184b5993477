import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where `npm start` of the gateway listens; `npm run dev` here passes on to it. */
const GATEWAY = "http://127.0.0.1:4000";

export default defineConfig({
  root: here("."),
  base: "/inbox/",
  envDir: here("."),
  logLevel: "warn",
  resolve: {
    // The client of this repository, from its source. Without these two lines it is the installed package.
    alias: [
      { find: /^bitrix24-open-channels-client$/, replacement: here("../../client/src/main.ts") },
      { find: /^bitrix24-open-channels-client\/(.+)$/, replacement: here("../../client/src/$1/main.ts") },
    ],
    dedupe: ["react", "react-dom", "graphql"],
  },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_000,
    // Directives for servers that render React; there is none here.
    rolldownOptions: { onLog: (level, log, handler) => log.code === "MODULE_LEVEL_DIRECTIVE" || handler(level, log) },
  },
  server: {
    proxy: {
      "/graphql": { target: GATEWAY, ws: true },
      "/pages": GATEWAY,
      "/files": GATEWAY,
      "/uploads": GATEWAY,
    },
  },
});
