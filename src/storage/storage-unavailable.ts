/** A store that is away is usually back within seconds; asking more often would only load it while it starts. */
const RETRY_AFTER_MS = 2_000;

/**
 * The store can be neither read nor written now (disk full, Redis away, read-only or out of memory). Nothing was kept, or, where the answer
 * of a Redis server was lost, nobody can tell. The message is for the operator: it may name paths and servers.
 */
export class StorageUnavailable extends Error {
  /** When it is worth trying again. */
  readonly retryAfterMs = RETRY_AFTER_MS;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageUnavailable";
  }
}
