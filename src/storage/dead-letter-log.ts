/**
 * Deliveries that came with the right token but were not understood. The portal will not send them again, so they are kept raw until a
 * later version can decode them. Each portal keeps a bounded number; the oldest go first.
 */
export interface DeadLetterLog {
  /** Keeps a delivery durably and returns its id. Rejects with `StorageUnavailable`. */
  add(portal: string, letter: DeadLetter): Promise<string>;
  /** What is kept of a portal, oldest first, at most `limit`, after the id `after`. */
  list(
    portal: string,
    options?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly KeptDeadLetter[]>;
  /** Removes one; tells whether it was there. */
  remove(portal: string, id: string): Promise<boolean>;
  /** Portals that have letters. */
  portals(): Promise<readonly string[]>;
  /** Forgets all letters of a portal. */
  purge(portal: string): Promise<void>;
}

export interface DeadLetter {
  readonly receivedAt: Date;
  /** The event's code as the portal wrote it. */
  readonly event: string;
  /** The body as received. */
  readonly body: string;
  /** Why it was not understood. */
  readonly reason: string;
}

export interface KeptDeadLetter extends DeadLetter {
  /** Opaque; give it back as `after` or to `remove`. */
  readonly id: string;
}

export const DEFAULT_MAX_DEAD_LETTERS = 1_000;
