import type { Call } from "./calls.ts";
import type { UpstreamError } from "./errors.ts";
import type { Lane } from "./lane.ts";
import type { Party } from "./party.ts";
import type { UpstreamUsage } from "./usage.ts";

/** One operation that waits for a command. */
export interface Waiter {
  readonly usage: UpstreamUsage;
  /** Milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  settle(outcome: Outcome): void;
}

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: UpstreamError };

/** A read that is queued or under way, and the operations that share it. */
export interface ReadCommand {
  readonly call: Call<unknown>;
  readonly waiters: Set<Waiter>;
  /** The portal's write epoch when it was sent; undefined while it is queued. */
  sentEpoch: number | undefined;
  /** The usages that the request under way was counted for. */
  countedFor: Set<UpstreamUsage> | undefined;
  lastError: UpstreamError | undefined;
}

/** A request with reads that is under way. */
export interface ReadRequest {
  /** When it is given up, in milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  readonly units: readonly ReadUnit[];
  readonly cancellation: AbortController;
}

/** Commands that must travel in one request, in this order; the later ones refer to the answers of the earlier ones. */
export interface ReadUnit {
  readonly commands: readonly [ReadCommand, ...ReadCommand[]];
  readonly lane: Lane;
  /** Who asked first. */
  readonly party: Party;
  /** Equal keys mean the same method with the same parameters. Undefined: depends on another command, never shared. */
  readonly key: string | undefined;
  readonly enqueuedAt: number;
  /** Must not ride in a batch: its values look like references, or the portal refused it there. */
  alone: boolean;
  attempts: number;
  /** Where it is now; neither while it waits for its repetition. */
  queued: boolean;
  request: ReadRequest | undefined;
}

/** The same method with the same parameters has the same key. Builders give parameters in a fixed order, so no sorting is needed. */
export function keyOf(call: Call<unknown>): string {
  return `${call.method}\n${JSON.stringify(call.params)}`;
}

/** A unit that waits to be sent, each call with the operation at the same place of `waiters`. */
export function createUnit(
  calls: readonly [Call<unknown>, ...Call<unknown>[]],
  waiters: readonly Waiter[],
  { lane, party, key, alone }: Pick<ReadUnit, "lane" | "party" | "key" | "alone">,
): ReadUnit {
  const create = (call: Call<unknown>, index: number): ReadCommand => {
    const waiter = waiters[index];
    return {
      call,
      waiters: new Set(waiter === undefined ? [] : [waiter]),
      sentEpoch: undefined,
      countedFor: undefined,
      lastError: undefined,
    };
  };
  const [first, ...rest] = calls;
  return {
    commands: [create(first, 0), ...rest.map((call, index) => create(call, index + 1))],
    lane,
    party,
    key,
    enqueuedAt: performance.now(),
    alone,
    attempts: 0,
    queued: false,
    request: undefined,
  };
}

export function isWanted(unit: ReadUnit): boolean {
  return unit.commands.some((command) => command.waiters.size > 0);
}

export function commandCount(units: Iterable<ReadUnit>): number {
  let count = 0;
  for (const unit of units) count += unit.commands.length;
  return count;
}

export function latestDeadline(units: Iterable<ReadUnit>): number {
  let latest = 0;
  for (const unit of units) {
    for (const command of unit.commands) {
      for (const waiter of command.waiters) latest = Math.max(latest, waiter.deadlineAt);
    }
  }
  return latest;
}

export function settle(command: ReadCommand, outcome: Outcome): void {
  for (const waiter of command.waiters) waiter.settle(outcome);
  command.waiters.clear();
}

/** Tells all who wait for a unit's commands that they failed. */
export function settleFailed(unit: ReadUnit, errorOf: (command: ReadCommand) => UpstreamError): void {
  for (const command of unit.commands) settle(command, { ok: false, error: errorOf(command) });
}
