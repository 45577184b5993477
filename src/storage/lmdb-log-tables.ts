import type { Database, RootDatabase } from "lmdb";
import { z } from "zod";
import type { EventCodec, Position } from "./log.ts";
import { decodeLogRecord, type LogRecord } from "./log-record.ts";

const portalSchema = z.object({ identity: z.string(), oldest: z.number() });

/** What is kept of a portal beside its events. */
export type PortalRecord = z.infer<typeof portalSchema>;

/** Past every position: the end of a portal's keys. */
export const LAST_POSITION = Number.MAX_SAFE_INTEGER;

/**
 * The tables of the event log. Events are kept under (identity of the log, position), so that a purge is one small write that takes the
 * identity away; what it leaves behind is swept in pieces.
 */
export interface LogTables {
  readonly portals: Database<string, string>;
  readonly events: Database<string, [string, number]>;
  /** The portal's record; null when it has no log. */
  portal(name: string): PortalRecord | null;
  keepPortal(name: string, record: PortalRecord): void;
  head(record: PortalRecord): Position;
  /** Kept events behind a position, oldest first. */
  after(record: PortalRecord, position: Position, limit: number): Iterable<{ key: [string, number]; value: string }>;
  /** Kept events, newest first, with null for what cannot be decoded. */
  newestFirst(record: PortalRecord, limit: number): Iterable<LogRecord<unknown> | null>;
  /** The event at a position; null when it is not there or cannot be decoded. */
  at(record: PortalRecord, position: Position): LogRecord<unknown> | null;
}

export function openLogTables(root: RootDatabase<string, string>, codec: EventCodec<unknown>): LogTables {
  const portals: Database<string, string> = root.openDB("portals", { encoding: "string" });
  const events: Database<string, [string, number]> = root.openDB("events", { encoding: "string" });

  const backwards = (record: PortalRecord, limit: number) =>
    ({ start: [record.identity, LAST_POSITION], end: [record.identity, 0], reverse: true, limit }) as const;

  return {
    portals,
    events,
    portal(name) {
      const text = portals.get(name);
      return text === undefined ? null : portalSchema.parse(JSON.parse(text));
    },
    keepPortal(name, record) {
      portals.put(name, JSON.stringify(record));
    },
    head(record) {
      const { start, end, reverse, limit } = backwards(record, 1);
      for (const key of events.getKeys({ start: [...start], end: [...end], reverse, limit })) {
        return Math.max(key[1], record.oldest);
      }
      return record.oldest;
    },
    after: ({ identity }, position, limit) =>
      events.getRange({ start: [identity, position + 1], end: [identity, LAST_POSITION], limit }),
    *newestFirst(record, most) {
      const { start, end, reverse, limit } = backwards(record, most);
      for (const { value } of events.getRange({ start: [...start], end: [...end], reverse, limit })) {
        yield tryDecode(value, codec);
      }
    },
    at(record, position) {
      const text = events.get([record.identity, position]);
      return text === undefined ? null : tryDecode(text, codec);
    },
  };
}

function tryDecode(text: string, codec: EventCodec<unknown>): LogRecord<unknown> | null {
  try {
    return decodeLogRecord(text, codec);
  } catch {
    return null;
  }
}
