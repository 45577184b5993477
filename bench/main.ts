import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catchUp } from "./catch-up.ts";
import { chatByUserCode } from "./chat-by-user-code.ts";
import { fanOut } from "./fan-out.ts";
import { inboxPage } from "./inbox-page.ts";
import { inboxPixels } from "./inbox-pixels.ts";
import { largeHistory } from "./large-history.ts";
import { liveCost } from "./live-cost.ts";
import { nothingShared } from "./nothing-shared.ts";
import { receiver } from "./receiver.ts";
import { sessionList } from "./session-list.ts";
import { smallOperation } from "./small-operation.ts";
import { startUpAndMemory } from "./start-up-and-memory.ts";
import type { BenchOptions } from "./support/options.ts";
import { printReport, type Report } from "./support/report.ts";
import { unreadSocket } from "./unread-socket.ts";

const benchmarks: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  "inbox-page": inboxPage,
  "inbox-pixels": inboxPixels,
  "chat-by-user-code": chatByUserCode,
  "small-operation": smallOperation,
  "large-history": largeHistory,
  "nothing-shared": nothingShared,
  "session-list": sessionList,
  "start-up-and-memory": startUpAndMemory,
  "fan-out": fanOut,
  "unread-socket": unreadSocket,
  receiver,
  "catch-up": catchUp,
  "live-cost": liveCost,
};

const usage = `Usage: npm run bench -- [benchmark …] [options]
  benchmarks: ${Object.keys(benchmarks).join(", ")} (default: all)
  --quick            fewer repetitions and shorter loads
  --soak TIME        how long memory is watched under load, such as 90s or 10m (default 60s, with --quick 15s)
  --json FILE        write the findings as JSON too
  --profile FOLDER   CPU profiles of the measured programs
  --beside COMMIT    an earlier gateway beside this one (nothing-shared, fan-out, receiver)
  --only NAME        one workload, such as Lines (nothing-shared), listening (inbox-page) or "12 8" (live-cost)`;

const SOAK = /^(\d{1,5})(s|m)$/;

function readSoak(text: string): number {
  const [, amount, unit] = SOAK.exec(text) ?? [];
  if (amount === undefined) throw new Error(`--soak must be a time such as 90s or 10m, not "${text}"`);
  return Number(amount) * (unit === "m" ? 60 : 1);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      soak: { type: "string" },
      json: { type: "string" },
      profile: { type: "string" },
      beside: { type: "string" },
      only: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) throw new Error(`There is no benchmark ${unknown}`);
  return {
    names: positionals.length > 0 ? positionals : Object.keys(benchmarks),
    options: {
      quick: values.quick,
      soakSeconds: readSoak(values.soak ?? (values.quick ? "15s" : "60s")),
      profileDirectory: values.profile === undefined ? undefined : resolve(values.profile),
      beside: values.beside,
      only: values.only,
    },
    json: values.json === undefined ? undefined : resolve(values.json),
    help: values.help,
  };
}

async function main(): Promise<void> {
  const { names, options, json, help } = readArguments();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores${options.quick ? ", quick" : ""}\n\n`);
  const reports: Report[] = [];
  for (const name of names) {
    const run = benchmarks[name];
    if (run === undefined) continue;
    const report = await run(options);
    reports.push(report);
    process.stdout.write(`${printReport(report)}\n`);
  }
  const judged = reports.flatMap(({ findings }) => findings.flatMap(({ reached }) => reached ?? []));
  const missed = judged.filter((reached) => !reached).length;
  process.stdout.write(`Goals judged: ${judged.length}; not reached: ${missed}.\n`);
  if (json === undefined) return;
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify({ node: process.version, cores: cpus().length, reports }, null, 2)}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${usage}\n`);
    process.exit(1);
  },
);
