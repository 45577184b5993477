import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";
import { type Group, testFilesByGroup } from "./test/groups.ts";

const require = createRequire(import.meta.url);

const files = testFilesByGroup();

/** What computes or starts its servers within the process shares modules with the other files of its worker: each is evaluated once. */
function project(name: Group, isolate: boolean) {
  return { extends: true as const, test: { name, include: files[name], isolate } };
}

// Two copies of graphql (its ESM and its CommonJS build) refuse each other's types, so every importer gets the one CommonJS entry.
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve("graphql") }] },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
  test: {
    setupFiles: ["reflect-metadata"],
    server: { deps: { inline: ["type-graphql", "graphql-scalars"] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Most of them wait for sockets and timers more than they compute.
    maxWorkers: 4,
    projects: [project("unit", false), project("gateway", false), project("campaign", true)],
  },
});
