// npm run bench: compiles the benchmarks with what they measure and runs them. Arguments are passed on.
import { fail, install, runTool } from "./prepare.mjs";

process.env.NODE_ENV ||= "production";
install();
if (runTool("tsc", ["-p", "tsconfig.bench.json"]) !== 0) fail("The benchmarks do not compile; the messages are above.");
await import("../dist-bench/bench/main.js");
