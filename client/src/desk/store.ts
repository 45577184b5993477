/** Something that changes, for frameworks to watch: what `get` returns is the same object until it changes. */
export interface Watched<Value> {
  get(): Value;
  /** Calls after each change; returns what ends that. */
  subscribe(listener: () => void): () => void;
}

export interface Store<Value> extends Watched<Value> {
  set(value: Value): void;
}

export function createStore<Value>(first: Value): Store<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
