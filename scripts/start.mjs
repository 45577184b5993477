// npm start: installs and builds what is missing, and hands over to src/cli/start.ts.
import { prepare } from "./prepare.mjs";

// graphql-js checks more, and runs slower, outside of production. Nothing that is open to clients depends on it.
process.env.NODE_ENV ||= "production";
if (!process.argv.includes("--built")) prepare();

const { start } = await import("../dist/src/cli/start.js");
await start();
