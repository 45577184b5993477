import { DEFAULT_MAX_DEAD_LETTERS, type DeadLetterLog } from "./dead-letter-log.ts";
import type { KeyValueStore, NamespaceBounds } from "./key-value-store.ts";
import type { Log, Retention } from "./log.ts";

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

/** `Event`: what its log holds, which only whoever opens it knows. */
export interface Storage<Event> {
  readonly log: Log<Event>;
  readonly keyValues: KeyValueStore;
  readonly deadLetters: DeadLetterLog;
  /** True when no other process can use it at the same time. */
  readonly exclusive: boolean;
  /** Sentences for the operator about what weakens the promises, for example a Redis without an append-only file. */
  readonly warnings: readonly string[];
  /**
   * From when until when, in milliseconds of the wall clock, the events came that a damaged file may have held which opening it gave up;
   * undefined when nothing was given up.
   */
  readonly givenUp: { readonly since: number; readonly until: number } | undefined;
  /** Why nothing can be kept now, for the operator; undefined while all is well. */
  problem(): string | undefined;
  close(): Promise<void>;
}
