import type { Call } from "./calls.ts";
import type { UpstreamError } from "./errors.ts";
import type { Outcome, ReadCommand, ReadUnit, Waiter } from "./queue-records.ts";

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
