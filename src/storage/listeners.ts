import { guard } from "../process/guard.ts";

/** Told what changed, or, without it, that something did. */
type Changed<Change> = (changes?: readonly Change[]) => void;

/** Who wants to know of changes, by portal. */
export interface Listeners<Change> {
  /** Adds a listener; returns what removes it. */
  add(portal: string, changed: Changed<Change>): () => void;
  portals(): readonly string[];
  /**
   * Calls everyone of a portal once, when whoever waits for the same change has gone on; calls that come together are one. It tells what
   * changed where each of them came with its change.
   */
  notify(portal: string, change?: Change): void;
}

/** Listeners of one process. `onFirst` and `onLast` tell when the first of a portal came and the last went. */
export function createListeners<Change = never>(
  on: { first?(portal: string): void; last?(portal: string): void } = {},
): Listeners<Change> {
  const byPortal = new Map<string, Set<Changed<Change>>>();
  /** What is to be told; undefined where it is not known. */
  let due = new Map<string, Change[] | undefined>();

  function callDue(): void {
    const calling = due;
    due = new Map();
    for (const [portal, changes] of calling) {
      for (const changed of byPortal.get(portal) ?? []) changed(changes);
    }
  }

  return {
    add(portal, changed) {
      // One listener's mistake must not keep the others, or the writer, from going on. Its own function object each time: the same callback
      // added twice is two listeners.
      const listener = guard("telling of new events", changed);
      let listeners = byPortal.get(portal);
      if (listeners === undefined) {
        listeners = new Set();
        byPortal.set(portal, listeners);
        on.first?.(portal);
      }
      listeners.add(listener);
      return () => {
        const current = byPortal.get(portal);
        if (current?.delete(listener) && current.size === 0) {
          byPortal.delete(portal);
          on.last?.(portal);
        }
      };
    },
    portals: () => [...byPortal.keys()],
    notify(portal, change) {
      if (!byPortal.has(portal)) {
        return;
      }
      if (due.size === 0) {
        process.nextTick(guard("telling of new events", callDue));
      }
      const before = due.has(portal) ? due.get(portal) : [];
      if (change !== undefined) before?.push(change);
      due.set(portal, change === undefined ? undefined : before);
    },
  };
}
