import type { Allowance } from "./bucket.ts";
import { PortalTimeout, type UpstreamError } from "./errors.ts";
import type { WriteJob } from "./write-sender.ts";

const MAX_WRITE_REQUESTS = 4;
/** A write that would leave with less time than this could hardly be answered in time. */
const MIN_WRITE_TIME_MS = 250;

export interface WriteQueueOptions {
  readonly allowance: Allowance;
  /** Runs a function later; at once when the scheduler has closed. */
  readonly later: (run: () => void, ms: number) => void;
  /** The allowance has none left; asks to look again after this many milliseconds. */
  readonly wakeIn: (ms: number) => void;
  /** A write was answered, or may be sent again. */
  readonly moved: () => void;
}

/** Writes of one portal that wait for their turn, in order of arrival. */
export interface WriteQueue {
  readonly size: number;
  readonly inFlight: number;
  add(job: WriteJob): void;
  /** Takes back a write that has not left, for good; false when it has. */
  withdraw(job: WriteJob): boolean;
  hasNext(): boolean;
  /** Sends the first; false when it must wait for the allowance. */
  dispatch(): Promise<boolean>;
  refuseAll(error: (job: WriteJob) => UpstreamError): void;
}

export function createWriteQueue({ allowance, later, wakeIn, moved }: WriteQueueOptions): WriteQueue {
  let queued: WriteJob[] = [];
  let inFlight = 0;

  function remove(job: WriteJob): boolean {
    const before = queued.length;
    queued = queued.filter((other) => other !== job);
    return queued.length < before;
  }

  function send(job: WriteJob): void {
    inFlight += 1;
    void job.attempt(job).then((repeatAfterMs) => {
      inFlight -= 1;
      if (repeatAfterMs !== undefined) {
        later(() => {
          // Its client may have left while it waited for its repetition.
          if (job.withdrawn) return;
          queued.unshift(job);
          moved();
        }, repeatAfterMs);
      }
      moved();
    });
  }

  return {
    get size() {
      return queued.length;
    },
    get inFlight() {
      return inFlight;
    },
    add: (job) => void queued.push(job),
    withdraw(job) {
      if (job.sent) return false;
      job.withdrawn = true;
      remove(job);
      return true;
    },
    hasNext: () => queued.length > 0 && inFlight < MAX_WRITE_REQUESTS,
    async dispatch() {
      const job = queued[0];
      if (job === undefined) return false;
      if (job.deadlineAt - performance.now() < MIN_WRITE_TIME_MS) {
        remove(job);
        const message = `The operation's time ran out before ${job.method} could be sent. It was not sent.`;
        job.reject(new PortalTimeout(message, job.method));
        return true;
      }
      const answer = allowance.take(1, 0);
      const { taken, waitMs } = answer instanceof Promise ? await answer : answer;
      if (taken === 0) {
        wakeIn(waitMs);
        return false;
      }
      // It may have been withdrawn while a shared allowance was asked.
      if (remove(job)) send(job);
      else allowance.giveBack(1);
      return true;
    },
    refuseAll(error) {
      const refused = queued;
      queued = [];
      for (const job of refused) job.reject(error(job));
    },
  };
}
