import { GraphQLError } from "graphql";
import { guard } from "../../process/guard.ts";

/** An event is given up after this time without the answers that it needs. */
export const EVENT_PATIENCE_MS = 5_000;

/**
 * It cannot be told now whether the viewer may see an event, because the portal does not answer in time or its answer is not understood.
 * The event was not delivered; the next one may be. Names no chat, for it may be one that the viewer has no right to know of.
 */
export class EventWithheld extends GraphQLError {
  constructor(cause: unknown) {
    super(
      "An event was left out because the portal could not be asked in time whether you may see it. Read again what matters; the stream goes on.",
      { extensions: { code: "EVENT_WITHHELD" } },
    );
    this.name = "EventWithheld";
    this.cause = cause;
  }
}

/** The waiting is measured in so many pieces, each of which counts as one however late it ends. */
const PIECES = 5;

/**
 * Waits for an answer that an event needs, not longer than events are waited with. Rejects with `EventWithheld`. A time in which this process
 * did not run counts for little: the answer may have come meanwhile, and not been read.
 */
export function inTime<T>(answer: Promise<T>, patienceMs = EVENT_PATIENCE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = PIECES;
    let timer: NodeJS.Timeout | undefined;
    const wait = guard("an event that is waited for", () => {
      if (left === 0) {
        reject(new EventWithheld("no answer in time"));
        return;
      }
      left -= 1;
      timer = setTimeout(wait, patienceMs / PIECES);
    });
    wait();
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
