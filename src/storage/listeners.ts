import { guard } from "../process/guard.ts";
/** Who wants to know of changes, by portal. */
export interface Listeners {
  /** Adds a listener; returns what removes it. */
  add(portal: string, changed: () => void): () => void;
  portals(): readonly string[];
  /** Calls everyone of a portal once, in a later microtask; calls that come together are one. */
  notify(portal: string): void;
}

/** Listeners of one process. `onFirst` and `onLast` tell when the first of a portal came and the last went. */
export function createListeners(on: { first?(portal: string): void; last?(portal: string): void } = {}): Listeners {
  const byPortal = new Map<string, Set<() => void>>();
  const due = new Set<string>();

  function callDue(): void {
    const portals = [...due];
    due.clear();
    for (const portal of portals) {
      for (const changed of byPortal.get(portal) ?? []) changed();
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
    notify(portal) {
      if (!byPortal.has(portal)) {
        return;
      }
      due.add(portal);
      if (due.size === 1) {
        queueMicrotask(guard("telling of new events", callDue));
      }
    },
  };
}
