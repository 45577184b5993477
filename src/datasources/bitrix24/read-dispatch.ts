import { inBackground } from "../../process/guard.ts";
import { BATCH_LIMIT } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import type { Budgets } from "./budgets.ts";
import { commandsFor } from "./lane.ts";
import { isWaiting } from "./party.ts";
import type { Lane, Party, ReadUnit } from "./queue-records.ts";
import type { ReadQueue } from "./read-queue.ts";
import type { Slots } from "./slots.ts";
import type { Turns } from "./turns.ts";

/** A group of reads is split over at most this many batches: one more request for what came before it makes eight in all. */
const MAX_SPLIT = 7;
/** Splitting saves nothing worth a request when a part is smaller. */
const MIN_PART = 5;
/** A request that reads leave to writes. */
const WRITE_RESERVE = 1;

export interface ReadDispatchOptions {
  readonly turns: Turns<Party>;
  readonly queue: ReadQueue;
  readonly slots: Slots;
  readonly allowance: Allowance;
  readonly budgets: Budgets;
  readonly giveBackGranted: (lane: Lane) => void;
  readonly send: (lane: Lane, units: readonly ReadUnit[]) => Promise<void>;
  readonly wakeIn: (ms: number) => void;
  /** A request was answered. */
  readonly moved: () => void;
}

/** Pays for one request with a lane's reads and sends it; false when the allowance has none left. `free`: slots that the party may use. */
export type DispatchReads = (party: Party, lane: Lane, free: number) => boolean | Promise<boolean>;

export function createReadDispatch(options: ReadDispatchOptions): DispatchReads {
  const { turns, queue, slots, allowance, budgets, giveBackGranted } = options;

  /** Over how many requests the lane's reads shall go: as few as they fit into, and further ones of what idleness has left over. */
  function wishFor(party: Party, lane: Lane, free: number): { needed: number; wanted: number } {
    const count = commandsFor(lane, party);
    const needed = party.budget === "ordinary" ? Math.min(free, Math.ceil(count / BATCH_LIMIT)) : 1;
    const wanted = party.budget === "ordinary" ? Math.min(free, MAX_SPLIT, Math.floor(count / MIN_PART)) : 1;
    const isEnoughForAll =
      turns.size === 1 || allowance.waitFor(Math.max(needed, wanted) + turns.size + WRITE_RESERVE) === 0;
    return isEnoughForAll ? { needed, wanted } : { needed: 1, wanted: 1 };
  }

  function sendOne(party: Party, lane: Lane): boolean {
    // Clients may have left while a shared allowance was asked.
    if (commandsFor(lane, party) === 0) giveBackGranted(lane);
    if (lane.granted === 0) return true;
    const parts = lane.granted;
    lane.granted -= 1;
    const units = queue.take(lane, party, parts);
    turns.served(party, isWaiting(party));
    budgets[party.budget].spend();
    slots.take(party, lane);
    lane.requestsInFlight += 1;
    inBackground("sending reads", () =>
      options.send(lane, units).finally(() => {
        slots.giveBack(party, lane);
        lane.requestsInFlight -= 1;
        options.moved();
      }),
    );
    return true;
  }

  function addSurplus(party: Party, lane: Lane, wanted: number): boolean | Promise<boolean> {
    if (wanted <= 0) return sendOne(party, lane);
    const taken = allowance.takeSurplus(wanted, WRITE_RESERVE);
    const split = (extra: number): boolean => {
      lane.granted += extra;
      return sendOne(party, lane);
    };
    return taken instanceof Promise ? taken.then(split) : split(taken);
  }

  return (party, lane, free) => {
    if (lane.granted > 0) return sendOne(party, lane);
    const { needed, wanted } = wishFor(party, lane, free);
    const answer = allowance.take(needed, WRITE_RESERVE);
    const paid = ({ taken, waitMs }: { taken: number; waitMs: number }): boolean | Promise<boolean> => {
      if (taken === 0) {
        options.wakeIn(waitMs);
        return false;
      }
      lane.granted += taken;
      return addSurplus(party, lane, taken === needed ? wanted - needed : 0);
    };
    return answer instanceof Promise ? answer.then(paid) : paid(answer);
  };
}
