import { randomBytes } from "node:crypto";
import type { RootDatabase } from "lmdb";
import { DeliveryWindow, MAX_DELIVERY_KEYS } from "./delivery-window.ts";
import { decodeInto, KeptEvent } from "./kept-event.ts";
import { createListeners } from "./listeners.ts";
import { removeAll, sweepPurged, trimPortal } from "./lmdb-event-removal.ts";
import { openLogTables, type PortalRecord } from "./lmdb-log-tables.ts";
import type { LmdbWriter } from "./lmdb-writer.ts";
import {
  type Appended,
  type AppendedEvents,
  type EventCodec,
  EventsTrimmed,
  type Log,
  type Logged,
  LogReplaced,
  type Position,
  type Retention,
} from "./log.ts";
import { encodeLogRecord } from "./log-record.ts";
import { StorageUnavailable } from "./storage-unavailable.ts";

/** What a writer must know of a portal; as in the group being written, so ahead of the disk for a moment. */
interface PortalState {
  readonly identity: string;
  head: Position;
  readonly deliveries: DeliveryWindow;
}

const READ_CHUNK = 1_000;

/** The event log in an LMDB environment of this process. */
export async function openLmdbEventLog<Event>(
  root: RootDatabase<string, string>,
  writer: LmdbWriter,
  codec: EventCodec<Event>,
  options: { readonly retention: Retention; readonly duplicateWindowMs: number },
): Promise<Log<Event>> {
  const tables = openLogTables(root, codec);
  const states = new Map<string, PortalState>();
  const listeners = createListeners<AppendedEvents<Event>>();
  let closed = false;

  function assertOpen(): void {
    if (closed) {
      throw new StorageUnavailable("The storage is closed.");
    }
  }

  function storedPortal(portal: string): PortalRecord | null {
    assertOpen();
    return tables.portal(portal);
  }

  /** The window is rebuilt from the events themselves: keeping the keys a second time would double the writes. */
  function recentDeliveries(record: PortalRecord): DeliveryWindow {
    const since = Date.now() - options.duplicateWindowMs;
    const found: { key: string; at: number }[] = [];
    for (const kept of tables.newestFirst(record, MAX_DELIVERY_KEYS)) {
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
        tables.keepPortal(portal, record);
      }
      state = {
        identity: record.identity,
        head: tables.head(record),
        deliveries: recentDeliveries(record),
      };
      states.set(portal, state);
      writer.ifUndone(() => states.delete(portal));
    }
    return state;
  }

  function keptAfter(portal: string, after: Position, limit: number, ofLog: string | undefined): KeptEvent<Event>[] {
    const record = storedPortal(portal);
    if (ofLog !== undefined && record?.identity !== ofLog) {
      throw new LogReplaced(portal);
    }
    if (record === null || limit <= 0) {
      return [];
    }
    if (after < record.oldest) {
      throw new EventsTrimmed(record.oldest, tables.head(record));
    }
    const found: KeptEvent<Event>[] = [];
    for (const { key, value } of tables.after(record, after, limit)) {
      found.push(new KeptEvent(portal, key[1], value, codec));
    }
    return found;
  }

  const unsweepable = await sweepPurged(tables, writer).catch((error: unknown) => error);
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
        encodeLogRecord(receivedAt, event, index === 0 ? deliveryKey : undefined),
      );
      let log = "";
      const appended = await writer.submit((): Appended => {
        const state = stateForWriting(portal);
        log = state.identity;
        if (deliveryKey !== undefined && state.deliveries.has(deliveryKey, receivedAt)) {
          return { positions: [], duplicate: true };
        }
        const { head } = state;
        writer.ifUndone(() => {
          state.head = head;
          if (deliveryKey !== undefined) {
            state.deliveries.delete(deliveryKey);
          }
        });
        const positions = texts.map((text) => {
          state.head += 1;
          tables.events.put([state.identity, state.head], text);
          return state.head;
        });
        if (deliveryKey !== undefined) {
          state.deliveries.add(deliveryKey, receivedAt);
        }
        return { positions, duplicate: false };
      });
      const [first = 0] = appended.positions;
      if (!appended.duplicate) {
        const at = new Date(receivedAt);
        const events = added.map((event, index) => ({ position: first + index, receivedAt: at, event }));
        listeners.notify(portal, { log, events });
      }
      return appended;
    },

    async read(portal, after, limit, ofLog) {
      const found: Logged<Event>[] = [];
      let position = after;
      do {
        const page = keptAfter(portal, position, Math.min(READ_CHUNK, limit - found.length), ofLog);
        if (!decodeInto(found, page)) break;
        position = page.at(-1)?.position ?? Number.POSITIVE_INFINITY;
      } while (found.length < limit && position < Number.POSITIVE_INFINITY);
      return found;
    },

    readKept: async (portal, after, limit, ofLog) => keptAfter(portal, after, limit, ofLog),

    async head(portal) {
      const record = storedPortal(portal);
      return record === null ? 0 : tables.head(record);
    },

    async oldest(portal) {
      return storedPortal(portal)?.oldest ?? 0;
    },

    follow: (portal, changed) => listeners.add(portal, changed),

    async newest(portal) {
      const record = storedPortal(portal);
      if (record !== null) {
        return { log: record.identity, position: tables.head(record) };
      }
      return await writer.submit(() => {
        const { identity, head } = stateForWriting(portal);
        return { log: identity, position: head };
      });
    },

    async portals() {
      assertOpen();
      return [...tables.portals.getKeys()];
    },

    async purge(portal) {
      const identity = await writer.submit(() => {
        const stored = storedPortal(portal);
        tables.portals.remove(portal);
        const state = states.get(portal);
        states.delete(portal);
        if (state !== undefined) {
          writer.ifUndone(() => states.set(portal, state));
        }
        return stored?.identity;
      });
      listeners.notify(portal);
      if (identity !== undefined) {
        await removeAll(tables, writer, identity);
      }
    },

    async trim() {
      assertOpen();
      for (const portal of [...tables.portals.getKeys()]) {
        await trimPortal(tables, writer, portal, options.retention);
      }
    },

    async close() {
      await writer.close();
      closed = true;
    },
  };
}
