// npm run test:fast: the tests that need nothing beside their own process, in less than a minute. Arguments go to vitest.

import { forgetSettings, install, runTool } from "./prepare.mjs";

forgetSettings();
install();
const own = process.argv.slice(2);
// More than cores, since some wait; each evaluates all modules once.
const workers = own.some((each) => each.startsWith("--maxWorkers")) ? [] : ["--maxWorkers=5"];
process.exitCode = runTool("vitest", ["run", "--project", "unit", "--project", "gateway", ...workers, ...own]);
