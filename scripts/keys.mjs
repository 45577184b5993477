// npm run keys: API keys of the gateway, see src/cli/keys.ts.
import { prepare } from "./prepare.mjs";

prepare();
const { loadEnvFile } = await import("../dist/src/config/environment.js");
const { runKeysCli } = await import("../dist/src/cli/keys.js");
const { printReport } = await import("../dist/src/cli/report.js");

loadEnvFile();
printReport(runKeysCli(process.argv.slice(2), process.env));
