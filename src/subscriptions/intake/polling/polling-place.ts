import { z } from "zod";
import type { KeyValueStore } from "../../../storage/key-value-store.ts";

/** How far a user's queue was taken over into the log. */
export interface PollingPlace {
  /** What confirms everything that is in the log already; undefined before the first event. */
  readonly offset: number | undefined;
  /** When the queue was last read. */
  readonly polledAt: Date;
}

const shape = z.object({ offset: z.int().nonnegative().optional(), polledAt: z.number() });

/** Undefined when there is none, or one that cannot be read: then the portal's unconfirmed records are taken again. */
export async function readPollingPlace(
  store: KeyValueStore,
  namespace: string,
  key: string,
): Promise<PollingPlace | undefined> {
  const text = await store.get(namespace, key);
  if (text === null) return undefined;
  const found = shape.safeParse(parsed(text));
  return found.success ? { offset: found.data.offset, polledAt: new Date(found.data.polledAt) } : undefined;
}

export async function keepPollingPlace(
  store: KeyValueStore,
  namespace: string,
  key: string,
  { offset, polledAt }: PollingPlace,
): Promise<void> {
  await store.set(namespace, key, JSON.stringify({ offset, polledAt: polledAt.getTime() }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
