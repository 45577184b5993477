import { parseArgs } from "node:util";
import type { PortalAge } from "./methods/method.ts";
import type { PortalOptions } from "./portal-options.ts";

export interface CommandLine {
  portal: PortalOptions;
  /** Print one line of JSON instead of the banner. */
  readyJson: boolean;
  /** End when standard input closes, so that no portal outlives the program that started it. */
  exitWithParent: boolean;
  help: boolean;
}

/** A wrong flag or variable; its text is the one line the user sees. */
export class UsageError extends Error {}

const flags = {
  port: { type: "string" },
  host: { type: "string" },
  seed: { type: "string" },
  size: { type: "string" },
  "past-sessions": { type: "string" },
  plan: { type: "string" },
  portal: { type: "string" },
  reports: { type: "string" },
  "latency-request": { type: "string" },
  "latency-command": { type: "string" },
  activity: { type: "string" },
  "operator-activity": { type: "string" },
  "event-shape": { type: "string" },
  "event-jitter": { type: "string" },
  "ready-json": { type: "boolean" },
  "exit-with-parent": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const usage = `Usage: npm run portal -- [options]
  --port N              port, 0 = any free one                          (PORTAL_PORT, default 0)
  --host ADDRESS        address to listen on                            (PORTAL_HOST, default 127.0.0.1)
  --seed N              number that decides people, ids and texts       (PORTAL_SEED, default 1)
  --size N              1 = 300 customers and 400 chats, 0.1 = a tenth  (PORTAL_SIZE, default 1)
  --past-sessions N     so many more sessions of the years before       (PORTAL_PAST_SESSIONS, default 0)
  --portal YEAR         age of its software: 2024, 2025 or 2026         (PORTAL_PORTAL, default 2026)
  --reports on|off      whether the plan has the v2 reports             (PORTAL_REPORTS, default on)
  --plan NAME           standard, enterprise or on-premise              (PORTAL_PLAN, default standard)
  --latency-request MS  work of each request                            (PORTAL_LATENCY_REQUEST, default 0)
  --latency-command MS  work of each command                            (PORTAL_LATENCY_COMMAND, default 0)
  --activity N          messages customers write on their own a minute  (PORTAL_ACTIVITY, default 0)
  --operator-activity N what operators do on their own a minute         (PORTAL_OPERATOR_ACTIVITY, default 0)
  --event-shape NAME    payloads: real, documented, old or alternate    (PORTAL_EVENT_SHAPE, default real)
  --event-jitter MS     events overtake each other within this time     (PORTAL_EVENT_JITTER, default 20)
  --ready-json          print one line of JSON once listening
  --exit-with-parent    end when standard input closes`;

function numberIn(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
  whole: boolean,
): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max || (whole && !Number.isInteger(value))) {
    throw new UsageError(
      `${name} must be ${whole ? "a whole number" : "a number"} from ${min} to ${max}, not "${text}"`,
    );
  }
  return value;
}

function wordIn<const T extends string>(name: string, text: string | undefined, words: readonly T[]): T | undefined {
  if (text === undefined || text === "") return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`${name} must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}, not "${text}"`);
}

const ages = { "2024": 2024, "2025": 2025, "2026": 2026 } as const;

function ageIn(text: string | undefined): PortalAge | undefined {
  const year = wordIn("--portal", text, ["2024", "2025", "2026"]);
  return year === undefined ? undefined : ages[year];
}

/** Leaves out what is undefined, because an absent option means the default. */
function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  const option: Partial<Record<K, V>> = {};
  if (value !== undefined) option[key] = value;
  return option;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.split(". ")[0] : String(error));
  }
}

/** Reads flags, and for those not given the environment. Throws UsageError for what it cannot use. */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const flags = parse(args);
  const textOf = (name: Exclude<keyof typeof flags, "ready-json" | "exit-with-parent" | "help">): string | undefined =>
    flags[name] ?? environment[`PORTAL_${name.replaceAll("-", "_").toUpperCase()}`];
  const number = (name: Parameters<typeof textOf>[0], min: number, max: number, whole = false): number | undefined =>
    numberIn(`--${name}`, textOf(name), min, max, whole);
  const host = textOf("host");
  const reports = wordIn("--reports", textOf("reports"), ["on", "off"]);
  return {
    portal: {
      latency: {
        requestMs: number("latency-request", 0, 60_000) ?? 0,
        commandMs: number("latency-command", 0, 60_000) ?? 0,
      },
      events: {
        ...given("shape", wordIn("--event-shape", textOf("event-shape"), ["real", "documented", "old", "alternate"])),
        ...given("jitterMs", number("event-jitter", 0, 60_000)),
      },
      ...given("port", number("port", 0, 65_535, true)),
      ...given("host", host === "" ? undefined : host),
      ...given("seed", number("seed", 0, 2 ** 32 - 1, true)),
      ...given("size", number("size", 0.01, 20)),
      ...given("pastSessions", number("past-sessions", 0, 1_000_000, true)),
      ...given("plan", wordIn("--plan", textOf("plan"), ["standard", "enterprise", "on-premise"])),
      ...given("age", ageIn(textOf("portal"))),
      ...given("reports", reports === undefined ? undefined : { inPlan: reports === "on" }),
      ...given("activityPerMinute", number("activity", 0, 100_000)),
      ...given("operatorActivityPerMinute", number("operator-activity", 0, 100_000)),
    },
    readyJson: flags["ready-json"] ?? false,
    exitWithParent: flags["exit-with-parent"] ?? false,
    help: flags.help ?? false,
  };
}
