import { randomUUID } from "node:crypto";
import type { KeyValueStore } from "../../../storage/key-value-store.ts";

/** The right to do something that only one process may do; it runs out by itself when its holder is gone. */
export interface Lease {
  /** Takes or prolongs it; false while another process has it. Rejects with `StorageUnavailable`. */
  hold(): Promise<boolean>;
  /** Gives it back. Rejects with `StorageUnavailable`. */
  release(): Promise<void>;
}

export function createLease(store: KeyValueStore, namespace: string, key: string, ttlMs: number): Lease {
  const holder = randomUUID();
  let prolongedAt: number | undefined;
  return {
    async hold() {
      const now = performance.now();
      if (prolongedAt !== undefined && now - prolongedAt < ttlMs / 3) return true;
      const isHeld =
        (prolongedAt !== undefined && (await store.compareAndSet(namespace, key, holder, holder, { ttlMs }))) ||
        (await store.setIfAbsent(namespace, key, holder, { ttlMs }));
      prolongedAt = isHeld ? now : undefined;
      return isHeld;
    },
    async release() {
      if (prolongedAt === undefined) return;
      prolongedAt = undefined;
      await store.compareAndSet(namespace, key, holder, null);
    },
  };
}
