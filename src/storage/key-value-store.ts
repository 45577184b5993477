/**
 * Small records that outlive the process and, with Redis, are shared by processes: installations, learned chat pairs, heartbeats, locks.
 * Values are text; whoever writes them also decodes them. With LMDB and with Redis under `appendfsync always` a write is durable when it
 * resolves. Every method rejects with `StorageUnavailable` when nothing can be read or kept now.
 */
export interface KeyValueStore {
  /** The value, or null when there is none or it has expired. */
  get(namespace: string, key: string): Promise<string | null>;
  /** Writes a value; an earlier one and its expiry are replaced. Rejects with `NamespaceFull` where the namespace refuses more. */
  set(namespace: string, key: string, value: string, options?: WriteOptions): Promise<void>;
  /** Writes only where there is no value (or an expired one), atomically across processes; tells whether it wrote. */
  setIfAbsent(namespace: string, key: string, value: string, options?: WriteOptions): Promise<boolean>;
  /**
   * Replaces the value only while it still is `expected`, atomically across processes; tells whether it did. `replacement` null deletes:
   * that is how a lock is given back only by its holder.
   */
  compareAndSet(
    namespace: string,
    key: string,
    expected: string,
    replacement: string | null,
    options?: WriteOptions,
  ): Promise<boolean>;
  /** Removes a value; tells whether there was one. */
  delete(namespace: string, key: string): Promise<boolean>;
  /** All living values of a namespace, longest unchanged first. */
  list(namespace: string): Promise<readonly KeyValue[]>;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface WriteOptions {
  /** Milliseconds after which the value is gone. Without it the value stays. */
  readonly ttlMs?: number;
}

/** How many values a namespace may hold, and what happens to the one too many. */
export interface NamespaceBound {
  readonly maxEntries: number;
  /** `dropOldest`: the longest unchanged value goes. `refuse`: the new one is refused with `NamespaceFull`. */
  readonly whenFull: "dropOldest" | "refuse";
}

/** Bounds by namespace. A namespace that is not named has `DEFAULT_NAMESPACE_BOUND`. */
export type NamespaceBounds = Readonly<Record<string, NamespaceBound>>;

export const DEFAULT_NAMESPACE_BOUND: NamespaceBound = { maxEntries: 10_000, whenFull: "dropOldest" };

/** A namespace that does not drop is full: nothing was written. */
export class NamespaceFull extends Error {
  constructor(namespace: string, maxEntries: number) {
    super(`The store keeps at most ${maxEntries} entries of "${namespace}"; remove one first.`);
    this.name = "NamespaceFull";
  }
}
