// npm run portal: the simulated portal alone. Its options are passed on, see `npm run portal -- --help`.
import { prepare } from "./prepare.mjs";

process.env.NODE_ENV ||= "production";
prepare();
const { whenNpmEnds } = await import("../dist/src/cli/starter.js");
await import("../dist/simulator/main.js");
whenNpmEnds(process.env, () => process.kill(process.pid, "SIGTERM"));
