// npm start: the gateway against the configured portal, or without configuration the demo.
import { prepare } from "./prepare.mjs";

// graphql-js checks more, and runs slower, outside of production. Nothing that is open to clients depends on it.
process.env.NODE_ENV ||= "production";
if (!process.argv.includes("--built")) prepare();

const PORTAL_SETTINGS = ["BITRIX24_WEBHOOK_URL", "BITRIX24_CREDENTIALS_FILE", "BITRIX24_PORTALS"];
const config = await import("../dist/src/config/config.js");
const { isLoopback } = await import("../dist/src/datasources/bitrix24/loopback.js");
config.loadEnvFile();
const isDemo = !PORTAL_SETTINGS.some((name) => process.env[name]?.trim());
// A misspelt setting must not lead to the demo; the gateway itself reports it.
const isReadable = config.settingProblems(process.env).length === 0;

if (isDemo && isReadable) {
  if (!isLoopback(process.env.GATEWAY_HOST?.trim() || "127.0.0.1")) {
    process.stderr.write(
      "Cannot start: the demo listens on loopback only. Unset GATEWAY_HOST, or configure a portal\n",
    );
    process.exit(1);
  }
  const { runDemo } = await import("./demo.mjs");
  process.exit(await runDemo(process.env));
}

const { gateway } = await import("../dist/src/main.js");
const running = await gateway;
if (running !== undefined) {
  process.stdout.write(`\nGraphQL:         ${running.url}\nGateway process: ${process.pid}\n\n`);
}
