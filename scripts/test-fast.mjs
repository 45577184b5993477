// npm run test:fast: the tests that need nothing beside their own process, in less than a minute. Arguments go to vitest.

import { forgetSettings, install, runTool } from "./prepare.mjs";

forgetSettings();
install();
process.exitCode = runTool("vitest", ["run", "--project", "unit", "--project", "gateway", ...process.argv.slice(2)]);
