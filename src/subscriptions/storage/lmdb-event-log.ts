import { randomBytes } from "node:crypto";
import type { Database, RootDatabase } from "lmdb";
import { z } from "zod";
import {
  type Appended,
  CorruptEvent,
  type EventLog,
  EventsTrimmed,
  type LoggedEvent,
  LogUnavailable,
  type Position,
  type Retention,
} from "../event-log.ts";
import { DeliveryWindow, MAX_DELIVERY_KEYS } from "./delivery-window.ts";
import { decodeEventRecord, encodeEventRecord } from "./event-record.ts";
import { StorageUnavailable } from "./key-value-store.ts";
import { createListeners } from "./listeners.ts";
import type { LmdbWriter } from "./lmdb-writer.ts";
import { retentionEdge } from "./retention-edge.ts";

const portalSchema = z.object({ identity: z.string(), oldest: z.number() });
type PortalRecord = z.infer<typeof portalSchema>;

/** What a writer must know of a portal; as in the group being written, so ahead of the disk for a moment. */
interface PortalState extends PortalRecord {
  head: Position;
  readonly deliveries: DeliveryWindow;
}

const LAST = Number.MAX_SAFE_INTEGER;
/** Events removed in one transaction: a portal's whole log at once would hold up everybody's appends. */
const REMOVAL_CHUNK = 2_000;
const READ_CHUNK = 1_000;

/**
 * The event log in an LMDB environment of this process. Events are kept under (identity of the log, position), so that a purge is one small
 * write that takes the identity away; what it leaves behind is swept in chunks.
 */
export async function openLmdbEventLog(
  root: RootDatabase<string, string>,
  writer: LmdbWriter,
  options: { readonly retention: Retention; readonly duplicateWindowMs: number },
): Promise<EventLog> {
  const portals: Database<string, string> = root.openDB("portals", { encoding: "string" });
  const events: Database<string, [string, number]> = root.openDB("events", { encoding: "string" });
  const states = new Map<string, PortalState>();
  const listeners = createListeners();
  let closed = false;
  writer.onRollback(() => states.clear());

  function assertOpen(): void {
    if (closed) {
      throw new LogUnavailable("The storage is closed.");
    }
  }

  function storedPortal(portal: string): PortalRecord | null {
    assertOpen();
    const text = portals.get(portal);
    return text === undefined ? null : portalSchema.parse(JSON.parse(text));
  }

  function headOf(record: PortalRecord): Position {
    for (const key of events.getKeys({
      start: [record.identity, LAST],
      end: [record.identity, 0],
      reverse: true,
      limit: 1,
    })) {
      return Math.max(key[1], record.oldest);
    }
    return record.oldest;
  }

  /** The window is rebuilt from the events themselves: keeping the keys a second time would double the writes. */
  function recentDeliveries(record: PortalRecord): DeliveryWindow {
    const since = Date.now() - options.duplicateWindowMs;
    const found: { key: string; at: number }[] = [];
    for (const { value } of events.getRange({
      start: [record.identity, LAST],
      end: [record.identity, 0],
      reverse: true,
      limit: MAX_DELIVERY_KEYS,
    })) {
      const kept = tryDecode(value);
      if (kept !== null && kept.receivedAt.getTime() <= since) {
        break;
      }
      if (kept !== null && kept.delivery !== null) {
        found.push({ key: kept.delivery, at: kept.receivedAt.getTime() });
      }
    }
    const deliveries = new DeliveryWindow(options.duplicateWindowMs, MAX_DELIVERY_KEYS);
    for (const { key, at } of found.reverse()) {
      deliveries.add(key, at);
    }
    return deliveries;
  }

  /** Inside a write only: makes the portal's log when there is none. */
  function stateForWriting(portal: string): PortalState {
    let state = states.get(portal);
    if (state === undefined) {
      let record = storedPortal(portal);
      if (record === null) {
        record = { identity: randomBytes(9).toString("base64url"), oldest: 0 };
        portals.put(portal, JSON.stringify(record));
      }
      state = { ...record, head: headOf(record), deliveries: recentDeliveries(record) };
      states.set(portal, state);
    }
    return state;
  }

  async function removeThrough(identity: string, through: Position): Promise<void> {
    for (;;) {
      assertOpen();
      const keys = [...events.getKeys({ start: [identity, 0], end: [identity, through + 1], limit: REMOVAL_CHUNK })];
      if (keys.length === 0) {
        return;
      }
      await writer.submit(() => {
        for (const key of keys) {
          events.remove(key);
        }
      });
    }
  }

  async function sweepPurged(): Promise<void> {
    const living = new Set<string>();
    for (const { key } of portals.getRange()) {
      living.add(storedPortal(key)?.identity ?? "");
    }
    let after: [string, number] | undefined;
    for (;;) {
      const [next] = [...events.getKeys(after === undefined ? { limit: 1 } : { start: after, limit: 1 })];
      if (next === undefined) {
        return;
      }
      if (!living.has(next[0])) {
        await removeThrough(next[0], LAST - 1);
      }
      after = [next[0], LAST];
    }
  }

  async function trimPortal(portal: string): Promise<void> {
    const record = storedPortal(portal);
    if (record === null) {
      return;
    }
    const edge = await retentionEdge(
      { oldest: record.oldest, head: headOf(record) },
      options.retention,
      Date.now(),
      async (position) => {
        const text = events.get([record.identity, position]);
        return text === undefined ? null : (tryDecode(text)?.receivedAt.getTime() ?? null);
      },
    );
    if (edge > record.oldest) {
      await writer.submit(() => {
        const current = storedPortal(portal);
        if (current?.identity === record.identity && current.oldest < edge) {
          portals.put(portal, JSON.stringify({ identity: record.identity, oldest: edge }));
          states.delete(portal);
        }
      });
    }
    await removeThrough(record.identity, edge);
  }

  const unsweepable = await sweepPurged().catch((error: unknown) => error);
  if (unsweepable !== undefined && !(unsweepable instanceof StorageUnavailable)) {
    throw unsweepable;
  }

  return {
    async append(portal, added, deliveryKey) {
      if (added.length === 0) {
        return { positions: [], duplicate: false };
      }
      const receivedAt = Date.now();
      const texts = added.map((event, index) =>
        encodeEventRecord(receivedAt, event, index === 0 ? deliveryKey : undefined),
      );
      const appended = await available(
        writer.submit((): Appended => {
          const state = stateForWriting(portal);
          if (deliveryKey !== undefined && state.deliveries.has(deliveryKey, receivedAt)) {
            return { positions: [], duplicate: true };
          }
          const positions = texts.map((text) => {
            state.head += 1;
            events.put([state.identity, state.head], text);
            return state.head;
          });
          if (deliveryKey !== undefined) {
            state.deliveries.add(deliveryKey, receivedAt);
          }
          return { positions, duplicate: false };
        }),
      );
      if (!appended.duplicate) {
        listeners.notify(portal);
      }
      return appended;
    },

    async read(portal, after, limit) {
      const record = storedPortal(portal);
      if (record === null) {
        return [];
      }
      const head = headOf(record);
      if (after < record.oldest) {
        throw new EventsTrimmed(record.oldest, head);
      }
      const found: LoggedEvent[] = [];
      let position = after;
      while (found.length < limit && position < head) {
        const until = Math.min(head, position + Math.min(READ_CHUNK, limit - found.length));
        for (const { key, value } of events.getRange({
          start: [record.identity, position + 1],
          end: [record.identity, until + 1],
        })) {
          try {
            const kept = decodeEventRecord(value);
            if (kept.event !== null) {
              found.push({ position: key[1], receivedAt: kept.receivedAt, event: kept.event });
            }
          } catch (error) {
            if (found.length > 0) {
              return found;
            }
            throw new CorruptEvent(portal, key[1], { cause: error });
          }
        }
        position = until;
      }
      return found;
    },

    async head(portal) {
      const record = storedPortal(portal);
      return record === null ? 0 : headOf(record);
    },

    async oldest(portal) {
      return storedPortal(portal)?.oldest ?? 0;
    },

    follow: (portal, changed) => listeners.add(portal, changed),

    async identity(portal) {
      return storedPortal(portal)?.identity ?? (await available(writer.submit(() => stateForWriting(portal).identity)));
    },

    async portals() {
      assertOpen();
      return [...portals.getKeys()];
    },

    async purge(portal) {
      const identity = await available(
        writer.submit(() => {
          const stored = storedPortal(portal);
          portals.remove(portal);
          states.delete(portal);
          return stored?.identity;
        }),
      );
      listeners.notify(portal);
      if (identity !== undefined) {
        await available(removeThrough(identity, LAST - 1));
      }
    },

    async trim() {
      assertOpen();
      for (const portal of [...portals.getKeys()]) {
        await available(trimPortal(portal));
      }
    },

    async close() {
      await writer.close();
      closed = true;
    },
  };
}

function tryDecode(text: string): ReturnType<typeof decodeEventRecord> | null {
  try {
    return decodeEventRecord(text);
  } catch {
    return null;
  }
}

async function available<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof StorageUnavailable ? new LogUnavailable(error.message, { cause: error }) : error;
  }
}
