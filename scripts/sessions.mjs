// npm run sessions: takes sessions out of a portal, see src/cli/sessions.ts.
import { prepare } from "./prepare.mjs";

// Standard output is for sessions alone.
const { write } = process.stdout;
process.stdout.write = process.stderr.write.bind(process.stderr);
prepare();
process.stdout.write = write;
const { loadEnvFile } = await import("../dist/src/config/environment.js");
const { runSessionsProgram } = await import("../dist/src/cli/sessions.js");

loadEnvFile();
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.once("SIGTERM", () => stop.abort());
const io = { out: process.stdout, err: process.stderr, signal: stop.signal };
process.exitCode = await runSessionsProgram(process.argv.slice(2), process.env, io);
