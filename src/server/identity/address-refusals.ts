import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";

/** Who was refused lately, by address. Bounded: with more addresses the longest quiet one is forgotten. */
export interface AddressRefusals {
  /** Notes one more; tells how many that makes without a quiet minute between them. */
  note(address: string): number;
  /** Whether an address was refused within a minute. */
  isSuspect(address: string): boolean;
}

const MEMORY_MS = 60_000;
const MAX_ADDRESSES = 10_000;

export function createAddressRefusals(): AddressRefusals {
  const counts = new LRUCache<string, number>({ ...atMost(MAX_ADDRESSES), ttl: MEMORY_MS });
  return {
    note(address) {
      const count = (counts.get(address) ?? 0) + 1;
      counts.set(address, count);
      return count;
    },
    isSuspect: (address) => counts.has(address),
  };
}
