import { parseArgs } from "node:util";
import type { EventOptions } from "./events/delivery.ts";
import type { Plan, PortalOptions } from "./portal.ts";

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
  plan: { type: "string" },
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
  --plan NAME           standard, enterprise or on-premise              (PORTAL_PLAN, default standard)
  --latency-request MS  work of each request                            (PORTAL_LATENCY_REQUEST, default 0)
  --latency-command MS  work of each command                            (PORTAL_LATENCY_COMMAND, default 0)
  --activity N          messages customers write on their own a minute  (PORTAL_ACTIVITY, default 0)
  --operator-activity N what operators do on their own a minute         (PORTAL_OPERATOR_ACTIVITY, default 0)
  --event-shape NAME    payloads: real, documented or alternate         (PORTAL_EVENT_SHAPE, default real)
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

function planIn(text: string | undefined): Plan | undefined {
  switch (text) {
    case undefined:
    case "":
      return undefined;
    case "standard":
    case "enterprise":
    case "on-premise":
      return text;
    default:
      throw new UsageError(`--plan must be standard, enterprise or on-premise, not "${text}"`);
  }
}

function shapeIn(text: string | undefined): EventOptions["shape"] {
  switch (text) {
    case undefined:
    case "":
      return undefined;
    case "real":
    case "documented":
    case "alternate":
      return text;
    default:
      throw new UsageError(`--event-shape must be real, documented or alternate, not "${text}"`);
  }
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
  const given = parse(args);
  const port = numberIn("--port", given.port ?? environment.PORTAL_PORT, 0, 65_535, true);
  const seed = numberIn("--seed", given.seed ?? environment.PORTAL_SEED, 0, 2 ** 32 - 1, true);
  const size = numberIn("--size", given.size ?? environment.PORTAL_SIZE, 0.01, 20, false);
  const plan = planIn(given.plan ?? environment.PORTAL_PLAN);
  const requestMs = numberIn(
    "--latency-request",
    given["latency-request"] ?? environment.PORTAL_LATENCY_REQUEST,
    0,
    60_000,
    false,
  );
  const commandMs = numberIn(
    "--latency-command",
    given["latency-command"] ?? environment.PORTAL_LATENCY_COMMAND,
    0,
    60_000,
    false,
  );
  const activityPerMinute = numberIn("--activity", given.activity ?? environment.PORTAL_ACTIVITY, 0, 100_000, false);
  const operatorActivityPerMinute = numberIn(
    "--operator-activity",
    given["operator-activity"] ?? environment.PORTAL_OPERATOR_ACTIVITY,
    0,
    100_000,
    false,
  );
  const shape = shapeIn(given["event-shape"] ?? environment.PORTAL_EVENT_SHAPE);
  const jitterMs = numberIn(
    "--event-jitter",
    given["event-jitter"] ?? environment.PORTAL_EVENT_JITTER,
    0,
    60_000,
    false,
  );
  const host = given.host ?? environment.PORTAL_HOST;
  return {
    portal: {
      latency: { requestMs: requestMs ?? 0, commandMs: commandMs ?? 0 },
      events: { ...(shape === undefined ? {} : { shape }), ...(jitterMs === undefined ? {} : { jitterMs }) },
      ...(port === undefined ? {} : { port }),
      ...(host === undefined || host === "" ? {} : { host }),
      ...(seed === undefined ? {} : { seed }),
      ...(size === undefined ? {} : { size }),
      ...(plan === undefined ? {} : { plan }),
      ...(activityPerMinute === undefined ? {} : { activityPerMinute }),
      ...(operatorActivityPerMinute === undefined ? {} : { operatorActivityPerMinute }),
    },
    readyJson: given["ready-json"] ?? false,
    exitWithParent: given["exit-with-parent"] ?? false,
    help: given.help ?? false,
  };
}
