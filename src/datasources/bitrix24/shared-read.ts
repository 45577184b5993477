import type { Call } from "./calls.ts";
import type { Lane } from "./lane.ts";
import type { ReadCommand, Waiter } from "./read-command.ts";

/**
 * A read that a further, equal one may share, by the rules of freshness: a queued one always; one under way only if no write began or ended
 * since it was sent (`epoch`), and never for who wants it `fresh`.
 */
export function findShared(
  lane: Lane,
  key: string,
  call: Call<unknown>,
  epoch: number,
  fresh: boolean,
): ReadCommand | undefined {
  const waiting = lane.waiting.get(key);
  if (waiting !== undefined && waiting.call.decode === call.decode) return waiting;
  const underWay = fresh ? undefined : lane.underWay.get(key);
  return underWay?.sentEpoch === epoch && underWay.call.decode === call.decode ? underWay : undefined;
}

/** Lets one more operation wait for a read; one that is under way already is counted for it now. */
export function share(command: ReadCommand, waiter: Waiter): void {
  const known = [...command.waiters].some((other) => other.usage === waiter.usage);
  command.waiters.add(waiter);
  if (command.countedFor === undefined || known) return;
  if (!command.countedFor.has(waiter.usage)) waiter.usage.requests += 1;
  command.countedFor.add(waiter.usage);
  waiter.usage.commands += 1;
}
