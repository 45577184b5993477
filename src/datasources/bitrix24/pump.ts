import { guard } from "../../process/guard.ts";
/** Decides when to look whether something may be sent. */
export interface Pump {
  readonly closed: boolean;
  /** Everything asked for in this turn of the event loop leaves together. */
  atTurnEnd(): void;
  /** Looks again after a time; of several times the earliest counts. */
  wakeIn(ms: number): void;
  /** Runs a function later; at once when nothing is sent any more. */
  later(run: () => void, ms: number): void;
  /** Nothing is sent any more. */
  close(): void;
}

export interface PumpOptions {
  /** Sends the next request that may leave now; false when there is none. */
  readonly dispatchNext: () => boolean | Promise<boolean>;
  /** Something waits although nothing is sent any more. */
  readonly refuse: () => void;
}

export function createPump({ dispatchNext, refuse }: PumpOptions): Pump {
  const delayed = new Map<NodeJS.Timeout, () => void>();
  let turn: NodeJS.Immediate | undefined;
  let wakeUp: NodeJS.Timeout | undefined;
  let wakeAt = 0;
  let pumping = false;
  let pumpAgain = false;
  let closed = false;

  async function pump(): Promise<void> {
    if (pumping) {
      pumpAgain = true;
      return;
    }
    pumping = true;
    try {
      do {
        pumpAgain = false;
        while (!closed) {
          const sent = dispatchNext();
          // Only an allowance that is shared with other processes must be waited for.
          if (!(sent instanceof Promise ? await sent : sent)) break;
        }
      } while (pumpAgain);
    } finally {
      pumping = false;
    }
  }

  return {
    get closed() {
      return closed;
    },
    atTurnEnd() {
      if (closed) {
        refuse();
        return;
      }
      turn ??= setImmediate(
        guard("sending to a portal", () => {
          turn = undefined;
          return pump();
        }),
      );
    },
    wakeIn(ms) {
      const at = performance.now() + ms;
      if (closed || (wakeUp !== undefined && wakeAt <= at)) return;
      clearTimeout(wakeUp);
      wakeAt = at;
      wakeUp = setTimeout(
        guard("sending to a portal", () => {
          wakeUp = undefined;
          return pump();
        }),
        ms,
      );
    },
    later(run, ms) {
      if (closed) {
        run();
        return;
      }
      const timer = setTimeout(
        guard("a repetition", () => {
          delayed.delete(timer);
          run();
        }),
        ms,
      );
      delayed.set(timer, run);
    },
    close() {
      closed = true;
      if (turn !== undefined) clearImmediate(turn);
      clearTimeout(wakeUp);
      const runs = [...delayed];
      delayed.clear();
      for (const [timer, run] of runs) {
        clearTimeout(timer);
        run();
      }
      refuse();
    },
  };
}
