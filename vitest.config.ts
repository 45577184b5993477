import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";
import { type Group, testFilesByGroup } from "./test/groups.ts";

const require = createRequire(import.meta.url);
const files = testFilesByGroup();

function project(name: Group, more: { readonly isolate: boolean; readonly globalSetup?: string }) {
  return { extends: true as const, test: { name, include: files[name], ...more } };
}

/** Builds what is no source. */
const globalSetup = "test/kit/build.mjs";

// Two copies of graphql (its ESM and its CommonJS build) refuse each other's types, so every importer gets the one CommonJS entry.
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve("graphql") }] },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
  test: {
    setupFiles: ["reflect-metadata"],
    server: { deps: { inline: ["type-graphql", "graphql-scalars"] } },
    // These decide only when a test that fails says so: a machine with many times the load takes minutes for what takes seconds.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // More than there are cores: most of them wait for sockets and timers more than they compute.
    maxWorkers: 4,
    projects: [
      // Files of one worker share their modules, so that each is evaluated once.
      project("unit", { isolate: false }),
      project("gateway", { isolate: false, globalSetup }),
      project("campaign-here", { isolate: false, globalSetup }),
      project("campaign", { isolate: true, globalSetup }),
    ],
  },
});
