import { setImmediate as nextTurn } from "node:timers/promises";
import { guard } from "../../process/guard.ts";

/**
 * Lets readers that are behind go on one after the other, each in a turn of the event loop of its own. Executing an event and writing its
 * result to a client that reads fast wait for nothing outside the process, so that without turns one such reader would keep everything
 * else from happening until it has caught up.
 */
export interface ReadingTurns {
  /** Resolves when it is the caller's turn to handle a piece of the log that lies behind. */
  next(): Promise<void>;
  /** Resolves in the next turn of the event loop: for those who keep up, who wait for none that are behind. */
  soon(): Promise<void>;
}

/**
 * For so long they have turns one directly after the other, and then rest: those that are behind take two thirds of the process at the most,
 * however many they are. Without the rest they and their clients kept two cores busy, and an event of now waited for the system to run those
 * whom it is for.
 */
const WORK_MS = 3;
const REST_MS = 1;

export function createReadingTurns(): ReadingTurns {
  const waiting: (() => void)[] = [];
  let isScheduled = false;
  /** When the turns since the last rest began, in milliseconds of the monotonic clock. */
  let begunAt = Number.NEGATIVE_INFINITY;

  const turn = guard("the turn of a reader", () => {
    isScheduled = false;
    waiting.shift()?.();
    schedule();
  });
  const afterRest = guard("the turn of a reader after a rest", () => {
    begunAt = performance.now();
    turn();
  });

  function schedule(): void {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    if (performance.now() - begunAt < WORK_MS) setImmediate(turn);
    else setTimeout(afterRest, REST_MS);
  }

  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        schedule();
      }),
    soon: () => nextTurn(),
  };
}
