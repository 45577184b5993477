import type { Logger } from "pino";
import type { UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import type { UnderWay } from "./under-way.ts";

/** What became of an operation. */
export interface Observation {
  readonly operation: UnderWay;
  readonly usage: UpstreamUsage;
  readonly cost: number;
  /** Milliseconds that it waited for others of its identity. */
  readonly queuedMs: number;
  /** Milliseconds from its arrival to its answer. */
  readonly tookMs: number;
  readonly errors: number;
}

export type Observe = (observation: Observation) => void;

/** An operation that took longer than this is told of at any level. */
const SLOW_MS = 1_000;

/** Tells the log of operations: the slow ones always, each with `debug`. Names, figures and ids only: no text of customers, no variables. */
export function createObserver(log: Pick<Logger, "warn" | "debug" | "isLevelEnabled">): Observe {
  return (observation) => {
    const slow = observation.tookMs > SLOW_MS;
    if (!slow && !log.isLevelEnabled("debug")) return;
    const fields = fieldsOf(observation);
    if (slow) log.warn(fields, "A slow operation");
    else log.debug(fields, "An operation");
  };
}

function fieldsOf({ operation, usage, cost, queuedMs, tookMs, errors }: Observation) {
  const { requests, commands, waitedMs } = usage.toJSON();
  return {
    ...operation,
    cost,
    requests,
    commands,
    tookMs: Math.round(tookMs),
    queuedMs: Math.round(queuedMs),
    waitedMs,
    errors,
  };
}
