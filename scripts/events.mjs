// npm run events: shows, checks, sets and removes the handlers by which portals deliver their events to the gateway.
import { fail, prepare } from "./prepare.mjs";

prepare();
const { ConfigError, loadEnvFile, readConfig } = await import("../dist/src/config/config.js");
const { EVENTS_USAGE, eventsCliSettings, runEventsCli } = await import("../dist/src/cli/events.js");

const args = process.argv.slice(2);
if (args.length === 0) fail(EVENTS_USAGE);

try {
  loadEnvFile();
  const { ok, lines } = await runEventsCli(args, eventsCliSettings(readConfig(process.env)));
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  fail(error.message);
}
