import { runSessionsProgram } from "../../src/cli/sessions.ts";

// As scripts/sessions.mjs runs it.
const io = { out: process.stdout, err: process.stderr, signal: new AbortController().signal };
process.exitCode = await runSessionsProgram(process.argv.slice(2), {}, io);
