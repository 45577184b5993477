import { inBackground } from "../../process/guard.ts";
import { createAbandonedWrites } from "./abandoned-writes.ts";
import type { Allowance } from "./bucket.ts";
import type { Budgets } from "./budgets.ts";
import { PortalTimeout } from "./errors.ts";
import { isWaiting } from "./party.ts";
import type { Party, WriteJob } from "./queue-records.ts";
import type { Slots } from "./slots.ts";
import type { Turns } from "./turns.ts";
import type { WriteQueue } from "./write-queue.ts";

/** A write that would leave with less time than this could hardly be answered in time. */
const MIN_WRITE_TIME_MS = 250;

export interface WriteDispatchOptions {
  readonly turns: Turns<Party>;
  readonly queue: WriteQueue;
  readonly slots: Slots;
  readonly allowance: Allowance;
  readonly budgets: Budgets;
  readonly later: (run: () => void, ms: number) => void;
  readonly wakeIn: (ms: number) => void;
  /** A write was answered, given up, or may be sent again. */
  readonly moved: () => void;
}

export interface WriteDispatch {
  /** Pays for a write and sends it; false when the allowance has none left. */
  dispatch(job: WriteJob): boolean | Promise<boolean>;
  /** Takes back a write that has not left, for good. False when it has: its slot is free from now on. */
  withdraw(job: WriteJob): boolean;
}

export function createWriteDispatch(options: WriteDispatchOptions): WriteDispatch {
  const { turns, queue, slots, allowance, budgets } = options;
  const abandoned = createAbandonedWrites();

  function send(job: WriteJob): void {
    const { party, lane } = job;
    turns.served(party, isWaiting(party));
    budgets[party.budget].spend();
    slots.take(party, lane);
    inBackground("sending a write", async () => {
      let repeatAfterMs: number | undefined;
      try {
        repeatAfterMs = await job.attempt(job);
      } finally {
        if (!abandoned.delete(job)) over(job, repeatAfterMs);
      }
    });
  }

  function over(job: WriteJob, repeatAfterMs: number | undefined): void {
    slots.giveBack(job.party, job.lane);
    if (repeatAfterMs !== undefined) {
      options.later(() => {
        // Its client may have left while it waited for its repetition.
        if (job.withdrawn) return;
        queue.add(job, true);
        options.moved();
      }, repeatAfterMs);
    }
    options.moved();
  }

  return {
    dispatch(job) {
      if (job.deadlineAt - performance.now() < MIN_WRITE_TIME_MS) {
        queue.remove(job);
        const message = `The operation's time ran out before ${job.method} could be sent. It was not sent.`;
        job.reject(job.lastError ?? new PortalTimeout(message, job.method));
        return true;
      }
      const answer = allowance.take(1, 0);
      const paid = ({ taken, waitMs }: { taken: number; waitMs: number }): boolean => {
        if (taken === 0) {
          options.wakeIn(waitMs);
          return false;
        }
        // It may have been withdrawn while a shared allowance was asked.
        if (queue.remove(job)) send(job);
        else allowance.giveBack(1);
        return true;
      };
      return answer instanceof Promise ? answer.then(paid) : paid(answer);
    },
    withdraw(job) {
      if (!job.sent) {
        job.withdrawn = true;
        queue.remove(job);
        return true;
      }
      slots.giveBack(job.party, job.lane);
      abandoned.add(job);
      options.moved();
      return false;
    },
  };
}
