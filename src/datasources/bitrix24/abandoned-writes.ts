import type { WriteJob } from "./queue-records.ts";

/** Sockets that may wait for answers which nobody waits for any more. */
const MAX_ABANDONED = 8;

/**
 * Writes under way whose operation is over: their outcome was told as unknown and their slot is free. A late answer is still of use (the object
 * has changed only now), so that the latest of them are listened to.
 */
export interface AbandonedWrites {
  add(job: WriteJob): void;
  /** It ended; whether it was one of these. */
  delete(job: WriteJob): boolean;
}

export function createAbandonedWrites(): AbandonedWrites {
  const jobs = new Set<WriteJob>();
  return {
    add(job) {
      jobs.add(job);
      if (jobs.size <= MAX_ABANDONED) return;
      for (const oldest of jobs) {
        if (oldest.cancellation.signal.aborted) continue;
        oldest.cancellation.abort();
        break;
      }
    },
    delete: (job) => jobs.delete(job),
  };
}
