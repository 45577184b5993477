import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Watched } from "../desk/store.ts";

/** Opens, and opens another in its place when what it depends on changes. */
export function useOpened<Opened extends { close(): void }>(open: () => Opened): Opened | undefined {
  const [opened, setOpened] = useState<{ readonly by: () => Opened; readonly it: Opened }>();
  useEffect(() => {
    const it = open();
    setOpened({ by: open, it });
    return () => it.close();
  }, [open]);
  // What was opened before belongs to something else.
  return opened?.by === open ? opened.it : undefined;
}

/** The newest value; until there is something to watch, the empty one. */
export function useWatched<Value>(watched: Watched<Value> | undefined, empty: Value): Value {
  const subscribe = useCallback((listener: () => void) => watched?.subscribe(listener) ?? (() => undefined), [watched]);
  return useSyncExternalStore(
    subscribe,
    () => watched?.get() ?? empty,
    () => empty,
  );
}
