import { isWaiting } from "./party.ts";
import type { Lane, Party, WriteJob } from "./queue-records.ts";
import { createTally } from "./tally.ts";
import type { Turns } from "./turns.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Writes of one portal that wait for their turn, by who asked. */
export interface WriteQueue {
  /** How many credentials they use. */
  readonly lanes: number;
  /** `again`: it was sent, surely not carried out, and keeps its place. */
  add(job: WriteJob, again: boolean): void;
  remove(job: WriteJob): boolean;
  drain(): WriteJob[];
}

export interface WriteQueueOptions {
  readonly turns: Turns<Party>;
  readonly room: WaitingRoom;
}

export function createWriteQueue({ turns, room }: WriteQueueOptions): WriteQueue {
  const jobs = new Set<WriteJob>();
  const byLane = createTally<Lane>();

  function remove(job: WriteJob): boolean {
    const { party } = job;
    if (!jobs.delete(job)) return false;
    party.writes.splice(party.writes.indexOf(job), 1);
    byLane.remove(job.lane);
    room.leave(party);
    if (!isWaiting(party)) turns.leave(party);
    return true;
  }

  return {
    get lanes() {
      return byLane.holders;
    },
    add(job, again) {
      const { party } = job;
      jobs.add(job);
      if (again) party.writes.unshift(job);
      else party.writes.push(job);
      byLane.add(job.lane);
      room.enter(party);
      turns.enter(party, true);
    },
    remove,
    drain() {
      const drained = [...jobs];
      for (const job of drained) remove(job);
      return drained;
    },
  };
}
