import { guard } from "../../process/guard.ts";
import type { LiveResult } from "./live-result.ts";

/** The result to deliver, or undefined when an event is not for a subscription. */
export type Decision = LiveResult | undefined;

/** Who waits for a decision. Neither of the two throws. */
export interface Waiting {
  decided(decision: Decision): void;
  failed(error: unknown): void;
}

/**
 * A decision that is being made, once for all who wait for it. In place of its promise, since a thousand who wait for one promise make two
 * thousand more of them for each event.
 */
export class Deciding {
  #waiting: Waiting[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(decision: Promise<Decision>) {
    decision.then(
      (made) => {
        for (const waiting of this.#take()) handOn(waiting, made);
      },
      (error: unknown) => {
        this.#failure = { error };
        for (const waiting of this.#take()) tell(waiting, error);
      },
    );
  }

  /** To be called on one that is not made yet, or has failed. */
  wait(waiting: Waiting): void {
    const failure = this.#failure;
    if (failure === undefined) this.#waiting.push(waiting);
    else queueMicrotask(guard("telling why nothing was decided", () => waiting.failed(failure.error)));
  }

  #take(): readonly Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}

const handOn = guard("handing on what was decided", (waiting: Waiting, decision: Decision) =>
  waiting.decided(decision),
);
const tell = guard("telling why nothing was decided", (waiting: Waiting, error: unknown) => waiting.failed(error));
