import { DEFAULT_MAX_DEAD_LETTERS, type DeadLetterLog } from "../subscriptions/events/dead-letter-log.ts";
import type { EventLog, Retention } from "../subscriptions/events/event-log.ts";
import type { KeyValueStore, NamespaceBounds } from "./key-value-store.ts";

/** Where live events and what belongs to them are kept: a directory for one process, a Redis server for several. */
export type StorageConfig =
  | { readonly kind: "lmdb"; readonly directory: string }
  | { readonly kind: "redis"; readonly url: string; readonly prefix?: string };

export interface StorageLimits {
  readonly retention: Retention;
  /** How long a delivery's key is remembered to recognise its repetition. */
  readonly duplicateWindowMs: number;
  readonly maxDeadLetters: number;
  readonly namespaces: NamespaceBounds;
}

export const DEFAULT_STORAGE_LIMITS: StorageLimits = {
  retention: { maxAgeMs: 24 * 60 * 60 * 1_000, maxEvents: 200_000 },
  duplicateWindowMs: 10 * 60 * 1_000,
  maxDeadLetters: DEFAULT_MAX_DEAD_LETTERS,
  namespaces: {},
};

export interface Storage {
  readonly log: EventLog;
  readonly keyValues: KeyValueStore;
  readonly deadLetters: DeadLetterLog;
  /** True when no other process can use it at the same time. */
  readonly exclusive: boolean;
  /** Sentences for the operator about what weakens the promises, for example a Redis without an append-only file. */
  readonly warnings: readonly string[];
  /** False while nothing can be kept. */
  isReady(): boolean;
  close(): Promise<void>;
}
