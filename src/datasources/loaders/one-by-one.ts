import DataLoader from "dataloader";

/**
 * A DataLoader over a method that answers one record per call. Each key is read by itself, so that a slow read holds up no other; the portal session
 * lets the reads of one turn leave together all the same. A failure is kept like an answer: an operation does not ask again for what was refused.
 */
export function oneByOne<Key, Value>(
  read: (key: Key) => Promise<Value>,
  nameOf: (key: Key) => string,
  cache: Map<string, Promise<Value>> = new Map(),
): DataLoader<Key, Value, string> {
  return new DataLoader<Key, Value, string>((keys) => Promise.all(keys.map((key) => read(key).catch(asError))), {
    batch: false,
    cacheKeyFn: nameOf,
    cacheMap: cache,
  });
}

/** What a batch function returns in the place of a value that could not be read. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Puts what is being read in the place of whatever was read before. */
export function replace<Key, Value>(loader: DataLoader<Key, Value, string>, key: Key, read: Promise<Value>): void {
  // Nobody need look at it, and its failure is for who does.
  read.catch(() => undefined);
  loader.clear(key).prime(key, read);
}
