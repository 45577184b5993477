import { LAST_POSITION, type LogTables } from "./lmdb-log-tables.ts";
import type { LmdbWriter } from "./lmdb-writer.ts";
import type { Position, Retention } from "./log.ts";
import { retentionEdge } from "./retention-edge.ts";

/** Events removed in one transaction: a portal's whole log at once would hold up everybody's appends. */
const REMOVAL_CHUNK = 2_000;

/** Removes the events of a log up to a position, in pieces between which others write. */
export async function removeThrough(
  tables: LogTables,
  writer: LmdbWriter,
  identity: string,
  through: Position,
): Promise<void> {
  for (;;) {
    writer.assertOpen();
    const keys = [
      ...tables.events.getKeys({ start: [identity, 0], end: [identity, through + 1], limit: REMOVAL_CHUNK }),
    ];
    if (keys.length === 0) {
      return;
    }
    await writer.submit(() => {
      for (const key of keys) {
        tables.events.remove(key);
      }
    });
  }
}

/** Removes all events of a log. */
export function removeAll(tables: LogTables, writer: LmdbWriter, identity: string): Promise<void> {
  return removeThrough(tables, writer, identity, LAST_POSITION - 1);
}

/** Removes what a purge left that was broken off: events of logs that no portal has any more. */
export async function sweepPurged(tables: LogTables, writer: LmdbWriter): Promise<void> {
  const living = new Set<string>();
  for (const name of tables.portals.getKeys()) {
    living.add(tables.portal(name)?.identity ?? "");
  }
  let after: [string, number] | undefined;
  for (;;) {
    const [next] = [...tables.events.getKeys(after === undefined ? { limit: 1 } : { start: after, limit: 1 })];
    if (next === undefined) {
      return;
    }
    if (!living.has(next[0])) {
      await removeAll(tables, writer, next[0]);
    }
    after = [next[0], LAST_POSITION];
  }
}

/** Drops what the retention does not cover. */
export async function trimPortal(
  tables: LogTables,
  writer: LmdbWriter,
  portal: string,
  retention: Retention,
): Promise<void> {
  writer.assertOpen();
  const record = tables.portal(portal);
  if (record === null) {
    return;
  }
  const range = { oldest: record.oldest, head: tables.head(record) };
  const edge = await retentionEdge(range, retention, Date.now(), async (position) => {
    writer.assertOpen();
    return tables.at(record, position)?.receivedAt.getTime() ?? null;
  });
  if (edge > record.oldest) {
    // The bound moves before the events go: a reader never finds a hole it is not told of.
    await writer.submit(() => {
      const current = tables.portal(portal);
      if (current?.identity === record.identity && current.oldest < edge) {
        tables.keepPortal(portal, { identity: record.identity, oldest: edge });
      }
    });
  }
  await removeThrough(tables, writer, record.identity, edge);
}
