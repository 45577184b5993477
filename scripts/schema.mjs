// npm run schema: writes schema.graphql. With --check it only says whether the file still is what the code builds, and which changes since
// another revision (SCHEMA_BASE, by default the commit before) break clients. See src/cli/schema.ts.
import { prepare, root } from "./prepare.mjs";

prepare();
const { runSchemaCli } = await import("../dist/src/cli/schema.js");
const { printReport } = await import("../dist/src/cli/report.js");

printReport(runSchemaCli({ root, check: process.argv.includes("--check"), base: process.env.SCHEMA_BASE || "HEAD^" }));
