import type { Call } from "./calls.ts";
import type { Lane, Party, ReadCommand, ReadUnit, Waiter } from "./queue-records.ts";

/**
 * A read that a further, equal one may share, by the rules of freshness: a queued one always; one under way only if no write began or ended
 * since it was sent (`epoch`), and never for who wants it `fresh`. What waits for a smaller budget is no help to who need not.
 */
export function findShared(
  { lane, party, key, fresh }: { lane: Lane; party: Party; key: string; fresh: boolean },
  call: Call<unknown>,
  epoch: number,
): ReadUnit | undefined {
  const waiting = lane.waiting.get(key);
  const soonEnough =
    waiting !== undefined && (waiting.party.budget === "ordinary" || waiting.party.budget === party.budget);
  if (soonEnough && waiting.commands[0].call.decode === call.decode) return waiting;
  const underWay = fresh ? undefined : lane.underWay.get(key);
  const command = underWay?.commands[0];
  return command?.sentEpoch === epoch && command.call.decode === call.decode ? underWay : undefined;
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
