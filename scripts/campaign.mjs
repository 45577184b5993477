// npm run test:campaign: the full counts of what `npm test` runs a slice of. Hours; names of campaigns as arguments run only those.

import { build, forgetSettings, install, runTool } from "./prepare.mjs";
import { ensureSystemPackage } from "./system-packages.mjs";

forgetSettings();

const campaigns = [
  {
    name: "history",
    what: "200,000 numbered deliveries through each fault, and a verdict over what every subscriber heard",
    packages: [["redis-server", "redis-server"]],
    settings: { HISTORY_EVENTS: "200000", HISTORY_BLOWS: "40" },
    tests: ["test/campaign/history"],
  },
  {
    name: "hostile",
    what: "operations, frames and requests of any kind, on all transports",
    packages: [],
    settings: { CAMPAIGN: "1" },
    tests: ["test/hostile"],
  },
  {
    name: "cost",
    what: "a thousand random operations on three portals, none of which spends more than was reckoned with, or far less",
    packages: [],
    settings: { CAMPAIGN: "1" },
    tests: ["test/server/operations/cost"],
  },
  {
    name: "compiled",
    what: "100,000 random queries over made-up data, each by both executors, with the same answer",
    packages: [],
    settings: { CAMPAIGN: "1" },
    tests: ["test/server/operations/compiled"],
  },
  {
    name: "odd-answers",
    what: "each place of each documented answer as each odd value, and what of the data that changes",
    packages: [],
    settings: { CAMPAIGN: "1" },
    tests: ["test/contract/odd-answers.test.ts"],
  },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !campaigns.some((campaign) => campaign.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `No campaign is called ${unknown.join(", ")}. There are: ${campaigns.map(({ name }) => name).join(", ")}\n`,
  );
  process.exit(2);
}

install();
if (!build()) process.exit(1);
const failed = [];
for (const { name, what, packages, settings, tests } of campaigns) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n== ${name}: ${what}\n`);
  for (const [binary, debianPackage] of packages) ensureSystemPackage(binary, debianPackage);
  // Settings that are given already hold: a campaign can be made shorter.
  for (const [setting, value] of Object.entries(settings)) process.env[setting] ??= value;
  const begun = performance.now();
  const succeeded = runTool("vitest", ["run", ...tests]) === 0;
  process.stdout.write(
    `== ${name}: ${succeeded ? "ok" : "FAILED"} (${((performance.now() - begun) / 60_000).toFixed(1)} min)\n`,
  );
  if (!succeeded) failed.push(name);
}
process.stdout.write(failed.length === 0 ? "\nAll campaigns passed.\n" : `\nFailed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
