import type { Call } from "./calls.ts";
import type { UpstreamError } from "./errors.ts";
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
  /** Equal keys mean the same method with the same parameters. Undefined: depends on another command, never shared. */
  readonly key: string | undefined;
  readonly waiters: Set<Waiter>;
  readonly enqueuedAt: number;
  /** The portal's write epoch when it was sent; undefined while it is queued. */
  sentEpoch: number | undefined;
  /** The usages that the request under way was counted for. */
  countedFor: Set<UpstreamUsage> | undefined;
  attempts: number;
  lastError: UpstreamError | undefined;
  /** Must not ride in a batch: its values look like references, or the portal refused it there. */
  alone: boolean;
}

/** Commands that must travel in one request, in this order; the later ones refer to the answers of the earlier ones. */
export type ReadUnit = readonly [ReadCommand, ...ReadCommand[]];

/** The same method with the same parameters has the same key. Builders give parameters in a fixed order, so no sorting is needed. */
export function keyOf(call: Call<unknown>): string {
  return `${call.method}\n${JSON.stringify(call.params)}`;
}

/** A unit that waits to be sent, each call with the operation at the same place of `waiters`. */
export function createUnit(
  calls: readonly [Call<unknown>, ...Call<unknown>[]],
  waiters: readonly Waiter[],
  { key, alone }: Pick<ReadCommand, "key" | "alone">,
): ReadUnit {
  const create = (call: Call<unknown>, index: number): ReadCommand => {
    const waiter = waiters[index];
    return {
      call,
      key,
      waiters: new Set(waiter === undefined ? [] : [waiter]),
      enqueuedAt: performance.now(),
      sentEpoch: undefined,
      countedFor: undefined,
      attempts: 0,
      lastError: undefined,
      alone,
    };
  };
  const [first, ...rest] = calls;
  return [create(first, 0), ...rest.map((call, index) => create(call, index + 1))];
}

export function latestDeadline(commands: Iterable<ReadCommand>): number {
  let latest = 0;
  for (const command of commands) {
    for (const waiter of command.waiters) latest = Math.max(latest, waiter.deadlineAt);
  }
  return latest;
}

export function settle(command: ReadCommand, outcome: Outcome): void {
  for (const waiter of command.waiters) waiter.settle(outcome);
  command.waiters.clear();
}
