// npm run events: the handlers by which portals deliver their events to the gateway, see src/cli/events.ts.
import { prepare } from "./prepare.mjs";

prepare();
const { loadEnvFile } = await import("../dist/src/config/environment.js");
const { runEventsProgram } = await import("../dist/src/cli/events.js");
const { printReport } = await import("../dist/src/cli/report.js");

loadEnvFile();
printReport(await runEventsProgram(process.argv.slice(2), process.env));
