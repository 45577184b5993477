// npm run bench: compiles the benchmarks with what they measure and runs them. Arguments are passed on.
import { fail, prepare, runTool } from "./prepare.mjs";

process.env.NODE_ENV ||= "production";
// One of them measures pages, which come from the usual build.
prepare();
if (runTool("tsc", ["-p", "tsconfig.bench.json"]) !== 0) fail("The benchmarks do not compile; the messages are above.");
await import("../dist-bench/bench/main.js");
