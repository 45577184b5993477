import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { PortalRateLimited } from "./errors.ts";
import { createLane, isIdle } from "./lane.ts";
import type { Lane } from "./queue-records.ts";

const MAX_LANES = 500;

/** The lanes of one portal's credentials. */
export interface Lanes extends Iterable<Lane> {
  /** The lane of that name, made when there is none. Throws `PortalRateLimited` when too many are busy. */
  open(name: string, endpoint: Endpoint, authorization: () => Authorization): Lane;
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
    [Symbol.iterator]: () => lanes.values(),
  };
}
