/** Place of an event in its portal's log: 1, 2, 3, … without holes as long as nothing was trimmed. 0 is before the first. */
export type Position = number;

/** A place in a portal's log. */
export interface LogPlace {
  /** Name of the log; another after a purge or when the store was replaced. A place in another log must not be used in this one. */
  readonly log: string;
  readonly position: Position;
}

/** One event as a log gives it back. */
export interface Logged<Event> {
  readonly position: Position;
  readonly receivedAt: Date;
  readonly event: Event;
}

/** One event as it lies in a log: whoever wants it decodes it. */
export interface Kept<Event> {
  readonly position: Position;
  /** As `encodeLogRecord` writes it. */
  readonly text: string;
  /** Null for a kind that a later version wrote. Throws `CorruptEvent`. */
  decode(): Logged<Event> | null;
}

/** How a log's events are kept; the log itself knows nothing about them. */
export interface EventCodec<Event> {
  /** Gives the event back from what JSON keeps of it; null for a kind that a later version wrote. Throws for anything else. */
  decode(kept: unknown): Event | null;
}

/** Events after the asked position are no longer kept: whoever reads on from there would miss some without noticing. */
export class EventsTrimmed extends Error {
  constructor(
    /** Position before the oldest event that is still kept. */
    readonly oldest: Position,
    readonly head: Position,
  ) {
    super(`Only events after position ${oldest} are still kept.`);
    this.name = "EventsTrimmed";
  }
}

/**
 * The log that was asked for is no longer the portal's: it was purged, or the store emptied or replaced. Positions of the one mean nothing in
 * the other.
 */
export class LogReplaced extends Error {
  constructor(portal: string) {
    super(`The log of ${portal} is not the one that was asked for.`);
    this.name = "LogReplaced";
  }
}

/** What is kept at a position cannot be decoded. Reading on after that position is possible. */
export class CorruptEvent extends Error {
  constructor(
    readonly portal: string,
    readonly position: Position,
    options?: ErrorOptions,
  ) {
    super(`The event at position ${position} of the log of ${portal} cannot be decoded.`, options);
    this.name = "CorruptEvent";
  }
}

/** Events that were just appended, as reading them would give them back. */
export interface AppendedEvents<Event> {
  /** Name of the log. */
  readonly log: string;
  /** In order, at least one, without holes between them. */
  readonly events: readonly Logged<Event>[];
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
export interface Log<Event> {
  /**
   * Keeps events; when it resolves they are durable. `deliveryKey` names the delivery: a second one with the same key within the
   * duplicate window stores nothing. All events of one call are kept or none. Rejects with `StorageUnavailable`: nothing was stored, or, where
   * the answer of a Redis server was lost, nobody can tell.
   */
  append(portal: string, events: readonly Event[], deliveryKey?: string): Promise<Appended>;
  /**
   * Events after a position, oldest first, at most `limit`. Empty only when `after` is the newest event that this version understands:
   * kinds it does not know are passed over. Rejects with `EventsTrimmed` when some of them were dropped already, with `CorruptEvent` when
   * the very next one cannot be decoded (those before a corrupt one are answered first), with `StorageUnavailable`; with `LogReplaced` when
   * `log` is given and no longer the name of the portal's log.
   */
  read(portal: string, after: Position, limit: number, log?: string): Promise<readonly Logged<Event>[]>;
  /** The same, not decoded yet: kinds that this version does not know, and what cannot be decoded, are among them. Empty only at the newest. */
  readKept(portal: string, after: Position, limit: number, log?: string): Promise<readonly Kept<Event>[]>;
  /** Position of the newest event; 0 when there is none. */
  head(portal: string): Promise<Position>;
  /** Position before the oldest event that is still kept: reading after anything smaller would have a hole. */
  oldest(portal: string): Promise<Position>;
  /**
   * Calls back (soon, possibly once for several, sometimes for nothing) after something was appended to the portal's log or it was purged,
   * by whatever process. Call it before the last `read`, so that nothing falls between. `changed` must not throw. `appended`, where it is
   * given, is all that happened since the last call: whoever has read up to there need not read it.
   */
  follow(portal: string, changed: (appended?: readonly AppendedEvents<Event>[]) => void): () => void;
  /**
   * The newest place of the portal's log, which is made when there is none. Name and position belong together, and what is appended after
   * the call lies behind it even where making the log takes a while.
   */
  newest(portal: string): Promise<LogPlace>;
  /** Portals that have a log. */
  portals(): Promise<readonly string[]>;
  /** Forgets everything about a portal, deliveries known as duplicates included; its log has another identity from then on. */
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
