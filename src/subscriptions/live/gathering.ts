import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import { guard } from "../../process/guard.ts";

/** Lets questions to a portal wait for each other, so that they leave in one request. */
export interface Gathering {
  /**
   * Resolves when the portal's next gathering leaves: for all who wait for it in the same turn of the event loop. At once for a question about
   * something that came before the last one left (`since`, of the monotonic clock): it has waited already, and depends on an answer.
   */
  next(portal: string, since?: number): Promise<void>;
  /** Lets everything that waits leave at once. */
  close(): void;
}

export interface GatheringPace {
  /** How long the first question after a quiet time waits for others. */
  readonly idleMs: number;
  /** The longest wait, reached by doubling while one gathering follows another. */
  readonly loadMs: number;
}

export const DEFAULT_GATHERING: GatheringPace = { idleMs: 500, loadMs: 4_000 };
/** Somebody may be waiting for his first list. */
export const NAMES_GATHERING: GatheringPace = { idleMs: 200, loadMs: 1_600 };

const MAX_PORTALS = 10_000;

interface PortalPace {
  waitMs: number;
  leftAt: number;
  leaving: Promise<void> | undefined;
}

export function createGathering(
  { idleMs, loadMs }: GatheringPace = DEFAULT_GATHERING,
  now: () => number = () => performance.now(),
): Gathering {
  const paces = new LRUCache<string, PortalPace>(atMost(MAX_PORTALS));
  const leave = new Set<() => void>();
  let isClosed = false;

  function paceOf(portal: string): PortalPace {
    const known = paces.get(portal);
    if (known !== undefined) return known;
    const pace = { waitMs: idleMs, leftAt: Number.NEGATIVE_INFINITY, leaving: undefined };
    paces.set(portal, pace);
    return pace;
  }

  function begin(pace: PortalPace): Promise<void> {
    // Twice the last wait without a question is quiet enough to begin anew with the shortest.
    const isLoaded = now() - pace.leftAt < 2 * pace.waitMs;
    pace.waitMs = isLoaded ? Math.min(loadMs, 2 * pace.waitMs) : idleMs;
    return new Promise((resolve) => {
      const done = guard("the end of a gathering", () => {
        clearTimeout(timer);
        leave.delete(done);
        pace.leaving = undefined;
        pace.leftAt = now();
        resolve();
      });
      const timer = setTimeout(done, isClosed ? 0 : pace.waitMs);
      leave.add(done);
    });
  }

  return {
    next(portal, since = Number.POSITIVE_INFINITY) {
      const pace = paceOf(portal);
      if (since < pace.leftAt) return Promise.resolve();
      pace.leaving ??= begin(pace);
      return pace.leaving;
    },
    close() {
      isClosed = true;
      for (const done of [...leave]) done();
    },
  };
}
