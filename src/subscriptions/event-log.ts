import type { StoredEvent } from "./stored-event.ts";

/** Place of an event in its portal's log: 1, 2, 3, … without holes as long as nothing was trimmed. 0 is before the first. */
export type Position = number;

export interface LoggedEvent {
  readonly position: Position;
  readonly receivedAt: Date;
  readonly event: StoredEvent;
}

/** The log cannot keep anything now (disk full, Redis away): the sender must be told 503, nothing was stored. */
export class LogUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LogUnavailable";
  }
}

export interface Appended {
  /** Positions of the events in order; empty when the delivery was a repetition of one already kept. */
  readonly positions: readonly Position[];
  readonly duplicate: boolean;
}

/**
 * The events of all portals, each portal (by `member_id`) with a log of its own. One contract, two adapters: LMDB for one process, Redis
 * Streams for several.
 */
export interface EventLog {
  /**
   * Keeps events; when it resolves they are durable. `deliveryKey` names the delivery: a second one with the same key within the
   * duplicate window stores nothing. All events of one call are kept or none. Rejects with `LogUnavailable`.
   */
  append(portal: string, events: readonly StoredEvent[], deliveryKey?: string): Promise<Appended>;
  /** Events after a position, oldest first, at most `limit`. */
  read(portal: string, after: Position, limit: number): Promise<readonly LoggedEvent[]>;
  /** Position of the newest event; 0 when there is none. */
  head(portal: string): Promise<Position>;
  /** Position before the oldest event that is still kept: reading after anything smaller would have a hole. */
  oldest(portal: string): Promise<Position>;
  /** Calls back (soon, possibly once for several) after something was appended to the portal's log, by whatever process. */
  follow(portal: string, changed: () => void): () => void;
  /** Name of the portal's log; another after a purge. A cursor of another log must not be used here. */
  identity(portal: string): Promise<string>;
  /** Forgets everything about a portal. */
  purge(portal: string): Promise<void>;
  /** Drops what is older than the retention or beyond its count. Called by a timer. */
  trim(): Promise<void>;
  close(): Promise<void>;
}

export interface Retention {
  /** Events older than this are dropped. */
  readonly maxAgeMs: number;
  /** At most this many events are kept for each portal. */
  readonly maxEvents: number;
}
