import DataLoader from "dataloader";
import type { PortalSession } from "../bitrix24/calls.ts";
import type { Id } from "../domain/ids.ts";
import type { LineRecord } from "../domain/line.ts";
import { configGet, configListGet } from "../imopenlines/config/config-reads.ts";
import { asError, oneByOne } from "./one-by-one.ts";

/** Lines and what answers told of them. */
export interface LineLoader {
  /** A line with all its settings, its queue's members and their online state (`imopenlines.config.get`); null for an unknown id. */
  load(id: Id): Promise<LineRecord | null>;
  /** The same line as lists tell it: with its queue as configured (`imopenlines.config.list.get`, all lines of a turn in one call). */
  listed(id: Id): Promise<LineRecord | null>;
  known(id: Id): LineRecord | undefined;
  prime(lines: Iterable<LineRecord>): void;
  forgetAll(): void;
}

const MAX_LINES_PER_CALL = 100;

export function createLineLoader(portal: PortalSession): LineLoader {
  const known = new Map<Id, LineRecord>();
  /** As with chats: what was read before a write is not known after it. */
  let generation = 0;

  const full = oneByOne<Id, LineRecord | null>(
    async (id) => {
      const begun = generation;
      const line = await portal.read(configGet(id));
      if (line !== null && begun === generation) prime([line]);
      return line;
    },
    (id) => id,
  );

  const listed = new DataLoader<Id, LineRecord | null>(
    async (ids) => {
      try {
        const query = { ids, orderBy: "ID", direction: "ASC", limit: ids.length, offset: 0 } as const;
        const byId = new Map((await portal.read(configListGet(query))).items.map((line) => [line.id, line]));
        return ids.map((id) => byId.get(id) ?? null);
      } catch (error) {
        return ids.map(() => asError(error));
      }
    },
    { maxBatchSize: MAX_LINES_PER_CALL },
  );

  function prime(lines: Iterable<LineRecord>): void {
    for (const line of lines) known.set(line.id, line);
  }

  return {
    load: (id) => full.load(id),
    listed: (id) => listed.load(id),
    known: (id) => known.get(id),
    prime,
    forgetAll() {
      generation++;
      known.clear();
      full.clearAll();
      listed.clearAll();
    },
  };
}
