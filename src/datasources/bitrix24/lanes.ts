import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { PortalRateLimited } from "./errors.ts";
import { createLane, dropAbandoned, forget, isIdle, type Lane } from "./lane.ts";
import type { ReadUnit } from "./read-command.ts";

const MAX_LANES = 500;

/** The lanes of one portal's credentials. */
export interface Lanes {
  /** The lane of that name, made when there is none. Throws `PortalRateLimited` when too many are busy. */
  open(name: string, endpoint: Endpoint, authorization: () => Authorization): Lane;
  /**
   * The lane whose turn it is, in rotation, so that one busy credential does not starve the others; else the milliseconds until one has
   * gathered long enough (`gatheringLeft`), infinite when nothing waits.
   */
  next(gatheringLeft: (lane: Lane) => number): Lane | number;
  /** Reads that wait, linked ones counted as one. */
  queuedReads(): number;
  /** Takes everything that waits off the lanes. */
  drain(): ReadUnit[];
}

export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>();

  function forgetIdle(): void {
    for (const [name, lane] of lanes) if (isIdle(lane)) lanes.delete(name);
  }

  return {
    open(name, endpoint, authorization) {
      const known = lanes.get(name);
      if (known !== undefined) return known;
      if (lanes.size >= MAX_LANES) forgetIdle();
      if (lanes.size >= MAX_LANES) {
        throw new PortalRateLimited("Too many different users wait for this portal.", 1_000);
      }
      const lane = createLane(endpoint, authorization());
      lanes.set(name, lane);
      return lane;
    },
    next(gatheringLeft) {
      let shortest = Number.POSITIVE_INFINITY;
      for (const [name, lane] of lanes) {
        dropAbandoned(lane);
        if (lane.queued.length === 0) continue;
        const left = gatheringLeft(lane);
        if (left > 0) {
          shortest = Math.min(shortest, left);
          continue;
        }
        lanes.delete(name);
        lanes.set(name, lane);
        return lane;
      }
      return shortest;
    },
    queuedReads() {
      let count = 0;
      for (const lane of lanes.values()) count += lane.queued.length;
      return count;
    },
    drain() {
      const drained: ReadUnit[] = [];
      for (const lane of lanes.values()) {
        for (const unit of lane.queued) {
          forget(lane.waiting, unit);
          drained.push(unit);
        }
        lane.queued = [];
      }
      return drained;
    },
  };
}
