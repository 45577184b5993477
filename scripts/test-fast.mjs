// npm run test:fast: the tests that need nothing beside their own process, in less than a minute. Arguments go to vitest.

import { forgetSettings, install, runTool } from "./prepare.mjs";

forgetSettings();
install();
const own = process.argv.slice(2);
// Each worker evaluates all modules once, and these tests compute more than they wait.
const workers = own.some((each) => each.startsWith("--maxWorkers")) ? [] : ["--maxWorkers=3"];
process.exitCode = runTool("vitest", ["run", "--project", "unit", "--project", "gateway", ...workers, ...own]);
