import { LRUCache } from "lru-cache";
import { atMost } from "../../../process/growing-cache.ts";

/** From where portals have proven, by their tokens, that they deliver. */
export interface ProvenAddresses {
  note(address: string, portal: string): void;
  /** Logs of the portals that delivered from there within a day. */
  portalsAt(address: string): Iterable<string>;
}

const MEMORY_MS = 24 * 60 * 60 * 1000;
const MAX_ADDRESSES = 1_000;
/** Many portals of the cloud deliver from one address; of more than these the oldest is forgotten. */
const MAX_PORTALS = 100;

export function createProvenAddresses(now: () => number = () => performance.now()): ProvenAddresses {
  const known = new LRUCache<string, LRUCache<string, true>>(atMost(MAX_ADDRESSES));
  return {
    note(address, portal) {
      const portals =
        known.get(address) ??
        new LRUCache<string, true>({ ...atMost(MAX_PORTALS), ttl: MEMORY_MS, ttlResolution: 0, perf: { now } });
      known.set(address, portals);
      portals.set(portal, true);
    },
    portalsAt: (address) => known.get(address)?.keys() ?? [],
  };
}
