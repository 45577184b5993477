import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";

const require = createRequire(import.meta.url);

// Two copies of graphql (its ESM and its CommonJS build) refuse each other's types, so every importer gets the one CommonJS entry.
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve("graphql") }] },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
  test: {
    setupFiles: ["reflect-metadata"],
    include: ["test/**/*.test.ts"],
    server: { deps: { inline: ["type-graphql", "graphql-scalars"] } },
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // A shared machine that stalls for seconds must not fail a whole run in CI; what needed its second try is printed as such.
    retry: process.env.CI === undefined ? 0 : 1,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
