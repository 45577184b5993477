// npm run portal: the simulated portal alone. Its options are passed on, see `npm run portal -- --help`.
import { prepare } from "./prepare.mjs";

process.env.NODE_ENV ||= "production";
prepare();
await import("../dist/simulator/main.js");
