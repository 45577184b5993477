import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";

/** Which places of portals only a browser opens that is logged in there: told by the portal when they were tried. */
export interface SessionOnlyPlaces {
  note(address: URL): void;
  has(address: URL): boolean;
}

const MAX_PLACES = 10_000;
/** A portal may be set up otherwise. */
const MEMORY_MS = 60 * 60_000;

export function createSessionOnlyPlaces(): SessionOnlyPlaces {
  const places = new LRUCache<string, true>({ ...atMost(MAX_PLACES), ttl: MEMORY_MS });
  return {
    note: (address) => {
      places.set(placeOf(address), true);
    },
    has: (address) => places.has(placeOf(address)),
  };
}

/** What is alike for all files of a kind: the folders that say where it is kept, or the program and what it is asked for. */
function placeOf({ host, pathname, searchParams }: URL): string {
  const action = searchParams.get("action");
  if (action !== null) return `${host}${pathname}?${action}`;
  return `${host}/${pathname.split("/").slice(1, 3).join("/")}`;
}
