import { guard } from "../../process/guard.ts";
/**
 * Lets readers that are behind go on one after the other, each in a turn of the event loop of its own. Executing an event and writing its
 * result to a client that reads fast wait for nothing outside the process, so that without turns one such reader would keep everything
 * else from happening until it has caught up.
 */
export interface ReadingTurns {
  /** Resolves when it is the caller's turn to handle a piece of the log. */
  next(): Promise<void>;
}

export function createReadingTurns(): ReadingTurns {
  const waiting: (() => void)[] = [];
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    setImmediate(
      guard("the turn of a reader", () => {
        isScheduled = false;
        waiting.shift()?.();
        schedule();
      }),
    );
  }

  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        schedule();
      }),
  };
}
